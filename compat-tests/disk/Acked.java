import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;

/**
 * Holds what was acknowledged against what is on disk: records at their offsets, topics, committed offsets. The lines are MixedLoad's:
 * "record TOPIC PARTITION OFFSET HASH", "latest" or "tombstone TOPIC PARTITION OFFSET HASH KEY" of a compacted one, where each
 * key's last line counts, "topic", "deleting" and "deleted NAME ID", "commit GROUP TOPIC PARTITION OFFSET".
 */
final class Acked {
    private final Dump dump;
    private final Map<TopicPartition, Map<Long, Integer>> hashes = new HashMap<>();
    private final Map<TopicPartition, Long> starts = new HashMap<>();
    private final Map<String, Long> commits = new HashMap<>();
    private final Set<String> topics = new HashSet<>();

    Acked(Dump dump) {
        this.dump = dump;
    }

    void check(Path acks) throws Exception {
        read();
        // What has to be there, and what was said of it last.
        Map<String, String> expected = new LinkedHashMap<>();
        for (String line : Files.readAllLines(acks)) {
            String[] field = line.split(" ");
            switch (field[0]) {
                case "topic" -> expected.put("topic " + field[1] + " ", line);
                case "record" -> expected.put(String.join(" ", "topic", field[1], field[2], field[3]), line);
                case "latest", "tombstone" -> expected.put(String.join(" ", "topic", field[1], field[2], field[5]), line);
                case "commit" -> expected.put(String.join(" ", "commit", field[1], field[2], field[3]), line);
                case "deleting" -> expected.keySet().removeIf(key -> key.startsWith("topic " + field[1] + " "));
                case "deleted" -> expected.put(line, line);
                default -> throw Dump.wrong(line);
            }
        }
        for (String line : expected.values()) {
            String[] field = line.split(" ");
            if (!holds(field)) throw Dump.wrong("acknowledged, but not on disk: " + line);
            dump.count("acked_" + field[0]);
        }
    }

    private boolean holds(String[] field) {
        return switch (field[0]) {
            case "topic" -> topics.contains(field[1] + " " + field[2]);
            case "deleted" -> !topics.contains(field[1] + " " + field[2]);
            case "commit" -> commits.getOrDefault(String.join(" ", field[1], field[2], field[3]), -1L) >= Long.parseLong(field[4]);
            case "tombstone" -> true;  // Whether it is still there depends on when it was compacted.
            default -> {
                TopicPartition partition = new TopicPartition(field[1], Integer.parseInt(field[2]));
                long offset = Long.parseLong(field[3]);
                Integer hash = hashes.getOrDefault(partition, Map.of()).get(offset);
                yield offset < starts.getOrDefault(partition, 0L) || hash != null && hash == Integer.parseInt(field[4]);
            }
        };
    }

    private void read() throws Exception {
        Map<TopicPartition, Long> checkpoint = dump.checkpoint("log-start-offset-checkpoint");
        for (Map.Entry<String, Uuid> replica : new Metadata(dump).topicIds().entrySet()) {
            topics.add(replica.getKey().substring(0, replica.getKey().lastIndexOf('-')) + " " + replica.getValue());
        }
        for (Path folder : dump.replicas()) {
            TopicPartition partition = org.apache.kafka.storage.internals.log.UnifiedLog.parseTopicPartitionName(folder.toFile());
            // A kill may come in the middle of a topic's creation.
            if (Dump.files(folder, ".log").isEmpty()) continue;
            starts.put(partition, Logs.logStart(folder, checkpoint));
            for (Path file : Dump.files(folder, ".log")) {
                for (FileChannelRecordBatch batch : Logs.validBatches(file, true)) read(partition, batch);
            }
        }
    }

    private void read(TopicPartition partition, FileChannelRecordBatch batch) {
        if (batch.isControlBatch()) return;
        Map<Long, Integer> records = hashes.computeIfAbsent(partition, key -> new HashMap<>());
        for (Record record : batch) {
            records.put(record.offset(), hash(Utils.toNullableArray(record.key()), Utils.toNullableArray(record.value())));
            if (partition.topic().equals("__consumer_offsets")) commit(record);
        }
    }

    private void commit(Record record) {
        CoordinatorRecord entry = new GroupCoordinatorRecordSerde().deserialize(record.key(), record.value());
        if (!(entry.key() instanceof OffsetCommitKey key) || entry.value() == null) return;
        String partition = String.join(" ", key.group(), key.topic(), "" + key.partition());
        commits.put(partition, ((OffsetCommitValue) entry.value().message()).offset());
    }

    /** One number for a record's key and value. */
    static int hash(byte[] key, byte[] value) {
        return 31 * java.util.Arrays.hashCode(key) + java.util.Arrays.hashCode(value);
    }
}
