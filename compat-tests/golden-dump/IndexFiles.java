import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Crc32C;

/** Index files beside a segment of three batches at offset 100, producer snapshots and transaction indexes. */
final class IndexFiles {
    static final List<String> FOLDERS = List.of("index", "index-wrong", "index-blank", "index-preallocated",
        "index-backwards", "index-torn", "index-empty", "index-beyond", "index-alone");
    static final List<String> STATE_FILES = List.of("00000000000000000007.snapshot", "00000000000000000008.snapshot",
        "00000000000000000009.snapshot", "00000000000000000010.snapshot", "00000000000000000011.snapshot",
        "00000000000000000012.snapshot", "00000000000000000013.snapshot", "00000000000000000007.txnindex",
        "00000000000000000008.txnindex", "00000000000000000009.txnindex", "00000000000000000010.txnindex");
    private static final String BASE = "/00000000000000000100";
    private static final long TIME = 1_700_000_000_000L;
    private static final int SIZE = batch(100).remaining();

    void write() {
        folder("index", offsets(1, 0, 3, SIZE, 5, 2 * SIZE), times(TIME + 101, 1, TIME + 103, 3, TIME + 105, 5));
        folder("index-wrong", offsets(2, 0, 3, SIZE, 9, 2 * SIZE),
            times(TIME + 101, 1, TIME + 50, 3, TIME + 50, 4, TIME + 105, 5, TIME + 200, 9));
        folder("index-blank", ByteBuffer.allocate(800), ByteBuffer.allocate(1200));
        folder("index-preallocated", grown(offsets(3, SIZE), 10_000), grown(times(TIME + 103, 3), 12_000));
        folder("index-backwards", offsets(5, 2 * SIZE, -7, SIZE), times(TIME + 105, 5, TIME + 3, -7));
        folder("index-torn", grown(offsets(3, SIZE), 13), grown(times(TIME + 103, 3), 13));
        folder("index-empty", ByteBuffer.allocate(0), ByteBuffer.allocate(0));
        folder("index-beyond", offsets(3, 3 * SIZE, 5, 9 * SIZE), times(TIME + 105, 5));
        GoldenDump.write("index-alone" + BASE + ".index", offsets(3, SIZE));
        GoldenDump.write("index-alone" + BASE + ".timeindex", times(TIME + 103, 3));
        snapshots();
        transactions();
        GoldenDump.write("data/abc.log", batch(0));
        GoldenDump.write("data/abc.index", offsets(3, SIZE));
        GoldenDump.write("data/x.txt", ByteBuffer.allocate(1));
    }

    private static ByteBuffer batch(long offset) {
        return MemoryRecords.withRecords((byte) 2, offset, Compression.NONE, TimestampType.CREATE_TIME,
            new SimpleRecord(TIME + offset, "one".getBytes(StandardCharsets.UTF_8)),
            new SimpleRecord(TIME + offset + 1, "two".getBytes(StandardCharsets.UTF_8))).buffer();
    }

    private static void folder(String name, ByteBuffer offsets, ByteBuffer times) {
        GoldenDump.write(name + BASE + ".log", batch(100), batch(102), batch(104));
        GoldenDump.write(name + BASE + ".index", offsets);
        GoldenDump.write(name + BASE + ".timeindex", times);
    }

    private static ByteBuffer offsets(int... pairs) {
        ByteBuffer bytes = ByteBuffer.allocate(pairs.length * 4);
        for (int value : pairs) {
            bytes.putInt(value);
        }
        return bytes.flip();
    }

    private static ByteBuffer times(long... pairs) {
        ByteBuffer bytes = ByteBuffer.allocate(pairs.length * 6);
        for (int i = 0; i < pairs.length; i += 2) {
            bytes.putLong(pairs[i]).putInt((int) pairs[i + 1]);
        }
        return bytes.flip();
    }

    private static ByteBuffer grown(ByteBuffer bytes, int size) {
        return ByteBuffer.allocate(size).put(bytes).rewind();
    }

    private static ByteBuffer snapshot(int version, int count, long... fields) {
        ByteBuffer bytes = ByteBuffer.allocate(10 + fields.length / 8 * 46);
        bytes.putShort((short) version).putInt(0).putInt(count);
        for (int i = 0; i < fields.length; i += 8) {
            bytes.putLong(fields[i]).putShort((short) fields[i + 1]).putInt((int) fields[i + 2]).putLong(fields[i + 3])
                .putInt((int) fields[i + 4]).putLong(fields[i + 5]).putInt((int) fields[i + 6]).putLong(fields[i + 7]);
        }
        bytes.flip();
        return bytes.putInt(2, (int) Crc32C.compute(bytes, 6, bytes.limit() - 6));
    }

    private static void snapshots() {
        ByteBuffer sound = snapshot(1, 3, 7, 1, 9, 100, 4, TIME, 3, -1, 8, 0, -1, -1, 0, TIME + 1, -1, -1,
            9, 32767, 2, 200, 5, TIME + 2, -1, 195);
        GoldenDump.write("state/00000000000000000007.snapshot", sound);
        GoldenDump.write("state/00000000000000000008.snapshot", snapshot(1, 0));
        GoldenDump.write("state/00000000000000000009.snapshot", snapshot(2, 0));
        byte[] flipped = sound.array().clone();
        flipped[20] ^= 1;
        GoldenDump.write("state/00000000000000000010.snapshot", ByteBuffer.wrap(flipped));
        GoldenDump.write("state/00000000000000000011.snapshot", sound.duplicate().limit(100));
        GoldenDump.write("state/00000000000000000012.snapshot", ByteBuffer.allocate(0));
        GoldenDump.write("state/00000000000000000013.snapshot", snapshot(1, -1));
    }

    private static ByteBuffer aborted(int version, long... fields) {
        ByteBuffer bytes = ByteBuffer.allocate(34).putShort((short) version);
        for (long field : fields) {
            bytes.putLong(field);
        }
        return bytes.flip();
    }

    private static void transactions() {
        ByteBuffer one = aborted(0, 7, 10, 20, 15);
        ByteBuffer two = aborted(0, 8, 12, 30, 21);
        GoldenDump.write("state/00000000000000000007.txnindex", one, two);
        GoldenDump.write("state/00000000000000000008.txnindex");
        GoldenDump.write("state/00000000000000000009.txnindex", one, aborted(256, 8, 12, 30, 21));
        GoldenDump.write("state/00000000000000000010.txnindex", one, two.duplicate().limit(33));
    }
}
