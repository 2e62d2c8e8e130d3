package drive;

import drive.RecordedProducer.Message;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** W4: reads in a group what is committed, and copies it in transactions with the group's offsets, until nothing is left in the end. */
final class CopyWorkload extends Worker {
    private static final String GROUP = "w4";
    private static final String OUTPUT = "w4out-0";
    private static final int RECORDS_PER_TRANSACTION = 20;
    private static final int ABORT_ONE_IN = 8;
    private static final int POLL_MS = 200;
    private static final int TURNS_PER_LIFE = 500;

    private final int index;
    private boolean hasCopiedAll;

    private CopyWorkload(Run run, int index) {
        super(run);
        this.index = index;
    }

    static List<Worker> workers(Run run) {
        return List.of(new CopyWorkload(run, 0), new CopyWorkload(run, 1));
    }

    @Override
    public void run() {
        super.run();
        // What was sent until the end is still to be copied.
        while (!hasCopiedAll) {
            try {
                live();
            } catch (KafkaException error) {
                line("info", "crash").with("what", "gave up").with(error).write();
            } catch (InterruptedException ended) {
                return;
            }
        }
    }

    @Override
    void live() throws InterruptedException {
        // Both protocols cannot be in one group at once: the run's seed decides.
        String protocol = run.seed() % 2 == 0 ? "classic" : "consumer";
        Map<String, Object> settings = Settings.member(run.bootstrap(), true, GROUP, protocol);
        settings.put("max.poll.records", RECORDS_PER_TRANSACTION);
        String id = "w4-" + run.slot() + "-" + index;
        try (RecordedProducer producer = new RecordedProducer(this, Settings.transactional(run.bootstrap(), chance, id));
                RecordedConsumer consumer = new RecordedConsumer(this, settings, false)) {
            producer.initTransactions();
            consumer.subscribe(run.topics());
            for (int i = 0; i < TURNS_PER_LIFE && !producer.isBroken() && !hasCopiedAll; i++) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL_MS);
                hasCopiedAll = run.isOver() && records.isEmpty() && isNothingLeft(consumer);
                if (!records.isEmpty() && !copy(records, producer, consumer) && !producer.isBroken()) {
                    goBack(consumer);
                }
            }
        }
    }

    /** In no partition, whoever has it. */
    private boolean isNothingLeft(RecordedConsumer consumer) {
        Set<TopicPartition> partitions = Set.copyOf(run.partitions());
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
        return consumer.ends(partitions).entrySet().stream().allMatch(end -> {
            OffsetAndMetadata offset = committed.get(end.getKey());
            return (offset == null ? 0 : offset.offset()) >= end.getValue();
        });
    }

    /** False: it was not committed, or nobody knows. */
    private boolean copy(ConsumerRecords<byte[], byte[]> records, RecordedProducer producer, RecordedConsumer consumer)
            throws InterruptedException {
        producer.begin();
        try {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                TopicPartition source = new TopicPartition(record.topic(), record.partition());
                producer.send(new Message(new TopicPartition(OUTPUT, record.partition()), null, false, source, record.offset()));
            }
            producer.sendOffsets(GROUP, GroupWorkload.behind(records), consumer.groupMetadata());
            if (!oneIn(ABORT_ONE_IN)) {
                return producer.commit();
            }
        } catch (KafkaException error) {
            line("info", "crash").with("what", "in a transaction").with(error).write();
        }
        producer.abort();
        return false;
    }

    private void goBack(RecordedConsumer consumer) {
        Set<TopicPartition> assigned = consumer.assignment();
        if (assigned.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>(consumer.committed(assigned));
        for (TopicPartition partition : assigned) {
            OffsetAndMetadata offset = committed.get(partition);
            consumer.seek(partition, offset == null ? 0 : offset.offset());
        }
    }
}
