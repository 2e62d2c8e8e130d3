import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes what Apache Kafka's share partition makes of the scripts of these seeds:
 *
 *   SharePartitions FIRST COUNT          a line for each: seed, lines of the text, their hash, how it failed or "-"
 *   SharePartitions print SEED           the text itself
 */
public final class SharePartitions {
    private SharePartitions() { }

    public static void main(String[] args) {
        boolean isPrinted = args[0].equals("print");
        long first = Long.parseLong(args[isPrinted ? 1 : 0]);
        long count = isPrinted ? 1 : Long.parseLong(args[1]);
        try (PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8)) {
            for (long seed = first; seed < first + count; seed++) {
                Script script = new Script(seed);
                String text = script.run();
                if (isPrinted) {
                    out.print(text);
                } else {
                    long lines = text.chars().filter(character -> character == '\n').count();
                    out.print(seed + "\t" + lines + "\t" + hash(text) + "\t"
                        + (script.failure() == null ? "-" : script.failure()) + "\n");
                }
            }
        }
    }

    /** FNV-1a of 64 bits. */
    private static String hash(String text) {
        long hash = 0xCBF29CE484222325L;
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (octet & 0xFF)) * 0x100000001B3L;
        }
        return String.format("%016x", hash);
    }
}
