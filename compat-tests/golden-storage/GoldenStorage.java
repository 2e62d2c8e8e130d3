import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kafka.tools.StorageTool;

/**
 * Runs the storage tool of Apache Kafka in many cases and writes what it says and leaves into OUT/cases.txt:
 * GoldenStorage OUT. See make.sh. Each case begins in an empty working directory, which the text calls $DIR.
 *
 *   == name                      a case
 *   -- file PATH                 a file that is there before, with its lines
 *   -- dir PATH                  a folder that is there before
 *   -- run ARGUMENT...           the tool; arguments are cut at tabs
 *   -- status N                  its exit status, behind what it wrote to stdout
 *   -- message                   what it said on stderr, or its exception's message; "usage" if its arguments are none
 *   -- left PATH HEX             a file that it left in the end, meta.properties as text
 *
 * Ids that the tool made up, CRCs and times are zeros or *, so that two recordings are the same.
 */
public final class GoldenStorage {
    private final StringBuilder out = new StringBuilder();
    private final Path root = Path.of("").toAbsolutePath();

    public static void main(String[] args) throws Exception {
        GoldenStorage golden = new GoldenStorage();
        StorageCases.addAll(golden);
        Files.writeString(Path.of(args[0]).resolve("cases.txt"), golden.out.toString());
    }

    /** What is there before, and the runs of the tool. */
    static final class Case {
        final List<String[]> files = new ArrayList<>();
        final List<String> folders = new ArrayList<>();
        final List<String[]> runs = new ArrayList<>();

        Case file(String path, String... lines) {
            files.add(new String[] {path, String.join("\n", lines) + "\n"});
            return this;
        }

        Case folder(String path) {
            folders.add(path);
            return this;
        }

        Case run(String... arguments) {
            runs.add(arguments);
            return this;
        }
    }

    void add(String name, Case what) throws IOException {
        clear();
        out.append("== ").append(name).append('\n');
        for (String[] file : what.files) {
            Path path = root.resolve(file[0]);
            Files.createDirectories(path.getParent());
            Files.writeString(path, file[1].replace("$DIR", root.toString()));
            out.append("-- file ").append(file[0]).append('\n').append(file[1]);
        }
        for (String folder : what.folders) {
            Files.createDirectories(root.resolve(folder));
            out.append("-- dir ").append(folder).append('\n');
        }
        for (String[] arguments : what.runs) {
            run(arguments);
        }
        keepFiles(what);
    }

    private void clear() throws IOException {
        try (Stream<Path> there = Files.walk(root)) {
            for (Path path : there.sorted((one, other) -> other.compareTo(one)).toList()) {
                if (!path.equals(root)) {
                    Files.delete(path);
                }
            }
        }
    }

    private void run(String[] arguments) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream outBefore = System.out;
        PrintStream errBefore = System.err;
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        System.setOut(stream);
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        int status = 1;
        String message = null;
        try {
            String[] absolute = new String[arguments.length];
            for (int i = 0; i < arguments.length; i++) {
                absolute[i] = arguments[i].replace("$DIR", root.toString());
            }
            status = StorageTool.execute(absolute, stream);
        } catch (Throwable e) {
            message = e.getMessage();
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
        out.append("-- run ").append(String.join("\t", arguments)).append('\n');
        // The tool prints the traces of some exceptions, too, and lists directories in the order of a hash map.
        List<String> lines = relative(said.toString(StandardCharsets.UTF_8)).lines()
            .filter(line -> !line.startsWith("java.") && !line.startsWith("\tat ")).toList();
        lines.stream().filter(line -> !line.startsWith("Formatting ")).forEach(line -> out.append(line).append('\n'));
        lines.stream().filter(line -> line.startsWith("Formatting ")).sorted()
            .forEach(line -> out.append(line).append('\n'));
        out.append("-- status ").append(status).append('\n');
        if (message != null) {
            out.append("-- message\n").append(relative(message)).append('\n');
        } else if (err.size() > 0) {
            out.append("-- message\nusage\n");
        }
    }

    private String relative(String text) {
        return text.replace(root.toString(), "$DIR");
    }

    private void keepFiles(Case what) throws IOException {
        List<Path> files;
        try (Stream<Path> there = Files.walk(root)) {
            files = there.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path path : files) {
            String name = root.relativize(path).toString();
            if (what.files.stream().anyMatch(file -> file[0].equals(name))) {
                continue;
            }
            out.append("-- left ").append(name).append(' ').append(content(path)).append('\n');
        }
    }

    private static final Pattern DIRECTORY_ID = Pattern.compile("directory.id=(.*)");

    /** The file without what differs from run to run. */
    private static String content(Path path) throws IOException {
        if (path.endsWith("meta.properties")) {
            return DIRECTORY_ID.matcher(Files.readString(path)).replaceAll("directory.id=*").replace("\n", "\t")
                .replaceAll("#\t#[^\t]*\t", "#\t#*\t");
        }
        Path logDir = path.endsWith("bootstrap.checkpoint") ? path.getParent() : path.getParent().getParent();
        Matcher found = DIRECTORY_ID.matcher(Files.readString(logDir.resolve("meta.properties")));
        byte[] directoryId = found.find() ? Base64.getUrlDecoder().decode(found.group(1)) : new byte[0];
        return HexFormat.of().formatHex(masked(ByteBuffer.wrap(Files.readAllBytes(path)), directoryId));
    }

    /** Batches without their CRC and times, a snapshot's header without its time, nothing of the directory's id. */
    private static byte[] masked(ByteBuffer file, byte[] directoryId) {
        for (int at = 0; at < file.limit(); at += 12 + file.getInt(at + 8)) {
            file.putInt(at + 17, 0).putLong(at + 27, 0).putLong(at + 35, 0);
        }
        file.putLong(73, 0);
        for (int at = 0; directoryId.length > 0 && at + directoryId.length <= file.limit(); at++) {
            if (Arrays.equals(Arrays.copyOfRange(file.array(), at, at + directoryId.length), directoryId)) {
                Arrays.fill(file.array(), at, at + directoryId.length, (byte) 0);
            }
        }
        return file.array();
    }
}
