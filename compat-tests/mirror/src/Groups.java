import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Groups that each read a part of a topic and commit how far they came: Groups BOOTSTRAP TOPIC RECORDS NAME... , where the group of that
 * NAME reads as many in hundredths as its name ends with, and all of them if that is 100.
 */
public final class Groups {
    private Groups() {
    }

    public static void main(String[] arguments) {
        int records = Integer.parseInt(arguments[2]);
        for (String name : List.of(arguments).subList(3, arguments.length)) {
            long wanted = (long) records * Integer.parseInt(name.substring(name.lastIndexOf('-') + 1)) / 100;
            Map<String, Object> properties = Map.of("bootstrap.servers", arguments[0], "group.id", name,
                "auto.offset.reset", "earliest", "enable.auto.commit", "false", "group.protocol", "consumer");
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.subscribe(List.of(arguments[1]));
                for (long read = 0; read < wanted;) {
                    read += consumer.poll(Duration.ofMillis(500)).count();
                }
                consumer.commitSync();
            }
        }
        System.out.println("committed");
    }
}
