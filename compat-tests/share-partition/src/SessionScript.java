import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import kafka.server.share.OpenShareSessions;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.server.share.ErroneousAndValidPartitionData;
import org.apache.kafka.server.share.context.ShareFetchContext;
import org.apache.kafka.server.share.fetch.PartitionMaxBytesStrategy;
import org.apache.kafka.server.share.fetch.PartitionRotateStrategy;
import org.apache.kafka.server.share.session.ShareSession;

/** Made-up requests about share sessions. tests/share_partition/session_script.h makes the same. */
final class SessionScript {
    private record Member(String group, String name) { }

    private record Open(ShareFetchContext context, List<TopicIdPartition> partitions, Member last) { }

    private static final int PARTITIONS = 4;
    private static final MemoryRecords SOME = Records.of(List.of(new MadeLog.Batch(0, 0, -1, false, false, false)));

    private final Chance chance;
    private final StringBuilder text = new StringBuilder();
    private final OpenShareSessions sessions;
    private final List<Open> open = new ArrayList<>();

    SessionScript(long seed) {
        chance = new Chance(seed);
        sessions = new OpenShareSessions(2 + chance.below(4));
    }

    String run() {
        int steps = 20 + chance.below(60);
        for (int i = 0; i < steps; i++) {
            say(i + " ");
            step();
            show();
        }
        return text.toString();
    }

    private void say(String more) {
        text.append(more);
    }

    private Member member() {
        return new Member("g" + chance.below(2), "m" + chance.below(3));
    }

    /** Each member has connections of its own. */
    private String connection(Member member) {
        return member.group() + member.name() + "c" + chance.below(2);
    }

    private void step() {
        int which = chance.below(20);
        if (which < 11) {
            open();
        } else if (which < 16) {
            close();
        } else if (which < 17) {
            Member member = member();
            int epoch = epoch(member);
            say("acknowledge " + member.group() + member.name() + " " + epoch + "\n");
            attempt(() -> {
                sessions.acknowledge(member.group(), member.name(), epoch);
                return "done";
            });
        } else if (which < 18) {
            share();
        } else {
            String connection = connection(member());
            say("disconnect " + connection + "\n  " + sessions.disconnect(connection) + "\n");
        }
    }

    private void attempt(Supplier<String> what) {
        try {
            say("  " + what.get() + "\n");
        } catch (RuntimeException e) {
            say("  error " + Errors.forException(e).code() + "\n");
        }
    }

    /** Mostly the one that the session waits for. */
    private int epoch(Member member) {
        ShareSession session = sessions.find(member.group(), member.name());
        if (chance.oneIn(6)) {
            return chance.below(5) - 2;
        }
        return session == null ? 0 : chance.oneIn(10) ? -1 : session.epoch();
    }

    private List<TopicIdPartition> some() {
        List<TopicIdPartition> found = new ArrayList<>();
        int count = chance.below(5);
        for (int i = 0; i < count; i++) {
            int topic = chance.oneIn(8) ? 2 : chance.below(2);
            found.add(new TopicIdPartition(new Uuid(7, topic), chance.below(PARTITIONS), topic == 2 ? null : "t" + topic));
        }
        // Hardly ever is a partition named twice.
        return chance.oneIn(20) ? found : new ArrayList<>(new LinkedHashSet<>(found));
    }

    private void open() {
        Member member = member();
        int epoch = epoch(member);
        List<TopicIdPartition> wanted = some();
        List<TopicIdPartition> forgotten = epoch > 0 && chance.oneIn(2) ? some() : List.of();
        boolean hasAcknowledgements = chance.oneIn(epoch == 0 ? 20 : 3);
        String connection = connection(member);
        say("open " + member.group() + member.name() + " " + epoch + " on " + connection + " wants " + names(wanted)
            + " forgets " + names(forgotten) + (hasAcknowledgements ? " acknowledges\n" : "\n"));
        attempt(() -> {
            ShareFetchContext context = sessions.open(member.group(), member.name(), epoch, wanted, forgotten,
                hasAcknowledgements, connection);
            ErroneousAndValidPartitionData found = context.getErroneousAndValidTopicIdPartitions();
            List<TopicIdPartition> valid = found.validTopicIdPartitions();
            open.add(new Open(context, valid, epoch == -1 ? member : null));
            String unknown = found.erroneous().keySet().stream().map(SessionScript::name).distinct().sorted()
                .collect(Collectors.joining(" "));
            return "fetches " + names(valid) + " turned " + names(PartitionRotateStrategy.type(
                PartitionRotateStrategy.StrategyType.ROUND_ROBIN).rotate(valid,
                    new PartitionRotateStrategy.PartitionRotateMetadata(epoch))) + " unknown [" + unknown + "]";
        });
    }

    private void close() {
        say("close");
        if (open.isEmpty()) {
            say("\n");
            return;
        }
        Open closed = open.remove(chance.below(open.size()));
        LinkedHashMap<TopicIdPartition, ShareFetchResponseData.PartitionData> found = new LinkedHashMap<>();
        for (TopicIdPartition partition : closed.partitions()) {
            boolean hasRecords = chance.oneIn(4);
            boolean hasError = chance.oneIn(6);
            say(" " + name(partition) + (hasRecords ? "+" : "") + (hasError ? "!" : ""));
            found.put(partition, new ShareFetchResponseData.PartitionData().setPartitionIndex(partition.partition())
                .setErrorCode(hasError ? Errors.UNKNOWN_TOPIC_OR_PARTITION.code() : 0)
                .setRecords(hasRecords ? SOME : MemoryRecords.EMPTY));
        }
        say("\n");
        short error = closed.context().updateAndGenerateResponseData("g", "m", found).data().errorCode();
        say(error == 0 ? "  told " + names(found.keySet()) + "\n" : "  error " + error + "\n");
        if (closed.last() != null) {
            List<TopicIdPartition> released = sessions.release(closed.last().group(), closed.last().name());
            say("  released " + (released == null ? "none" : names(released)) + "\n");
        }
    }

    /** Which partition has what is left over is left to chance. */
    private void share() {
        int bytes = 1 + chance.below(40);
        int partitions = 1 + chance.below(8);
        int acquired = partitions + chance.below(8);
        Set<TopicIdPartition> keys = new LinkedHashSet<>();
        for (int i = 0; i < partitions; i++) {
            keys.add(new TopicIdPartition(new Uuid(7, 0), i, "t0"));
        }
        say("share " + bytes + " " + partitions + " " + acquired + " " + PartitionMaxBytesStrategy.type(
            PartitionMaxBytesStrategy.StrategyType.UNIFORM).maxBytes(bytes, keys, acquired).values().stream().sorted()
            .map(String::valueOf).collect(Collectors.joining(" ")) + "\n");
    }

    private void show() {
        say("  = " + sessions.size() + " " + sessions.partitionCount());
        for (int group = 0; group < 2; group++) {
            for (int member = 0; member < 3; member++) {
                ShareSession session = sessions.find("g" + group, "m" + member);
                if (session != null) {
                    List<TopicIdPartition> partitions = new ArrayList<>();
                    session.partitionMap().forEach(each -> partitions.add(
                        new TopicIdPartition(each.topicId(), each.partition(), each.topic())));
                    say(" g" + group + "m" + member + " " + session.epoch() + " " + names(partitions));
                }
            }
        }
        say("\n");
    }

    private static String name(TopicIdPartition partition) {
        return (partition.topic() == null ? "?" : partition.topic()) + partition.partition();
    }

    private static String names(Iterable<TopicIdPartition> partitions) {
        StringBuilder all = new StringBuilder("[");
        partitions.forEach(each -> all.append(all.length() > 1 ? " " : "").append(name(each)));
        return all.append("]").toString();
    }
}
