package drive;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** W2: a producer, and a member of a group of each protocol that commits by itself, and of each that commits automatically. */
final class GroupWorkload {
    private static final int POLLS_PER_LIFE = 120;
    private static final int FETCH_ONE_IN = 25;
    private static final int POLL_MS = 200;

    private GroupWorkload() { }

    static List<Worker> workers(Run run) {
        return List.of(new AssignWorkload.Writer(run), new Member(run, "classic", false), new Member(run, "classic", true),
            new Member(run, "consumer", false), new Member(run, "consumer", true));
    }

    private static final class Member extends Worker {
        private final String protocol;
        private final boolean isAutomatic;

        Member(Run run, String protocol, boolean isAutomatic) {
            super(run);
            this.protocol = protocol;
            this.isAutomatic = isAutomatic;
        }

        @Override
        void live() throws InterruptedException {
            String group = "w2-" + protocol + (isAutomatic ? "-auto" : "-manual");
            Map<String, Object> settings = Settings.member(run.bootstrap(), chance.nextBoolean(), group, protocol);
            settings.put("enable.auto.commit", isAutomatic);
            settings.put("auto.commit.interval.ms", 300);
            if (protocol.equals("classic") && chance.nextBoolean()) {
                settings.put("client.rack", "rack");
            }
            try (RecordedConsumer consumer = new RecordedConsumer(this, settings, false)) {
                consumer.subscribe(run.topics());
                for (int i = POLLS_PER_LIFE / 2 + chance.nextInt(POLLS_PER_LIFE); i > 0 && !run.isOver(); i--) {
                    turn(consumer);
                }
            }
        }

        private void turn(RecordedConsumer consumer) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL_MS);
            if (isAutomatic) {
                consumer.recordPositions(records);
            } else if (!records.isEmpty()) {
                consumer.commit(behind(records), chance.nextBoolean());
            }
            if ((consumer.takeNewAssignment() || oneIn(FETCH_ONE_IN)) && !consumer.assignment().isEmpty()) {
                consumer.committed(consumer.assignment());
            }
        }
    }

    /** The offsets behind the last of the records. */
    static Map<TopicPartition, OffsetAndMetadata> behind(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            offsets.put(new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        return offsets;
    }
}
