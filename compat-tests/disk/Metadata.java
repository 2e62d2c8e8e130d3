import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.AbortTransactionRecord;
import org.apache.kafka.common.metadata.BeginTransactionRecord;
import org.apache.kafka.common.metadata.EndTransactionRecord;
import org.apache.kafka.common.metadata.MetadataJsonConverters;
import org.apache.kafka.common.metadata.MetadataRecordType;
import org.apache.kafka.common.metadata.PartitionChangeRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.image.writer.ImageWriterOptions;
import org.apache.kafka.image.writer.RecordListWriter;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.raft.Batch;
import org.apache.kafka.raft.ControlRecord;
import org.apache.kafka.raft.internals.RecordsIterator;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.snapshot.SnapshotPath;
import org.apache.kafka.snapshot.Snapshots;

/** The metadata log, its snapshots, and the image that Apache Kafka makes of them. */
final class Metadata {
    private static final int BATCH_BYTES = 8 << 20;
    /** What a node writes as it starts, runs and stops: masked in the list of records, whatever they say. */
    private static final Set<MetadataRecordType> OWN = Set.of(
        MetadataRecordType.NO_OP_RECORD,  // twice a second
        MetadataRecordType.REGISTER_CONTROLLER_RECORD,  // once a start, with a new incarnation
        MetadataRecordType.REGISTER_BROKER_RECORD,  // once a start, with a new incarnation and epoch
        MetadataRecordType.BROKER_REGISTRATION_CHANGE_RECORD);  // unfenced behind the start, in shutdown before the stop
    /** The fields of an image's records that a start or a stop changes, by type. */
    private static final Map<MetadataRecordType, List<String>> OWN_FIELDS = Map.of(
        // The process, and whether it runs.
        MetadataRecordType.REGISTER_BROKER_RECORD, List.of("incarnationId", "brokerEpoch", "fenced", "inControlledShutdown"),
        MetadataRecordType.REGISTER_CONTROLLER_RECORD, List.of("incarnationId"),
        // A stop takes the leader away and a start elects it, which counts both epochs up. Replicas, directories, ISR, ELR stay in.
        MetadataRecordType.PARTITION_RECORD, List.of("leader", "leaderEpoch", "partitionEpoch"));

    /** What only a stop in order brings to its end. */
    private static final List<String> OF_A_STOP = List.of("isr", "eligibleLeaderReplicas", "lastKnownElr", "leaderRecoveryState");

    private final Dump dump;
    private final Path folder;
    private final List<String> batches = new ArrayList<>();
    private final List<Batch<ApiMessageAndVersion>> log = new ArrayList<>();
    private final MetadataImage image;

    Metadata(Dump dump) throws Exception {
        this.dump = dump;
        this.folder = dump.data.resolve("__cluster_metadata-0");
        for (Path file : Dump.files(folder, ".log")) {
            for (FileChannelRecordBatch batch : Logs.validBatches(file, dump.killed)) {
                batches.add(batch.baseOffset() + " " + batch.lastOffset() + " " + batch.partitionLeaderEpoch() + " " + Logs.sha256(batch));
            }
            read(file, log);
        }
        if (log.isEmpty() || log.get(0).baseOffset() != 0) throw Dump.wrong("the metadata log does not begin at 0");
        this.image = replay(Long.MAX_VALUE);
    }

    /** Each batch of the log: offsets, epoch, SHA-256. Later dumps have to begin with the same. */
    List<String> batches() {
        return batches;
    }

    Map<String, Uuid> topicIds() {
        Map<String, Uuid> ids = new HashMap<>();
        image.topics().topicsByName().forEach((name, topic) -> topic.partitions().keySet()
            .forEach(partition -> ids.put(name + "-" + partition, topic.id())));
        return ids;
    }

    /** Adds the image and the records to the dump; answers the epoch that the one broker is registered with. */
    long dump() throws Exception {
        for (SnapshotPath snapshot : snapshots()) checkSnapshot(snapshot);
        for (String record : describe(image)) dump.line("image", record);
        for (Batch<ApiMessageAndVersion> batch : log) records(batch);
        if (image.cluster().brokers().size() != 1) throw Dump.wrong("brokers: " + image.cluster().brokers());
        return image.cluster().brokers().values().iterator().next().epoch();
    }

    private static void read(Path file, List<Batch<ApiMessageAndVersion>> into) throws Exception {
        try (FileRecords records = FileRecords.open(file.toFile(), false);
             var batches = new RecordsIterator<>(records, MetadataRecordSerde.INSTANCE, BufferSupplier.NO_CACHING, BATCH_BYTES, true,
                 new LogContext())) {
            batches.forEachRemaining(into::add);
        }
    }

    /** The finished snapshots, the oldest first; not the one that formatting leaves, which has only voters. */
    private List<SnapshotPath> snapshots() throws Exception {
        List<SnapshotPath> snapshots = new ArrayList<>();
        for (Path file : Dump.files(folder, Snapshots.SUFFIX)) {
            Snapshots.parse(file).filter(found -> !found.partial() && !found.deleted())
                .filter(found -> !found.snapshotId().equals(Snapshots.BOOTSTRAP_SNAPSHOT_ID)).ifPresent(snapshots::add);
        }
        return snapshots;
    }

    /** A snapshot says what the log says up to it. Masked: which ones there are, as a running node takes them by itself. */
    private void checkSnapshot(SnapshotPath snapshot) throws Exception {
        List<Batch<ApiMessageAndVersion>> content = new ArrayList<>();
        read(snapshot.path(), content);
        MetadataDelta delta = new MetadataDelta.Builder().build();
        content.forEach(batch -> batch.records().forEach(record -> delta.replay(record.message())));
        delta.finishSnapshot();
        List<String> here = unmasked(delta.apply(MetadataProvenance.EMPTY));
        List<String> expected = unmasked(replay(snapshot.snapshotId().offset()));
        if (!here.equals(expected))
            throw Dump.wrong(snapshot.path() + " has " + without(here, expected) + ", not " + without(expected, here));
        dump.count("snapshots");
    }

    private static List<String> without(List<String> lines, List<String> others) {
        return lines.stream().filter(line -> !others.contains(line)).toList();
    }

    /**
     * The image that the records before `end` make, batch by batch: a delta over more keeps settings of a topic that is made and
     * removed in it.
     */
    private MetadataImage replay(long end) {
        MetadataImage image = MetadataImage.EMPTY;
        for (Batch<ApiMessageAndVersion> batch : log) {
            if (batch.baseOffset() >= end) break;
            MetadataDelta delta = new MetadataDelta.Builder().setImage(image).build();
            for (ApiMessageAndVersion record : batch.records()) {
                ApiMessage message = record.message();
                if (message instanceof AbortTransactionRecord) throw Dump.wrong("an aborted transaction in the metadata log");
                if (message instanceof BeginTransactionRecord || message instanceof EndTransactionRecord) continue;
                delta.replay(message);
            }
            image = delta.apply(MetadataProvenance.EMPTY);
        }
        return image;
    }

    private static List<ApiMessageAndVersion> write(MetadataImage image) {
        RecordListWriter writer = new RecordListWriter();
        image.write(writer, new ImageWriterOptions.Builder(image).build());
        return writer.records();
    }

    private String describe(ApiMessageAndVersion record, boolean masked) {
        MetadataRecordType type = MetadataRecordType.fromId(record.message().apiKey());
        ObjectNode json = (ObjectNode) MetadataJsonConverters.writeJson(record.message(), record.version());
        // Masked: the order of a registration's features, which is that of a hash table.
        if (json.get("features") instanceof ArrayNode features) sort(features);
        if (masked) json.remove(OWN_FIELDS.getOrDefault(type, List.of()));
        if (masked && dump.killed && type == MetadataRecordType.PARTITION_RECORD) json.remove(OF_A_STOP);
        return type + " " + record.version() + " " + json;
    }

    private static void sort(ArrayNode array) {
        List<JsonNode> entries = new ArrayList<>();
        array.forEach(entries::add);
        entries.sort(Comparator.comparing(JsonNode::toString));
        array.removeAll().addAll(entries);
    }

    private List<String> unmasked(MetadataImage image) {
        return new ArrayList<>(write(image).stream().map(record -> describe(record, false)).sorted().toList());
    }

    /** The image as Apache Kafka would write it into a snapshot, in the order of the text. */
    private List<String> describe(MetadataImage image) {
        List<String> lines = new ArrayList<>();
        for (ApiMessageAndVersion record : write(image)) {
            lines.add(describe(record, true));
            dump.count(MetadataRecordType.fromId(record.message().apiKey()).name().toLowerCase(java.util.Locale.ROOT));
        }
        Collections.sort(lines);
        return lines;
    }

    private void records(Batch<ApiMessageAndVersion> batch) {
        long offset = batch.baseOffset();
        for (ApiMessageAndVersion record : batch.records()) {
            if (!isOwn(record.message())) dump.line("metadata", offset, describe(record, false));
            ++offset;
        }
        for (ControlRecord record : batch.controlRecords()) {
            // Masked: a start's election. Its voters and kraft.version are compared.
            if (record.type() == org.apache.kafka.common.record.internal.ControlRecordType.LEADER_CHANGE) continue;
            dump.line("metadata", batch.baseOffset(), record.type(), record.message());
        }
    }

    private static boolean isOwn(ApiMessage message) {
        if (!(message instanceof PartitionChangeRecord change)) return OWN.contains(MetadataRecordType.fromId(message.apiKey()));
        // A stop takes leader and ISR away, behind a kill the next start does; a start gives them back. Where replicas lie does not
        // change, and the image shows what ISR and ELR come to.
        return change.replicas() == null && change.removingReplicas() == null && change.addingReplicas() == null
            && change.directories() == null;
    }
}
