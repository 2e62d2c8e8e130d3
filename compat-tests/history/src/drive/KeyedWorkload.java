package drive;

import drive.RecordedProducer.Message;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;

/** W5: keys and tombstones in a topic that is compacted; DeleteRecords in another; readers that begin anew again and again. */
final class KeyedWorkload {
    private static final List<TopicPartition> COMPACTED = List.of(new TopicPartition("w5-0", 0), new TopicPartition("w5-0", 1));
    private static final List<TopicPartition> TRIMMED = List.of(new TopicPartition("w5trim-0", 0), new TopicPartition("w5trim-0", 1));
    private static final int KEYS = 32;
    private static final int TOMBSTONE_ONE_IN = 8;
    private static final int SENDS_PER_SECOND = 70;
    private static final int SENDS_PER_LIFE = 2000;
    private static final int ANSWER_S = 30;

    private KeyedWorkload() { }

    static List<Worker> workers(Run run) {
        return List.of(new Writer(run), new Scanner(run), new Trimmer(run));
    }

    private static final class Writer extends Worker {
        Writer(Run run) {
            super(run);
        }

        @Override
        void live() throws InterruptedException {
            try (RecordedProducer producer = new RecordedProducer(this, Settings.idempotent(run.bootstrap(), chance))) {
                for (int i = 0; i < SENDS_PER_LIFE && !run.isOver() && !producer.isBroken(); i++) {
                    int partition = chance.nextInt(2);
                    if (oneIn(3)) {
                        producer.send(Message.to(TRIMMED.get(partition)));
                    } else {
                        producer.send(new Message(COMPACTED.get(partition), "key" + chance.nextInt(KEYS), oneIn(TOMBSTONE_ONE_IN), null, -1));
                    }
                    pace(SENDS_PER_SECOND);
                }
            }
        }
    }

    /** Reads all from the beginning to where the end was, and begins anew. */
    private static final class Scanner extends Worker {
        Scanner(Run run) {
            super(run);
        }

        @Override
        void live() throws InterruptedException {
            List<TopicPartition> partitions = oneIn(3) ? TRIMMED : COMPACTED;
            try (RecordedConsumer consumer = new RecordedConsumer(this, Settings.consumer(run.bootstrap(), chance.nextBoolean()), false)) {
                for (int i = 0; i < 5 && !run.isOver(); i++) {
                    consumer.assign(partitions);
                    Map<TopicPartition, Long> ends = consumer.ends(partitions);
                    while (!run.isOver() && !ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                        consumer.poll(100);
                    }
                    Thread.sleep(chance.nextInt(1000));
                }
            }
        }
    }

    private static final class Trimmer extends Worker {
        Trimmer(Run run) {
            super(run);
        }

        @Override
        void live() throws InterruptedException {
            line("ok", "session").with("role", "consumer").with("client", "java-4.3.1").write();
            try (Admin admin = Admin.create(Settings.admin(run.bootstrap()))) {
                while (!run.isOver()) {
                    Listings.record(this, admin, oneIn(3) ? COMPACTED : TRIMMED);
                    delete(admin, TRIMMED.get(chance.nextInt(2)));
                    Thread.sleep(chance.nextInt(1500));
                }
            } catch (ExecutionException | TimeoutException error) {
                line("info", "crash").with("what", "gave up").with(error).write();
            }
        }

        /** A part of what is there, or, now and then, more than that. */
        private void delete(Admin admin, TopicPartition partition) throws InterruptedException, ExecutionException, TimeoutException {
            long start = offset(admin, partition, OffsetSpec.earliest());
            long end = offset(admin, partition, OffsetSpec.latest());
            long before = oneIn(8) ? end + 1000 : start + (end == start ? 0 : chance.nextLong((end - start) / 2 + 1));
            line("invoke", "delete_records").with("k", Names.of(partition)).with("off", before).write();
            try {
                long low = admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before))).lowWatermarks().get(partition)
                    .get(ANSWER_S, TimeUnit.SECONDS).lowWatermark();
                line("ok", "delete_records").with("off", low).write();
            } catch (ExecutionException | KafkaException | TimeoutException error) {
                // Only this code is surely of no effect, and no earlier attempt can have succeeded: there is not that much in the log.
                boolean isRefused = error.getCause() instanceof OffsetOutOfRangeException && before > end;
                line(isRefused ? "fail" : "info", "delete_records").with(error).write();
            }
        }

        private static long offset(Admin admin, TopicPartition partition, OffsetSpec which)
                throws InterruptedException, ExecutionException, TimeoutException {
            return admin.listOffsets(Map.of(partition, which)).partitionResult(partition).get(ANSWER_S, TimeUnit.SECONDS).offset();
        }
    }
}
