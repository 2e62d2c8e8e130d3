import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes what Apache Kafka makes of the scripts of these seeds, about share partitions or about sessions:
 *
 *   Shares partition|session FIRST COUNT     a line for each: seed, lines of the text, their hash, how it failed or "-"
 *   Shares partition|session SEED            the text itself
 */
public final class Shares {
    private Shares() { }

    public static void main(String[] args) {
        boolean isPrinted = args.length == 2;
        long first = Long.parseLong(args[1]);
        long count = isPrinted ? 1 : Long.parseLong(args[2]);
        try (PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8)) {
            for (long seed = first; seed < first + count; seed++) {
                String text;
                String failure = null;
                if (args[0].equals("session")) {
                    text = new SessionScript(seed).run();
                } else {
                    Script script = new Script(seed);
                    text = script.run();
                    failure = script.failure();
                }
                if (isPrinted) {
                    out.print(text);
                } else {
                    long lines = text.chars().filter(character -> character == '\n').count();
                    out.print(seed + "\t" + lines + "\t" + Fnv.hash(text) + "\t"
                        + (failure == null ? "-" : failure) + "\n");
                }
            }
        }
    }
}
