package drive;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A consumer whose every call, return and change of assignment is in the history: one session of its proc. */
final class RecordedConsumer implements AutoCloseable, ConsumerRebalanceListener {
    private final Worker worker;
    private final String group;
    private final boolean isAutomatic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> recordedPositions = new HashMap<>();
    private boolean hasNewAssignment;
    private long commits;

    RecordedConsumer(Worker worker, Map<String, Object> settings, boolean isFinal) {
        this.worker = worker;
        group = (String) settings.get("group.id");
        isAutomatic = Boolean.TRUE.equals(settings.get("enable.auto.commit"));
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        worker.line("ok", "session").with("role", "consumer").with("client", "java-4.3.1")
            .with("committed", "read_committed".equals(settings.get("isolation.level"))).with("final", isFinal).write();
    }

    /** From the first record of each. */
    void assign(Collection<TopicPartition> partitions) {
        Recorder.Line line = worker.line("ok", "assign");
        partitions.forEach(partition -> line.op(partition, 0));
        line.write();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    void subscribe(List<String> topics) {
        worker.line("ok", "subscribe").write();
        consumer.subscribe(topics, this);
    }

    void seek(TopicPartition partition, long offset) {
        worker.line("ok", "seek").op(partition, offset).write();
        consumer.seek(partition, offset);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        hasNewAssignment = true;
        rebalanced("assigned", partitions);
        if (isAutomatic && !partitions.isEmpty()) {
            // Where nothing is committed yet, it may commit the beginning before anyone can ask for the position.
            Recorder.Line line = worker.line("invoke", "commit_offsets").with("group", group).with("auto", true);
            partitions.forEach(partition -> line.op(partition, 0));
            line.write();
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        rebalanced("revoked", partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        rebalanced("lost", partitions);
    }

    private void rebalanced(String what, Collection<TopicPartition> partitions) {
        Recorder.Line line = worker.line("ok", "rebalance").with("what", what);
        partitions.forEach(line::op);
        line.write();
        partitions.forEach(recordedPositions::remove);
    }

    /** True once behind each assignment. */
    boolean takeNewAssignment() {
        boolean is = hasNewAssignment;
        hasNewAssignment = false;
        return is;
    }

    Set<TopicPartition> assignment() {
        return consumer.assignment();
    }

    /** Nothing where the consumer has an error that passes. */
    ConsumerRecords<byte[], byte[]> poll(long timeoutMs) {
        worker.line("invoke", "poll").write();
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(timeoutMs));
            Recorder.Line line = worker.line("ok", "poll");
            for (ConsumerRecord<byte[], byte[]> record : records) {
                line.op(record.topic() + "/" + record.partition(), record.offset(), Payload.value(record.value(), record.headers()),
                    Payload.digest(record.timestamp(), record.key(), record.value(), record.headers()));
            }
            line.write();
            return records;
        } catch (OffsetOutOfRangeException error) {
            worker.line("info", "poll").with(error).write();
            error.offsetOutOfRangePartitions().forEach((partition, offset) ->
                worker.line("ok", "out_of_range").op(partition, offset).with(error).write());
            for (TopicPartition partition : error.partitions()) {
                worker.line("ok", "seek").op(partition, 0).write();
                consumer.seekToBeginning(List.of(partition));
            }
            return ConsumerRecords.empty();
        } catch (KafkaException error) {
            worker.line("info", "poll").with(error).write();
            throw error;
        }
    }

    /** What automatic commits may have committed since the poll that returned the records, and may from now on. */
    void recordPositions(ConsumerRecords<byte[], byte[]> records) {
        Recorder.Line line = worker.line("invoke", "commit_offsets").with("group", group).with("auto", true);
        boolean isAny = false;
        // A poll moves the position more than once, and a commit by the client's other thread may come in between.
        for (ConsumerRecord<byte[], byte[]> record : records) {
            isAny |= recordPosition(line, new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        }
        for (TopicPartition partition : consumer.assignment()) {
            try {
                isAny |= recordPosition(line, partition, consumer.position(partition, Duration.ofMillis(1)));
            } catch (TimeoutException noPositionYet) {
                continue;
            }
        }
        if (isAny) {
            line.write();
        }
    }

    /** False where the position is that which was recorded last. */
    private boolean recordPosition(Recorder.Line line, TopicPartition partition, long position) {
        if (Long.valueOf(position).equals(recordedPositions.put(partition, position))) {
            return false;
        }
        line.op(partition, position);
        return true;
    }

    void commit(Map<TopicPartition, OffsetAndMetadata> offsets, boolean isAsync) {
        long number = ++commits;
        Recorder.Line line = worker.line("invoke", "commit_offsets").with("n", number).with("group", group);
        offsets.forEach((partition, offset) -> line.op(partition, offset.offset()));
        line.write();
        if (isAsync) {
            consumer.commitAsync(offsets, (committed, error) -> recordCommit(number, error));
            return;
        }
        try {
            consumer.commitSync(offsets);
            recordCommit(number, null);
        } catch (KafkaException error) {
            recordCommit(number, error);
        }
    }

    private void recordCommit(long number, Exception error) {
        Recorder.Line line = worker.line(error == null ? "ok" : "info", "commit_offsets").with("n", number);
        (error == null ? line : line.with(error)).write();
    }

    /** By the group's coordinator; null for what nothing was committed of. */
    Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
        worker.line("invoke", "fetch_committed").write();
        while (true) {
            try {
                Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
                Recorder.Line line = worker.line("ok", "fetch_committed").with("group", group).with("stable", true);
                committed.forEach((partition, offset) -> line.op(partition, offset == null ? -1 : offset.offset()));
                line.write();
                return committed;
            } catch (TimeoutException error) {
                // The answer of the next call may be that of the first, so the call is the same one for the history.
                continue;
            }
        }
    }

    long position(TopicPartition partition) {
        return consumer.position(partition);
    }

    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    ConsumerGroupMetadata groupMetadata() {
        return consumer.groupMetadata();
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(5)));
    }
}
