package drive;

import drive.RecordedProducer.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** W3: transactions of up to four sends and polls in up to four partitions, of which a fifth is aborted and some take their time. */
final class TransactionWorkload {
    private static final int WORKERS = 3;
    private static final int MOST_OPERATIONS = 4;
    private static final int ABORT_ONE_IN = 5;
    private static final int POLL_ONE_IN = 5;
    private static final int TRANSACTIONS_PER_LIFE = 400;
    private static final int SLOW_ONE_IN = 150;
    private static final int SLOWEST_MS = 10_000;
    private static final int POLL_MS = 20;

    private TransactionWorkload() { }

    static List<Worker> workers(Run run) {
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(new Transactor(run, "w3-" + run.slot() + "-" + i));
        }
        return workers;
    }

    private static final class Transactor extends Worker {
        private final String id;
        private long sends;

        Transactor(Run run, String id) {
            super(run);
            this.id = id;
        }

        @Override
        void live() throws InterruptedException {
            try (RecordedProducer producer = new RecordedProducer(this, Settings.transactional(run.bootstrap(), chance, id));
                    RecordedConsumer consumer = new RecordedConsumer(this, Settings.consumer(run.bootstrap(), !oneIn(4)), false)) {
                producer.initTransactions();
                consumer.assign(run.partitions());
                for (int i = 0; i < TRANSACTIONS_PER_LIFE && !run.isOver() && !producer.isBroken(); i++) {
                    transact(producer, consumer);
                    Thread.sleep(chance.nextInt(40));
                }
            }
        }

        private void transact(RecordedProducer producer, RecordedConsumer consumer) throws InterruptedException {
            producer.begin();
            try {
                List<TopicPartition> targets = targets();
                for (int i = chance.nextInt(MOST_OPERATIONS) + 1; i > 0; i--) {
                    if (oneIn(POLL_ONE_IN)) {
                        consumer.poll(POLL_MS);
                    } else {
                        producer.send(Message.to(targets.get(chance.nextInt(targets.size()))));
                        sends++;
                    }
                    Thread.sleep(chance.nextInt(8));
                }
                if (oneIn(SLOW_ONE_IN)) {
                    Thread.sleep(chance.nextInt(SLOWEST_MS));
                }
                if (!oneIn(ABORT_ONE_IN)) {
                    producer.commit();
                    return;
                }
            } catch (KafkaException error) {
                line("info", "crash").with("what", "in a transaction").with(error).write();
            }
            producer.abort();
        }

        private List<TopicPartition> targets() {
            List<TopicPartition> all = run.partitionsOf(run.target(sends, 0).topic());
            Collections.shuffle(all, new Random(chance.nextLong()));
            return all.subList(0, Math.min(MOST_OPERATIONS, all.size()));
        }
    }
}
