import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.share.PersisterStateBatchCombiner;
import org.apache.kafka.coordinator.share.ShareCoordinatorRecordHelpers;
import org.apache.kafka.coordinator.share.ShareCoordinatorRecordSerde;
import org.apache.kafka.coordinator.share.ShareGroupOffset;
import org.apache.kafka.server.share.SharePartitionKey;
import org.apache.kafka.server.share.persister.PersisterStateBatch;

/** Records of __share_group_state, what becomes of state batches that overlap, and keys of share partitions. */
public final class GoldenShare {
    private static final Uuid TOPIC = new Uuid(7, 9);
    private static final StringBuilder LINES = new StringBuilder();

    public static void main(String[] args) throws Exception {
        records();
        keys();
        Random random = new Random(7);
        for (int i = 0; i < 1000; ++i) {
            combination(random, 8 + random.nextInt(24), 1 + random.nextInt(5));
        }
        Files.writeString(Path.of(args[0]), LINES);
    }

    private static void records() {
        ShareGroupOffset.Builder builder = new ShareGroupOffset.Builder()
            .setSnapshotEpoch(1).setStateEpoch(2).setLeaderEpoch(3).setStartOffset(4)
            .setCreateTimestamp(1_700_000_000_000L).setWriteTimestamp(1_700_000_000_005L)
            .setDeliveryCompleteCount(-1).setStateBatches(List.of());
        record("snapshot-without-batches", ShareCoordinatorRecordHelpers.newShareSnapshotRecord("group", TOPIC, 3, builder.build()));
        builder.setDeliveryCompleteCount(5)
            .setStateBatches(List.of(new PersisterStateBatch(4, 9, (byte) 2, (short) 1), new PersisterStateBatch(10, 11, (byte) 0, (short) 300)));
        record("snapshot", ShareCoordinatorRecordHelpers.newShareSnapshotRecord("group", TOPIC, 3, builder.build()));
        record("update", ShareCoordinatorRecordHelpers.newShareUpdateRecord("group", TOPIC, 3, builder.build()));
        record("tombstone", ShareCoordinatorRecordHelpers.newShareStateTombstoneRecord("group", TOPIC, 3));
    }

    private static void record(String name, CoordinatorRecord record) {
        ShareCoordinatorRecordSerde serde = new ShareCoordinatorRecordSerde();
        byte[] value = serde.serializeValue(record);
        line("record", name, HexFormat.of().formatHex(serde.serializeKey(record)),
            value == null ? "null" : HexFormat.of().formatHex(value));
    }

    /** What a key of FindCoordinator names, in the form whose hash chooses the partition. */
    private static void keys() {
        String id = TOPIC.toString();
        for (String key : List.of("g:" + id + ":0", "g:" + id + ":-7", "g:" + id + ":+7", "g:" + id + ":007",
            "a:b:" + id + ":1", ":a:" + id + ":1", "g:" + id + ":1::", " g :" + id + ":1", " :" + id + ":1", ":" + id + ":1",
            "g:" + id + "==:1", "g:" + id + "=:1", "g:" + id + ": 1", "g:" + id + ":", "g:" + id, "g", "", "g:x:1", "g:" + id + "A:1",
            "g:" + id + ":2147483647", "g:" + id + ":2147483648", "g:" + id + ":-2147483648", "g:" + id + ":+", "g::1",
            "::" + id + ":1", "g:AAAAAAAAAAAAAAAAAAAAAR:0", "ä:" + id + ":1")) {
            String found;
            try {
                found = SharePartitionKey.getInstance(key).asCoordinatorKey();
            } catch (IllegalArgumentException e) {
                found = "none";
            }
            line("key", key, found);
        }
    }

    private static void combination(Random random, int offsets, int most) {
        List<PersisterStateBatch> known = batches(random, offsets, most);
        if (random.nextBoolean()) known = new PersisterStateBatchCombiner(List.of(), known, -1).combineStateBatches();
        List<PersisterStateBatch> added = batches(random, offsets, most);
        long start = random.nextInt(3) == 0 ? random.nextInt(offsets) : -1;
        line("combination", Long.toString(start), text(known), text(added),
            text(new PersisterStateBatchCombiner(known, added, start).combineStateBatches()));
    }

    private static List<PersisterStateBatch> batches(Random random, int offsets, int most) {
        List<PersisterStateBatch> batches = new ArrayList<>();
        for (int count = random.nextInt(most + 1); count > 0; --count) {
            int first = random.nextInt(offsets);
            int last = first + random.nextInt(offsets - first);
            batches.add(new PersisterStateBatch(first, last, (byte) (2 * random.nextInt(3)), (short) (1 + random.nextInt(2))));
        }
        return batches;
    }

    private static String text(List<PersisterStateBatch> batches) {
        return batches.stream()
            .map(b -> b.firstOffset() + " " + b.lastOffset() + " " + b.deliveryState() + " " + b.deliveryCount())
            .collect(Collectors.joining(","));
    }

    private static void line(String... fields) {
        LINES.append(String.join("\t", fields)).append('\n');
    }
}
