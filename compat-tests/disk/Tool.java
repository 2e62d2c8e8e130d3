import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.tools.DumpLogSegments;

/** Apache Kafka's dump tool over every file that it knows: logs record by record, every index against its log. */
final class Tool {
    // Not that offsets are not consecutive, which the tool says of compacted logs and of every log that does not begin at 0.
    private static final Pattern COMPLAINT = Pattern.compile("isvalid: false|[Ee]xception|[Mm]ismatch|"
        + "Ignoring unknown|not found in|out of order|Error at|Unknown record type|Snapshot (is corrupt|contained|failed)");
    private final Dump dump;

    Tool(Dump dump) {
        this.dump = dump;
    }

    void run() throws Exception {
        List<Path> folders = new ArrayList<>(dump.replicas());
        Path metadata = dump.data.resolve("__cluster_metadata-0");
        List<Path> groups = of(folders, "__consumer_offsets-");
        List<Path> transactions = of(folders, "__transaction_state-");
        List<Path> shares = of(folders, "__share_group_state-");
        List<Path> plain = new ArrayList<>(folders);
        List.of(groups, transactions, shares).forEach(plain::removeAll);
        over(List.of(metadata), ".log", "--deep-iteration", "--cluster-metadata-decoder");
        over(List.of(metadata), ".checkpoint", "--cluster-metadata-decoder");
        over(groups, ".log", "--deep-iteration", "--offsets-decoder");
        over(transactions, ".log", "--deep-iteration", "--transaction-log-decoder");
        over(shares, ".log", "--deep-iteration", "--share-group-state-decoder");
        over(plain, ".log", "--deep-iteration");
        folders.add(metadata);
        for (String suffix : List.of(".index", ".timeindex")) {
            over(folders, suffix, "--verify-index-only");
            over(folders, suffix, "--index-sanity-check");
        }
        over(folders, ".snapshot");
        over(folders, ".txnindex");
    }

    private static List<Path> of(List<Path> folders, String topic) {
        return folders.stream().filter(folder -> folder.getFileName().toString().startsWith(topic)).toList();
    }

    /** One run of the tool over all files of the folders that end in `suffix`. */
    private void over(List<Path> folders, String suffix, String... flags) throws Exception {
        List<Path> files = new ArrayList<>();
        for (Path folder : folders) files.addAll(Dump.files(folder, suffix));
        if (files.isEmpty()) return;
        List<String> arguments = new ArrayList<>(List.of(flags));
        arguments.add("--files");
        arguments.add(files.stream().map(Path::toString).collect(Collectors.joining(",")));
        String said = run(arguments.toArray(String[]::new));
        var complaint = COMPLAINT.matcher(said);
        if (complaint.find()) {
            throw Dump.wrong(String.join(" ", flags) + ": " + said.substring(Math.max(0, said.lastIndexOf("Dumping ", complaint.start())),
                Math.min(said.length(), complaint.end() + 400)).lines().limit(12).collect(Collectors.joining("\n")));
        }
        for (Path file : files) {
            if (!said.contains("Dumping " + file + "\n")) throw Dump.wrong("the tool does not name " + file);
            if (!suffix.equals(".index") && !suffix.equals(".timeindex") || flags[0].equals("--index-sanity-check"))
                dump.counts.merge("files", 1, Integer::sum);
            if (Files.size(file) > 0) dump.count("tool" + suffix);
        }
    }

    private static String run(String... arguments) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        PrintStream out = System.out;
        PrintStream err = System.err;
        System.setOut(both);
        System.setErr(both);
        try {
            DumpLogSegments.main(arguments);
        } catch (Exception e) {
            e.printStackTrace(both);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
