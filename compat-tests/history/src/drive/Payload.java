package drive;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The content of a record, which its value alone gives, and the digest that both ends take of it. */
final class Payload {
    /** Names the value where there is no content: in tombstones. */
    static final String HEADER = "v";
    private static final int LARGEST = 65536;
    private static final int SMALL = 200;
    private static final int LARGE_ONE_IN = 200;

    private Payload() { }

    static byte[] of(long value) {
        SplittableRandom chance = new SplittableRandom(value);
        int size = Long.BYTES + chance.nextInt(chance.nextInt(LARGE_ONE_IN) == 0 ? LARGEST - Long.BYTES : SMALL);
        byte[] content = new byte[size];
        // Every other part can be compressed.
        for (int i = Long.BYTES; i < size; i++) {
            content[i] = (byte) ((i >> 6) % 2 == 0 ? chance.nextInt(256) : i);
        }
        ByteBuffer.wrap(content).putLong(value);
        return content;
    }

    /** The value that a record is of; -1 if none can be told. */
    static long value(byte[] content, Headers headers) {
        Header header = headers.lastHeader(HEADER);
        byte[] bytes = content != null ? content : header == null ? null : header.value();
        return bytes == null || bytes.length < Long.BYTES ? -1 : ByteBuffer.wrap(bytes).getLong();
    }

    static long digest(long timestampMs, byte[] key, byte[] content, Headers headers) {
        CRC32 sum = new CRC32();
        sum.update(ByteBuffer.allocate(Long.BYTES).putLong(timestampMs).flip());
        add(sum, key);
        add(sum, content);
        for (Header header : headers) {
            sum.update(header.key().getBytes());
            add(sum, header.value());
        }
        return sum.getValue();
    }

    private static void add(CRC32 sum, byte[] bytes) {
        sum.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes == null ? -1 : bytes.length).flip());
        if (bytes != null) {
            sum.update(bytes);
        }
    }
}
