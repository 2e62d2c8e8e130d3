import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.server.common.TransactionVersion;

/**
 * Transactions whose coordinator died when it had decided and told nobody yet. No kill hits that moment for sure, so the decision is
 * written behind the log of a stopped node, by Apache Kafka's classes, as its coordinator would have.
 *
 * <pre>
 * decide DATA                 commits the open transaction of one transactional id of MixedLoad's, aborts that of the other
 * finished BOOTSTRAP ROUND    waits until a node has carried both out, and holds what readers see against it
 * </pre>
 */
public final class Prepared {
    private static final Map<String, TransactionState> DECISIONS = Map.of(
        MixedLoad.OPEN.get(0), TransactionState.PREPARE_COMMIT, MixedLoad.OPEN.get(1), TransactionState.PREPARE_ABORT);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Prepared() {
    }

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "decide" -> decide(Path.of(args[1]));
            case "finished" -> finished(args[1], Long.parseLong(args[2]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void decide(Path data) throws Exception {
        Map<String, TransactionMetadata> latest = new HashMap<>();
        List<Path> files = Dump.files(data.resolve("__transaction_state-0"), ".log");
        Path active = files.get(files.size() - 1);
        long next = Long.parseLong(active.getFileName().toString().replace(".log", ""));
        int epoch = 0;
        for (Path file : files) {
            for (FileChannelRecordBatch batch : Logs.validBatches(file, false)) {
                for (Record record : batch) {
                    if (TransactionLog.read(record.key(), record.value()) instanceof TransactionLog.TxnRecord entry)
                        latest.put(entry.transactionId(), entry.metadata());
                }
                next = batch.nextOffset();
                epoch = batch.partitionLeaderEpoch();
            }
        }
        for (String id : MixedLoad.OPEN) {
            TransactionMetadata open = latest.get(id);
            if (open == null || open.state() != TransactionState.ONGOING) throw Dump.wrong(id + " is not open: " + open);
            long now = System.currentTimeMillis();
            var decided = open.prepareAbortOrCommit(DECISIONS.get(id), open.clientTransactionVersion(), RecordBatch.NO_PRODUCER_ID, now, false);
            byte[] value = TransactionLog.valueToBytes(decided, TransactionVersion.TV_2);
            ByteBuffer batch = MemoryRecords.withRecords(next++, Compression.NONE, epoch,
                new SimpleRecord(now, TransactionLog.keyToBytes(id), value)).buffer();
            byte[] bytes = new byte[batch.remaining()];
            batch.get(bytes);
            Files.write(active, bytes, StandardOpenOption.APPEND);
        }
        // Whoever dies there leaves no mark of a clean stop.
        Files.delete(data.resolve(".kafka_cleanshutdown"));
    }

    private static void finished(String bootstrap, long round) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            for (String id : MixedLoad.OPEN) {
                String wanted = DECISIONS.get(id) == TransactionState.PREPARE_COMMIT ? "CompleteCommit" : "CompleteAbort";
                String state;
                while (!(state = admin.describeTransactions(List.of(id)).description(id).get().state().toString()).equals(wanted)) {
                    if (System.nanoTime() > deadline) throw Dump.wrong(id + " is " + state + " in place of " + wanted);
                    Thread.sleep(50);
                }
            }
            TopicPartition of = new TopicPartition("codec-none", 1);
            for (String id : MixedLoad.OPEN) {
                var offset = admin.listConsumerGroupOffsets("of-" + id).partitionsToOffsetAndMetadata().get().get(of);
                boolean isThere = offset != null && offset.offset() == round;
                if (isThere != (DECISIONS.get(id) == TransactionState.PREPARE_COMMIT)) throw Dump.wrong("of-" + id + " is at " + offset);
            }
        }
        Properties properties = new Properties();
        properties.putAll(Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"));
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, 2).mapToObj(i -> new TopicPartition("left-open", i)).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            int count = 0;
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!View.isDone(consumer, ends)) {
                if (System.nanoTime() > deadline) throw Dump.wrong("cannot read up to " + ends);
                count += consumer.poll(Duration.ofMillis(100)).count();
            }
            // Of all rounds only the last one's transaction is committed, and only that of the one id.
            if (count != partitions.size() * MixedLoad.LEFT_OPEN) throw Dump.wrong(count + " records of left-open are committed");
        }
    }
}
