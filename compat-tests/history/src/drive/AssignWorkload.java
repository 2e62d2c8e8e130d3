package drive;

import drive.RecordedProducer.Message;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** W1: producers, most of them idempotent, without transactions; readers that assign partitions to themselves and seek about. */
final class AssignWorkload {
    private static final int SENDS_PER_SECOND = 70;
    private static final int SENDS_PER_LIFE = 1500;
    private static final int PLAIN_ONE_IN = 6;
    private static final int POLLS_PER_LIFE = 300;
    private static final int SEEK_ONE_IN = 60;
    private static final int FURTHEST_BACK = 300;
    private static final int POLL_MS = 200;

    private AssignWorkload() { }

    static List<Worker> workers(Run run) {
        return List.of(new Writer(run), new Writer(run), new Reader(run), new Reader(run));
    }

    /** Sends to a workload's partitions until the run ends. Also what groups and copies read. */
    static final class Writer extends Worker {
        private long sends;

        Writer(Run run) {
            super(run);
        }

        @Override
        void live() throws InterruptedException {
            try (RecordedProducer producer = new RecordedProducer(this, oneIn(PLAIN_ONE_IN)
                    ? Settings.plain(run.bootstrap(), chance) : Settings.idempotent(run.bootstrap(), chance))) {
                for (int i = 0; i < SENDS_PER_LIFE && !run.isOver() && !producer.isBroken(); i++) {
                    producer.send(Message.to(run.target(sends++, chance.nextInt(1 << 20))));
                    pace(SENDS_PER_SECOND);
                }
            }
        }
    }

    private static final class Reader extends Worker {
        Reader(Run run) {
            super(run);
        }

        @Override
        void live() throws InterruptedException {
            try (RecordedConsumer consumer = new RecordedConsumer(this, Settings.consumer(run.bootstrap(), chance.nextBoolean()), false)) {
                List<TopicPartition> partitions = new ArrayList<>(run.partitions());
                partitions.removeIf(partition -> oneIn(3));
                consumer.assign(partitions);
                for (int i = 0; i < POLLS_PER_LIFE && !run.isOver(); i++) {
                    consumer.poll(POLL_MS);
                    if (oneIn(SEEK_ONE_IN)) {
                        TopicPartition partition = partitions.get(chance.nextInt(partitions.size()));
                        consumer.seek(partition, Math.max(0, consumer.position(partition) - chance.nextInt(FURTHEST_BACK)));
                    }
                }
            }
        }
    }
}
