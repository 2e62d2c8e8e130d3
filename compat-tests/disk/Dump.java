import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.metadata.properties.MetaProperties;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.FileQuorumStateStore;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import org.apache.kafka.storage.internals.checkpoint.OffsetCheckpointFile;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * The data directory of a stopped node as text, read by Apache Kafka's own classes.
 *
 * <pre>
 * WHAT DATA OUT ACKS     WHAT is one or more of these, joined by "+":
 *
 * dump      writes OUT.state, which has to be the same whoever served the directory in between, and OUT.metadata, the metadata log
 *           batch by batch, which may only grow
 * killed    the same for what a kill may leave: without the files that only a stop brings up to date
 * acked     fails unless all that MixedLoad wrote to ACKS as acknowledged is there
 * tool      fails unless DumpLogSegments is content with every file
 * </pre>
 *
 * Prints how much of each kind was seen.
 * What a node writes by itself when it starts or stops is masked. Each place says so with "Masked:" and the reason.
 */
public final class Dump {
    final Path data;
    final boolean killed;
    final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> lines = new ArrayList<>();

    private Dump(Path data, boolean killed) {
        this.data = data;
        this.killed = killed;
    }

    public static void main(String[] args) throws Exception {
        List<String> wanted = List.of(args[0].split("\\+"));
        Dump dump = new Dump(Path.of(args[1]), wanted.contains("killed"));
        for (String what : wanted) {
            switch (what) {
                case "dump", "killed" -> dump.write(args[2]);
                case "acked" -> new Acked(dump).check(Path.of(args[3]));
                case "tool" -> new Tool(dump).run();
                default -> throw new IllegalArgumentException(what);
            }
        }
        StringBuilder text = new StringBuilder();
        dump.counts.forEach((what, count) -> text.append(what).append('=').append(count).append(' '));
        System.out.println(text.toString().strip());
    }

    private void write(String out) throws Exception {
        Metadata metadata = new Metadata(this);
        long brokerEpoch = metadata.dump();
        smallFiles(brokerEpoch);
        new Logs(this).dump(metadata.topicIds());
        new Coordinators(this).dump();
        try (PrintWriter state = new PrintWriter(out + ".state"); PrintWriter log = new PrintWriter(out + ".metadata")) {
            lines.forEach(state::println);
            metadata.batches().forEach(log::println);
        }
    }

    /** One line of what is compared; fields are parted by tabs. */
    void line(Object... fields) {
        lines.add(String.join("\t", Arrays.stream(fields).map(String::valueOf).toList()));
    }

    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    /** A directory that is not as any node would leave it. */
    static IllegalStateException wrong(String what) {
        return new IllegalStateException(what);
    }

    /** The checkpoint's offsets, by partition; none if there is no such file. */
    Map<TopicPartition, Long> checkpoint(String name) throws Exception {
        File file = data.resolve(name).toFile();
        if (!file.exists() || file.length() == 0) return Map.of();
        return new OffsetCheckpointFile(file, new LogDirFailureChannel(1)).read();
    }

    /** The replicas' folders in the order of their names, the metadata log not among them. */
    List<Path> replicas() throws Exception {
        try (var paths = Files.list(data)) {
            return paths.filter(Files::isDirectory)
                .filter(path -> !path.getFileName().toString().equals("__cluster_metadata-0"))
                // Masked: folders of deleted replicas, which wait for file.delete.delay.ms and go at any time.
                .filter(path -> !path.getFileName().toString().endsWith(UnifiedLog.DELETE_DIR_SUFFIX))
                // Masked: a replica whose topic was deleted right before a kill; a start puts it aside.
                .filter(path -> !path.getFileName().toString().endsWith(UnifiedLog.STRAY_DIR_SUFFIX))
                .sorted().toList();
        }
    }

    /** The files of a folder whose names end in `suffix`, in the order of their names. */
    static List<Path> files(Path folder, String suffix) throws Exception {
        try (var paths = Files.list(folder)) {
            return paths.filter(path -> path.getFileName().toString().endsWith(suffix)).sorted().toList();
        }
    }

    private void smallFiles(long brokerEpoch) throws Exception {
        var ensemble = new MetaPropertiesEnsemble.Loader().addLogDirs(List.of(data.toString()))
            .addMetadataLogDir(data.toString()).load();
        for (MetaProperties properties : ensemble.logDirProps().values()) line("meta.properties", properties);
        if (ensemble.logDirProps().size() != 1) throw wrong("no meta.properties in " + data);
        quorumState();
        var marker = new CleanShutdownFileHandler(data.toString());
        if (killed) return;
        if (!marker.exists()) throw wrong("no mark of a clean stop in " + data);
        // Masked: the broker epoch, of which each start has a new one; it has to be the one registered.
        if (!marker.read().equals(OptionalLong.of(brokerEpoch)))
            throw wrong("clean stop of broker epoch " + marker.read() + ", but registered was " + brokerEpoch);
    }

    private void quorumState() throws Exception {
        File file = data.resolve("__cluster_metadata-0/quorum-state").toFile();
        if (new FileQuorumStateStore(file).readElectionState().isEmpty()) throw wrong("no quorum-state in " + data);
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(file);
        // Masked: the epoch, the leader and the vote, as each start is an election. Version and voters are compared.
        line("quorum-state", json.without(List.of("leaderEpoch", "leaderId", "votedId", "votedDirectoryId")));
    }
}
