import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Random values of the wire's types, with their extremes more often than chance would have it. */
final class Values {
    /** The longest text that the wire's length can say. */
    static final int LONGEST_TEXT_BYTES = 32767;
    private static final String[] PIECES = {
        "a", "Z", "-", " ", "\"", "\\", "/", "\t", "\n", "\u0000", "\u007f", "\u00e9", "\u0416", "\u20ac", "\u2028",
        "\ufffd", "\uffff", "\ud83c\udfbc",
    };
    private static final double[] DOUBLES = {
        0.0, -0.0, 1.0, -1.5, 0.1, 1e300, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN, Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
    };

    private final Random random;
    private final boolean isBrief;

    /** `isBrief`: without the long values, for samples that are to be small. */
    Values(Random random, boolean isBrief) {
        this.random = random;
        this.isBrief = isBrief;
    }

    /** True once in `times`. */
    boolean once(int times) {
        return random.nextInt(times) == 0;
    }

    boolean onceUnlessBrief(int times) {
        return !isBrief && once(times);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** A value of the schema's type, in the form that a setter with that parameter takes. */
    Object of(String type, Class<?> parameter) {
        return switch (type) {
            case "bool" -> random.nextBoolean();
            case "int8" -> (byte) integer(Byte.MIN_VALUE, Byte.MAX_VALUE);
            case "int16" -> (short) integer(Short.MIN_VALUE, Short.MAX_VALUE);
            case "uint16" -> (int) integer(0, 0xFFFF);
            case "int32" -> (int) integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "uint32" -> integer(0, 0xFFFFFFFFL);
            case "int64" -> integer(Long.MIN_VALUE, Long.MAX_VALUE);
            case "float64" -> once(2) ? DOUBLES[below(DOUBLES.length)] : random.nextGaussian() * 1e6;
            case "uuid" -> once(4) ? Uuid.ZERO_UUID : new Uuid(random.nextLong(), random.nextLong());
            case "string" -> text();
            case "bytes" -> parameter == ByteBuffer.class ? ByteBuffer.wrap(bytes()) : bytes();
            case "records" -> MemoryRecords.readableRecords(ByteBuffer.wrap(bytes()));
            default -> throw new IllegalArgumentException("no type of the wire: " + type);
        };
    }

    private long integer(long least, long greatest) {
        return switch (below(6)) {
            case 0 -> 0;
            case 1 -> least < 0 ? -1 : 1;
            case 2 -> least;
            case 3 -> greatest;
            case 4 -> least + below(300) % (greatest - least);
            default -> within(random.nextLong(), least, greatest);
        };
    }

    private static long within(long bits, long least, long greatest) {
        long span = greatest - least + 1;
        return span == 0 ? bits : least + Math.floorMod(bits, span);
    }

    private String text() {
        if (onceUnlessBrief(400)) {
            return once(2) ? "x".repeat(LONGEST_TEXT_BYTES) : "\u20ac".repeat(LONGEST_TEXT_BYTES / 3);
        }
        StringBuilder text = new StringBuilder();
        for (int left = onceUnlessBrief(12) ? 100 + below(200) : below(isBrief ? 5 : 12); left > 0; left--) {
            text.append(PIECES[below(PIECES.length)]);
        }
        return text.toString();
    }

    byte[] bytes() {
        int size = onceUnlessBrief(200) ? 20_000 : onceUnlessBrief(12) ? 120 + below(20) : below(isBrief ? 4 : 12);
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }
}
