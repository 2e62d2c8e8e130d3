import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.KRaftVersionRecord;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.SnapshotFooterRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.Crc32C;

/** Logs of any bytes, of all magics and codecs, of control records, and with faults in their batches. */
final class DataLogs {
    static final List<String> BROKEN = List.of("broken-length", "broken-codec", "broken-crc", "broken-record",
        "broken-count", "broken-stream", "broken-legacy", "cut-header", "cut-batch", "cut-exactly", "blank", "empty",
        "marker-short", "marker-key", "marker-null");
    private static final long TIME = 1_700_000_000_000L;
    private static final byte[] NOT_UTF8 = HexFormat.of().parseHex(
        "61808162c0afe08080c3e282f09f8ef88080808041f4908080edb080edafbf78fffefd7fe9c37a");

    void write() {
        log("data", data());
        log("legacy", legacy());
        log("control", control());
        writeSnapshots();
        writeBroken();
    }

    private static void log(String folder, ByteBuffer... batches) {
        GoldenDump.write(folder + "/00000000000000000000.log", batches);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<Compression> compressions() {
        return List.of(Compression.NONE, Compression.gzip().build(), Compression.snappy().build(),
            Compression.lz4().build(), Compression.zstd().build());
    }

    private static ByteBuffer batch(int magic, Compression compression, TimestampType type, long offset, long producer,
            int sequence, boolean transactional, long horizon, Consumer<MemoryRecordsBuilder> fill) {
        MemoryRecordsBuilder builder = new MemoryRecordsBuilder(new ByteBufferOutputStream(1024), (byte) magic,
            compression, type, offset, type == TimestampType.LOG_APPEND_TIME ? TIME + 99 : -1L, producer,
            (short) (producer < 0 ? -1 : 3), sequence, transactional, false, magic < 2 ? -1 : 5, Integer.MAX_VALUE,
            horizon);
        fill.accept(builder);
        return builder.build().buffer();
    }

    private static ByteBuffer plain(Compression compression, long offset, Consumer<MemoryRecordsBuilder> fill) {
        return batch(2, compression, TimestampType.CREATE_TIME, offset, -1, -1, false, -1, fill);
    }

    private static void three(MemoryRecordsBuilder builder) {
        builder.append(TIME + 2, utf8("key"), utf8("value"));
        builder.append(TIME + 1, (byte[]) null, utf8("a longer value, a longer value, a longer value"));
        builder.append(TIME, utf8(""), (byte[]) null);
    }

    private static ByteBuffer[] data() {
        Header[] headers = {new RecordHeader("h", utf8("1")), new RecordHeader("", null),
            new RecordHeader("\u00e9,]", new byte[] {0})};
        ByteBuffer[] batches = new ByteBuffer[10];
        for (int i = 0; i < 5; i++) {
            batches[i] = plain(compressions().get(i), 3L * i, DataLogs::three);
        }
        batches[5] = batch(2, Compression.NONE, TimestampType.LOG_APPEND_TIME, 15, 77, Integer.MAX_VALUE - 1, true, -1,
            builder -> {
                three(builder);
                builder.append(TIME, NOT_UTF8, NOT_UTF8, headers);
                builder.append(TIME, utf8("line\nfeed\r\t\u0000"), utf8("\u20ac \ud83c\udfbc"));
            });
        batches[6] = batch(2, Compression.gzip().build(), TimestampType.CREATE_TIME, 20, 77, 0, false, TIME + 5,
            DataLogs::three);
        batches[7] = plain(Compression.NONE, 30, builder -> {
            builder.appendWithOffset(30, TIME, utf8("30"), utf8("gap"));
            builder.appendWithOffset(35, TIME, utf8("35"), utf8("gap"));
        });
        // What compaction leaves of a producer's last batch.
        batches[8] = ByteBuffer.allocate(61);
        org.apache.kafka.common.record.internal.DefaultRecordBatch.writeEmptyHeader(batches[8], (byte) 2, 77, (short) 3,
            9, 36, 40, 6, TimestampType.CREATE_TIME, TIME, true, false);
        batches[8].flip();
        batches[9] = ByteBuffer.wrap(utf8("behind"));
        return batches;
    }

    private static ByteBuffer[] legacy() {
        ByteBuffer[] batches = new ByteBuffer[10];
        for (int i = 0; i < 8; i++) {
            int magic = i / 4;
            batches[i] = batch(magic, compressions().get(i % 4),
                magic == 0 ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME, 3L * i, -1, -1, false, -1,
                DataLogs::three);
        }
        batches[8] = batch(1, Compression.gzip().build(), TimestampType.LOG_APPEND_TIME, 24, -1, -1, false, -1,
            DataLogs::three);
        batches[9] = batch(1, Compression.NONE, TimestampType.LOG_APPEND_TIME, 27, -1, -1, false, -1, DataLogs::three);
        return batches;
    }

    private static ByteBuffer controlBatch(long offset, int type, byte[] value) {
        ByteBuffer key = ByteBuffer.allocate(4).putShort((short) 0).putShort((short) type);
        return asControl(plain(Compression.NONE, offset, builder -> builder.append(TIME, key.array(), value)));
    }

    private static ByteBuffer asControl(ByteBuffer batch) {
        return changed(batch, bytes -> bytes.putShort(21, (short) (bytes.getShort(21) | 0x20)));
    }

    private static ByteBuffer changed(ByteBuffer batch, Consumer<ByteBuffer> change) {
        byte[] copy = new byte[batch.remaining()];
        batch.duplicate().get(copy);
        ByteBuffer bytes = ByteBuffer.wrap(copy);
        change.accept(bytes);
        bytes.putInt(17, (int) Crc32C.compute(bytes, 21, bytes.limit() - 21));
        return bytes;
    }

    private static byte[] bytes(org.apache.kafka.common.protocol.Message message, int version) {
        ByteBuffer buffer = org.apache.kafka.common.protocol.MessageUtil
            .toByteBufferAccessor(message, (short) version).buffer();
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(copy);
        return copy;
    }

    private static ByteBuffer[] control() {
        LeaderChangeMessage leader = new LeaderChangeMessage().setLeaderId(4)
            .setVoters(List.of(new LeaderChangeMessage.Voter().setVoterId(4),
                new LeaderChangeMessage.Voter().setVoterId(5)))
            .setGrantingVoters(List.of(new LeaderChangeMessage.Voter().setVoterId(5)));
        return new ByteBuffer[] {
            MemoryRecords.withEndTransactionMarker(0, TIME, 5, 77, (short) 3,
                new EndTransactionMarker(ControlRecordType.COMMIT, 9)).buffer(),
            MemoryRecords.withEndTransactionMarker(1, TIME, 5, 77, (short) 3,
                new EndTransactionMarker(ControlRecordType.ABORT, -1)).buffer(),
            controlBatch(2, 0, HexFormat.of().parseHex("000200000007ff")),
            controlBatch(3, 2, bytes(leader, 0)),
            controlBatch(4, 3, bytes(new SnapshotHeaderRecord().setLastContainedLogTimestamp(TIME), 0)),
            controlBatch(5, 4, bytes(new SnapshotFooterRecord(), 0)),
            controlBatch(6, 5, bytes(new KRaftVersionRecord().setKRaftVersion((short) 1), 0)),
            controlBatch(7, 6, bytes(voters(), 0)),
            controlBatch(8, 7, utf8("anything")),
            controlBatch(9, -2, null),
        };
    }

    private static VotersRecord voters() {
        VotersRecord.EndpointCollection endpoints = new VotersRecord.EndpointCollection();
        endpoints.add(new VotersRecord.Endpoint().setName("CONTROLLER").setHost("h\"").setPort(65535));
        return new VotersRecord().setVoters(List.of(
            new VotersRecord.Voter().setVoterId(4).setVoterDirectoryId(new Uuid(1, 2)).setEndpoints(endpoints)
                .setKRaftVersionFeature(new VotersRecord.KRaftVersionFeature().setMaxSupportedVersion((short) 1)),
            new VotersRecord.Voter().setVoterId(5)));
    }

    private static void writeSnapshots() {
        ByteBuffer[] batches = {
            controlBatch(0, 3, bytes(new SnapshotHeaderRecord().setLastContainedLogTimestamp(TIME), 0)),
            plain(Compression.NONE, 1, builder -> builder.append(TIME, null, HexFormat.of().parseHex("01140000"))),
            controlBatch(2, 4, bytes(new SnapshotFooterRecord(), 0)),
        };
        GoldenDump.write("control/00000000000000000100-0000000007.checkpoint", batches);
        GoldenDump.write("control/bootstrap.checkpoint", batches);
        GoldenDump.write("control/short.checkpoint", batches);
    }

    private static void writeBroken() {
        ByteBuffer good = plain(Compression.NONE, 0, DataLogs::three);
        ByteBuffer next = plain(Compression.NONE, 3, DataLogs::three);
        ByteBuffer packed = plain(Compression.gzip().build(), 3, DataLogs::three);
        log("broken-length", good, changed(next, bytes -> bytes.putInt(8, 13)));
        log("broken-codec", good, changed(next, bytes -> bytes.putShort(21, (short) 5)));
        byte[] flipped = Arrays.copyOf(next.array(), next.limit());
        flipped[flipped.length - 2] ^= 1;
        log("broken-crc", good, ByteBuffer.wrap(flipped), plain(Compression.NONE, 6, DataLogs::three));
        log("broken-record", good, changed(next, bytes -> bytes.put(61, (byte) 0x7e)));
        log("broken-count", good, changed(next, bytes -> bytes.putInt(57, 4)));
        log("broken-stream", good, changed(packed, bytes -> bytes.put(75, (byte) (bytes.get(75) ^ 0xff))));
        ByteBuffer old = batch(1, Compression.gzip().build(), TimestampType.CREATE_TIME, 0, -1, -1, false, -1,
            DataLogs::three);
        byte[] oldFlipped = Arrays.copyOf(old.array(), old.limit());
        oldFlipped[oldFlipped.length - 20] ^= 1;
        log("broken-legacy", old, ByteBuffer.wrap(oldFlipped));
        log("cut-header", good, next.duplicate().limit(17));
        log("cut-batch", good, next.duplicate().limit(next.limit() - 1));
        log("cut-exactly", good, next.duplicate().limit(61));
        log("blank", good, ByteBuffer.allocate(100));
        log("empty");
        log("marker-short", controlBatch(0, 1, HexFormat.of().parseHex("0000")));
        log("marker-key", asControl(plain(Compression.NONE, 0, builder -> builder.append(TIME, utf8("k"), utf8("v")))));
        log("marker-null", controlBatch(0, 2, null));
    }
}
