import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.tools.DumpLogSegments;

/**
 * Writes files of every kind that the dump tool reads, sound and broken, into the working directory, and what Apache
 * Kafka's own tool says of them into OUT/cases.txt: GoldenDump SCHEMAS OUT. See make.sh.
 *
 * A case is a line "== arguments", the whole lines that went to stdout, "-- stderr" with what went there, and
 * "-- failed: reason" where the tool ended by an exception.
 */
public final class GoldenDump {
    private static final String LOG = "/00000000000000000000.log";
    private static final Map<Path, byte[]> FILES = new TreeMap<>();
    private final StringBuilder cases = new StringBuilder();

    public static void main(String[] args) throws Exception {
        new MessageLogs(Path.of(args[0])).write();
        new DataLogs().write();
        new IndexFiles().write();
        GoldenDump golden = new GoldenDump();
        golden.dumpAll();
        restore();
        Files.writeString(Path.of(args[1]).resolve("cases.txt"), golden.cases.toString());
    }

    /** The tool cuts index files to whole entries, and makes those that it misses. */
    private static void restore() throws IOException {
        try (Stream<Path> there = Files.walk(Path.of(""))) {
            for (Path path : there.filter(Files::isRegularFile).toList()) {
                Files.delete(path);
            }
        }
        for (Map.Entry<Path, byte[]> file : FILES.entrySet()) {
            Files.createDirectories(file.getKey().getParent());
            Files.write(file.getKey(), file.getValue());
        }
    }

    private void dumpAll() throws IOException {
        dump("--cluster-metadata-decoder", "--files", "metadata" + LOG);
        dump("--cluster-metadata-decoder", "--files", "odd-metadata" + LOG);
        dump("--cluster-metadata-decoder", "--skip-record-metadata", "--files", "odd-metadata" + LOG);
        dump("--offsets-decoder", "--files", "offsets" + LOG);
        dump("--offsets-decoder", "--files", "odd-offsets" + LOG);
        dump("--offsets-decoder", "--skip-record-metadata", "--files", "odd-offsets" + LOG);
        dump("--offsets-decoder", "--files", "keyless" + LOG);
        dump("--transaction-log-decoder", "--files", "transactions" + LOG);
        dump("--share-group-state-decoder", "--files", "shares" + LOG);
        dump("--cluster-metadata-decoder", "--files", "control/00000000000000000100-0000000007.checkpoint");
        dump("--cluster-metadata-decoder", "--files", "control/bootstrap.checkpoint");
        dump("--files", "control/short.checkpoint");
        dump("--deep-iteration", "--files", "control" + LOG);
        dump("--print-data-log", "--skip-record-metadata", "--files", "control" + LOG);
        for (String data : List.of("data", "legacy")) {
            dump("--files", data + LOG);
            dump("--deep-iteration", "--files", data + LOG);
            dump("--print-data-log", "--files", data + LOG);
            dump("--print-data-log", "--skip-record-metadata", "--files", data + LOG);
        }
        dump("--print-data-log", "--max-bytes", "300", "--files", "data" + LOG);
        dump("--print-data-log", "--max-bytes", "20", "--files", "data" + LOG);
        for (String broken : DataLogs.BROKEN) {
            dump("--deep-iteration", "--files", broken + LOG);
        }
        dumpIndexes();
        dump("--files", "//data//,data/none,data/x.txt,,data" + LOG + ",control/none.log");
        dump("--files", "data/abc.log");
        dump("--files", "data/abc.index");
    }

    private void dumpIndexes() throws IOException {
        for (String folder : IndexFiles.FOLDERS) {
            for (String flag : List.of("--deep-iteration", "--verify-index-only", "--index-sanity-check")) {
                for (String kind : List.of(".index", ".timeindex")) {
                    dump(flag, "--files", folder + "/00000000000000000100" + kind);
                }
            }
        }
        dump("--max-message-size", "50", "--files", "index/00000000000000000100.index");
        for (String file : IndexFiles.STATE_FILES) {
            dump("--files", "state/" + file);
        }
    }

    private void dump(String... arguments) throws IOException {
        restore();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream before = System.out;
        PrintStream errBefore = System.err;
        String failure = null;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            DumpLogSegments.main(arguments);
        } catch (Throwable e) {
            failure = e.toString();
        } finally {
            System.out.flush();
            System.setOut(before);
            System.setErr(errBefore);
        }
        cases.append("== ").append(String.join(" ", arguments)).append('\n').append(wholeLines(text(out)));
        if (err.size() > 0) {
            cases.append("-- stderr\n").append(text(err));
        }
        if (failure != null) {
            cases.append("-- failed: ").append(relative(failure)).append('\n');
        }
    }

    private static String wholeLines(String text) {
        return text.substring(0, text.lastIndexOf('\n') + 1);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return relative(bytes.toString(StandardCharsets.UTF_8));
    }

    private static String relative(String text) {
        return text.replace(System.getProperty("user.dir") + "/", "");
    }

    static void write(String file, ByteBuffer... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ByteBuffer part : parts) {
            byte[] copy = new byte[part.remaining()];
            part.duplicate().get(copy);
            bytes.writeBytes(copy);
        }
        FILES.put(Path.of(file), bytes.toByteArray());
    }
}
