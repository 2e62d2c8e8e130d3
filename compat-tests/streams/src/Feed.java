import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Feeds an example: Feed BOOTSTRAP EXAMPLE BEGAN_MS creates its topics with what lies in them before, says "due 0", and sends as many
 * records as each line on standard input says. When all of those are acknowledged it says "due N": so many results are due. At the
 * line "end" it sends the end again and again.
 */
public final class Feed {
    private Feed() {
    }

    public static void main(String[] arguments) throws Exception {
        Example example = Example.of(arguments[1], Long.parseLong(arguments[2]));
        create(example, arguments[1], arguments[0]);
        Map<String, Object> properties =
            Map.of("bootstrap.servers", arguments[0], "linger.ms", "20", "delivery.timeout.ms", "600000");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            example.before().forEach(record -> send(producer, record));
            producer.flush();
            System.out.println("due 0");
            int sent = 0;
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                if (order.equals("end")) {
                    sendEnds(producer, example);
                }
                for (int end = sent + Integer.parseInt(order); sent < end; sent++) {
                    send(producer, example.input(sent));
                }
                producer.flush();
                System.out.println("due " + example.due(sent));
            }
        }
    }

    /** Until this program is ended: some results wait for a record that comes a second of the clock behind what completed them. */
    private static void sendEnds(KafkaProducer<String, String> producer, Example example) throws InterruptedException {
        while (true) {
            for (int partition = 0; partition < Example.PARTITIONS; partition++) {
                example.end(partition).forEach(record -> send(producer, record));
            }
            producer.flush();
            Thread.sleep(1000);
        }
    }

    private static void create(Example example, String name, String bootstrap) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        topics.add(new NewTopic(Example.OUTPUT, Example.PARTITIONS, (short) 1));
        example.inputs().forEach(input -> topics.add(new NewTopic(input, Example.PARTITIONS, (short) 1)));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(topics).all().get(30, TimeUnit.SECONDS);
            // Of a classic group its members ask for it themselves.
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, name),
                List.of(new AlterConfigOp(new ConfigEntry("streams.num.standby.replicas", "1"), AlterConfigOp.OpType.SET))))
                .all().get(30, TimeUnit.SECONDS);
        }
    }

    private static void send(KafkaProducer<String, String> producer, ProducerRecord<String, String> record) {
        producer.send(record, (metadata, error) -> {
            if (error != null) {
                System.out.println("FAILED: " + error);
                Runtime.getRuntime().halt(1);
            }
        });
    }
}
