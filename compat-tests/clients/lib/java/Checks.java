import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** The records that are written, and a line for each check of checks.txt. */
final class Checks {
    static final List<String> CODECS = Arrays.asList("none", "gzip", "snappy", "lz4", "zstd");
    static final int COUNT = 300;
    static final long BASE_MS = 1_700_000_000_000L;
    static final long MIDDLE_MS = BASE_MS + 100_500;
    static final List<Long> MIDDLE_OFFSETS = Arrays.asList(34L, 34L, 33L);
    static final List<Long> COMMITTED = Arrays.asList(10L, 20L, 30L);

    /** A record as it was written or read; headers as text, in their order. */
    static final class Row {
        final int partition;
        final long offset;
        final long timestamp;
        final String key;
        final String value;
        final String headers;

        Row(int partition, long offset, long timestamp, String key, String value, String headers) {
            this.partition = partition;
            this.offset = offset;
            this.timestamp = timestamp;
            this.key = key;
            this.value = value;
            this.headers = headers;
        }

        /** That of the number, as it has to be. */
        Row(int i) {
            this(i % 3, i / 3, BASE_MS + 1000L * i, i % 5 == 0 ? null : "key-" + i,
                i % 5 != 0 && i % 7 == 0 ? null : "value-" + i + "-" + times("x", i % 50),
                i % 2 == 0 ? "number=" + i + ";empty=;" : "");
        }

        @Override
        public String toString() {
            return partition + "@" + offset + " " + timestamp + " " + quoted(key) + " " + quoted(value) + " " + headers;
        }
    }

    interface Body {
        void run() throws Exception;
    }

    private static boolean failed;

    private Checks() {}

    static void check(String name, Body body) {
        try {
            body.run();
            System.out.println("ok " + name);
        } catch (Exception | AssertionError | LinkageError error) {
            failed = true;
            Throwable why = error instanceof java.util.concurrent.ExecutionException ? error.getCause() : error;
            System.out.println("FAILED " + name + ": " + why.toString().replaceAll("\\s+", " "));
        }
    }

    static void none(String... names) {
        for (String name : names) {
            System.out.println("none " + name);
        }
    }

    static void finish() {
        System.exit(failed ? 1 : 0);
    }

    static void equal(Object got, Object wanted) {
        if (!Objects.equals(got, wanted)) {
            throw new AssertionError("got " + got + " in place of " + wanted);
        }
    }

    /** Those of a partition have to be in order; partitions come in any. */
    static void sameRows(List<Row> got, List<Row> wanted) {
        List<Row> sorted = new ArrayList<>(got);
        sorted.sort(Comparator.comparing(row -> row.partition));
        for (int i = 0; i < Math.min(sorted.size(), wanted.size()); i++) {
            equal(sorted.get(i).toString(), wanted.get(i).toString());
        }
        equal(sorted.size() + " records", wanted.size() + " records");
    }

    /** The checks of single fields, of the records that were read from the topic without a codec. */
    static void checkFields(List<Row> got) {
        checkField("headers", got, row -> row.headers);
        checkField("null-key", got, row -> quoted(row.key));
        checkField("tombstone", got, row -> quoted(row.value));
        checkField("timestamps", got, row -> row.timestamp);
    }

    private static void checkField(String name, List<Row> got, Function<Row, Object> field) {
        check(name, () -> {
            equal(got.size(), COUNT);
            for (Row row : got) {
                Row wanted = new Row((int) row.offset * 3 + row.partition);
                equal(row.partition + "@" + row.offset + " " + field.apply(row),
                    row.partition + "@" + row.offset + " " + field.apply(wanted));
            }
        });
    }

    /** From a number to before another, in the order of partitions. */
    static List<Row> rows(int first, int last) {
        List<Row> rows = new ArrayList<>();
        for (int i = first; i < last; i++) {
            rows.add(new Row(i));
        }
        rows.sort(Comparator.comparing(row -> row.partition));
        return rows;
    }

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static String quoted(String text) {
        return text == null ? "null" : "\"" + text + "\"";
    }

    private static String times(String text, int count) {
        return String.join("", java.util.Collections.nCopies(count, text));
    }
}
