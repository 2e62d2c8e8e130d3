import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Fills a topic with records that each look otherwise, some without key or value: Fill BOOTSTRAP TOPIC PARTITIONS FIRST END sends those
 * numbered from FIRST to before END. The topic is made, or given further partitions, where it has fewer.
 */
public final class Fill {
    private static final String[] CODECS = {"none", "gzip", "snappy", "lz4", "zstd"};

    private Fill() {
    }

    public static void main(String[] arguments) throws Exception {
        String topic = arguments[1];
        int partitions = Integer.parseInt(arguments[2]);
        int first = Integer.parseInt(arguments[3]);
        int end = Integer.parseInt(arguments[4]);
        prepare(arguments[0], topic, partitions);
        long startMs = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(1);
        for (int i = 0; i < CODECS.length; i++) {
            Map<String, Object> properties =
                Map.of("bootstrap.servers", arguments[0], "linger.ms", "20", "compression.type", CODECS[i]);
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
                int next = part(first, end, i + 1);
                for (int number = part(first, end, i); number < next; number++) {
                    producer.send(record(topic, number, number % partitions, startMs), (metadata, error) -> {
                        if (error != null) {
                            System.out.println("FAILED: " + error);
                            Runtime.getRuntime().halt(1);
                        }
                    });
                }
            }
        }
        System.out.println("filled");
    }

    private static int part(int first, int end, int index) {
        return first + (int) ((long) (end - first) * index / CODECS.length);
    }

    private static void prepare(String bootstrap, String topic, int partitions) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            if (admin.listTopics().names().get(30, TimeUnit.SECONDS).contains(topic)) {
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all().get(30, TimeUnit.SECONDS);
            } else {
                NewTopic made = new NewTopic(topic, partitions, (short) 1)
                    .configs(Map.of("max.message.bytes", "2000000", "cleanup.policy", "delete"));
                admin.createTopics(List.of(made)).all().get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static ProducerRecord<String, String> record(String topic, int number, int partition, long startMs) {
        String key = number % 11 == 0 ? null : "key" + number % 1009;
        String value = number % 101 == 0 ? null : "value " + number + " " + "x".repeat(number % 97);
        List<Header> headers = number % 7 == 0 ? List.of(new RecordHeader("number", Integer.toString(number).getBytes()),
            new RecordHeader("number", null)) : List.of();
        return new ProducerRecord<>(topic, partition, startMs + number, key, value, headers);
    }
}
