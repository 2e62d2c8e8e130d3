import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.AbortedTxn;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.TransactionIndex;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/** The partitions' logs: every batch, the offsets in checkpoints, leader epochs, producers, aborted transactions. */
final class Logs {
    private static final int PRODUCER_EXPIRATION_MS = 86_400_000;
    private final Dump dump;

    Logs(Dump dump) {
        this.dump = dump;
    }

    /** The batches of a file in order. A torn end is an error unless `tornEnd`; then it is left out, as a start removes it. */
    static List<FileChannelRecordBatch> validBatches(Path file, boolean tornEnd) throws Exception {
        List<FileChannelRecordBatch> batches = new ArrayList<>();
        long position = 0;
        long next = baseOffset(file);
        // Left open: a batch reads its bytes when it is asked for them.
        FileRecords records = FileRecords.open(file.toFile(), false);
        try {
            for (FileChannelRecordBatch batch : records.batches()) {
                batch.ensureValid();
                if (batch.baseOffset() < next) throw Dump.wrong(file + " goes back from " + next + " to " + batch.baseOffset());
                next = batch.lastOffset() + 1;
                batches.add(batch);
                position += batch.sizeInBytes();
            }
        } catch (org.apache.kafka.common.KafkaException e) {
            if (!tornEnd) throw new IllegalStateException(file + " at " + position, e);
        }
        if (position != Files.size(file) && !tornEnd) throw Dump.wrong(file + " has a torn end at " + position);
        return batches;
    }

    static String sha256(FileChannelRecordBatch batch) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes());
        batch.writeTo(bytes);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    }

    static long baseOffset(Path file) {
        return UnifiedLog.offsetFromFile(file.toFile());
    }

    /** The offset before which nothing of the log counts any more. */
    static long logStart(Path folder, Map<TopicPartition, Long> checkpoint) throws Exception {
        TopicPartition partition = UnifiedLog.parseTopicPartitionName(folder.toFile());
        return Math.max(baseOffset(Dump.files(folder, ".log").get(0)), checkpoint.getOrDefault(partition, 0L));
    }

    private static boolean isEmpty(Path folder) throws Exception {
        for (Path file : Dump.files(folder, ".log")) {
            if (Files.size(file) > 0) return false;
        }
        return true;
    }

    void dump(Map<String, Uuid> topicIds) throws Exception {
        Map<TopicPartition, Long> starts = dump.checkpoint("log-start-offset-checkpoint");
        List<String> names = dump.replicas().stream().map(folder -> folder.getFileName().toString()).sorted().toList();
        List<String> assigned = topicIds.keySet().stream().sorted().toList();
        if (!dump.killed && !names.equals(assigned)) throw Dump.wrong("replicas on disk " + names + ", in the metadata " + assigned);
        for (Path folder : dump.replicas()) {
            String name = folder.getFileName().toString();
            // Masked: replicas of topics that had just been created or deleted when a kill came, whose folders are behind the metadata.
            if (dump.killed && (!topicIds.containsKey(name) || isEmpty(folder))) continue;
            File file = PartitionMetadataFile.newFile(folder.toFile());
            Uuid id = new PartitionMetadataFile(file, new LogDirFailureChannel(1)).read().topicId();
            if (!id.equals(topicIds.get(name))) throw Dump.wrong(name + " belongs to " + id + ", not " + topicIds.get(name));
            long start = logStart(folder, starts);
            dump.line("log", name, id, "start", start);
            long end = batches(folder, start);
            dump.line("log", name, "end", end);
            epochs(folder, start, end);
            producers(folder, start, end);
            dump.count("partitions");
        }
        checkpoints();
    }

    private void checkpoints() throws Exception {
        checkpoint("cleaner-offset-checkpoint", "cleaner");
        if (dump.killed) return;  // A kill leaves them as far behind as the time since they were written.
        checkpoint("recovery-point-offset-checkpoint", "recovery-point");
        checkpoint("replication-offset-checkpoint", "high-watermark");
    }

    private void checkpoint(String file, String what) throws Exception {
        Map<String, Long> offsets = new TreeMap<>();
        dump.checkpoint(file).forEach((partition, offset) -> offsets.put(partition.toString(), offset));
        offsets.forEach((partition, offset) -> {
            // Masked: the metadata log's, which each start moves.
            if (partition.equals("__cluster_metadata-0")) return;
            dump.line(what, partition, offset);
            dump.count(what);
        });
    }

    /** Segments and batches; answers where the log ends. */
    private long batches(Path folder, long start) throws Exception {
        String name = folder.getFileName().toString();
        List<Path> segments = Dump.files(folder, ".log");
        long end = start;
        for (int i = 0; i < segments.size(); ++i) {
            // Masked: segments wholly below the start, which any run of the retention may remove.
            if (i + 1 < segments.size() && baseOffset(segments.get(i + 1)) <= start) continue;
            dump.line("segment", name, baseOffset(segments.get(i)));
            for (FileChannelRecordBatch batch : validBatches(segments.get(i), dump.killed && i + 1 == segments.size())) {
                dump.line("batch", name, batch.baseOffset(), batch.lastOffset(), batch.compressionType().name,
                    "count " + batch.countOrNull(), "epoch " + batch.partitionLeaderEpoch(), "producer " + batch.producerId(), batch.producerEpoch(), batch.baseSequence(),
                    "time " + batch.timestampType(), batch.maxTimestamp(), batch.isTransactional() ? "transactional" : "",
                    batch.isControlBatch() ? "control" : "", "horizon " + batch.deleteHorizonMs().orElse(-1),
                    batch.sizeInBytes(), sha256(batch));
                count(batch);
                end = batch.lastOffset() + 1;
            }
            dump.count("segments");
            for (AbortedTxn aborted : aborted(folder, baseOffset(segments.get(i)))) {
                dump.line("aborted", name, aborted.producerId(), aborted.firstOffset(), aborted.lastOffset(), aborted.lastStableOffset());
                dump.count("aborted");
            }
        }
        return end;
    }

    private void count(FileChannelRecordBatch batch) {
        dump.count("batches");
        dump.count("batches_" + batch.compressionType().name);
        if (batch.hasProducerId()) dump.count("batches_idempotent");
        if (batch.isTransactional()) dump.count("batches_transactional");
        if (batch.deleteHorizonMs().isPresent()) dump.count("batches_with_horizon");
    }

    private static List<AbortedTxn> aborted(Path folder, long base) throws Exception {
        File file = folder.resolve(String.format("%020d.txnindex", base)).toFile();
        if (!file.exists()) return List.of();
        try (TransactionIndex index = new TransactionIndex(base, file)) {
            return index.allAbortedTxns();
        }
    }

    /** The file is written some time behind the first batch of an epoch; a start finds what a kill has left out of it. */
    private static void addEpochsOfBatches(Path folder, List<EpochEntry> entries) throws Exception {
        int last = entries.isEmpty() ? -1 : entries.get(entries.size() - 1).epoch();
        for (Path segment : Dump.files(folder, ".log")) {
            for (FileChannelRecordBatch batch : validBatches(segment, true)) {
                if (batch.partitionLeaderEpoch() <= last) continue;
                last = batch.partitionLeaderEpoch();
                entries.add(new EpochEntry(last, batch.baseOffset()));
            }
        }
    }

    private void epochs(Path folder, long start, long end) throws Exception {
        File file = LeaderEpochCheckpointFile.newFile(folder.toFile());
        List<EpochEntry> entries = new ArrayList<>(new LeaderEpochCheckpointFile(file, new LogDirFailureChannel(1)).read());
        if (dump.killed) addEpochsOfBatches(folder, entries);
        for (int i = 0; i < entries.size(); ++i) {
            EpochEntry entry = entries.get(i);
            // Masked: the epoch of a start behind which nothing was appended; the next start puts its own there.
            if (entry.startOffset() == end) continue;
            if (entry.startOffset() > end) throw Dump.wrong(folder + " has an epoch behind its end: " + entry);
            long from = entry.startOffset();
            if (dump.killed) {
                // Masked: epochs below the log's start, which the file loses some time behind DeleteRecords, or at the next start.
                if (i + 1 < entries.size() && entries.get(i + 1).startOffset() <= start) continue;
                from = Math.max(from, start);
            }
            dump.line("leader-epoch", folder.getFileName(), entry.epoch(), from);
        }
    }

    /** The producers as Apache Kafka knows them behind a start on this folder, and as it finds them in the batches alone. */
    private void producers(Path folder, long start, long end) throws Exception {
        List<String> producers = openCopy(folder, start, end, !dump.killed);
        producers.forEach(producer -> dump.line("producer", folder.getFileName(), producer));
        producers.forEach(producer -> dump.count("producers"));
        if (!dump.killed && end > 0 && !folder.resolve(String.format("%020d.snapshot", end)).toFile().exists())
            throw Dump.wrong(folder + " has no producer snapshot at its end " + end);
        boolean compacted = dump.checkpoint("cleaner-offset-checkpoint").containsKey(UnifiedLog.parseTopicPartitionName(folder.toFile()));
        // Masked: what the batches do not have any more.
        if (start > 0 || compacted) return;
        List<String> rebuilt = openCopy(folder, start, end, false);
        if (!rebuilt.equals(producers)) throw Dump.wrong(folder + " has producers " + producers + ", its batches have " + rebuilt);
    }

    /** Opens a copy of the log, which Apache Kafka's classes write to; unless the stop was clean, without its snapshots. */
    private List<String> openCopy(Path folder, long start, long end, boolean clean) throws Exception {
        Path parent = Files.createTempDirectory("dump");
        KafkaScheduler scheduler = new KafkaScheduler(1);
        try {
            Path copy = Files.createDirectory(parent.resolve(folder.getFileName()));
            for (Path file : Dump.files(folder, "")) {
                boolean isSnapshot = file.getFileName().toString().endsWith(".snapshot");
                if (clean || !isSnapshot || start > 0) Files.copy(file, copy.resolve(file.getFileName()));
            }
            scheduler.startup();
            UnifiedLog log = UnifiedLog.create(copy.toFile(), new LogConfig(new Properties()), start, clean ? end : 0, scheduler,
                new BrokerTopicStats(), Time.SYSTEM, 900_000, new ProducerStateManagerConfig(PRODUCER_EXPIRATION_MS, false), 600_000,
                new LogDirFailureChannel(1), clean, Optional.empty());
            if (log.logEndOffset() != end) throw Dump.wrong(folder + " ends at " + log.logEndOffset() + " for Apache Kafka, not at " + end);
            List<String> producers = log.producerStateManager().activeProducers().values().stream().map(Logs::entry).sorted()
                .toList();
            log.closeHandlers();
            return producers;
        } finally {
            scheduler.shutdown();
            Utils.delete(parent.toFile());
        }
    }

    /** A producer as far as snapshots keep it: of its last batches only the very last. */
    private static String entry(ProducerStateEntry entry) {
        BatchMetadata last = null;
        for (BatchMetadata batch : entry.batchMetadata()) last = batch;
        return String.join(" ", List.of("" + entry.producerId(), "epoch " + entry.producerEpoch(),
            "coordinator " + entry.coordinatorEpoch(), "last " + last, "time " + entry.lastTimestamp(),
            "transaction " + entry.currentTxnFirstOffset().orElse(-1)));
    }
}
