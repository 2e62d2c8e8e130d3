import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.GroupMetadataManager;
import org.apache.kafka.coordinator.group.StreamsManagers;
import org.apache.kafka.coordinator.group.streams.StreamsGroup;
import org.apache.kafka.coordinator.group.streams.StreamsGroupHeartbeatResult;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/**
 * Writes what Apache Kafka's manager of groups makes of the lives of `StreamsLife`:
 *
 *   StreamsGroups FIRST COUNT          a line for each life: seed, then for each turn hash of input:hash of outcome
 *   StreamsGroups FIRST COUNT print    the inputs and outcomes themselves
 *
 * An outcome is the answer, the records, who may commit, the timers and the group's state. tests/streams_groups/lives.cc writes the same
 * of Moldau's streams groups.
 */
public final class StreamsGroups implements StreamsLife.World {
    private static final GroupCoordinatorRecordSerde SERDE = new GroupCoordinatorRecordSerde();
    private static final String GROUP = "group";

    private final StreamsLife life;
    private final StreamsManagers.Settings settings;
    private final StreamsClock clock = new StreamsClock();
    private final List<CoordinatorRecord> log = new ArrayList<>();
    private final StringBuilder input = new StringBuilder();
    private final StringBuilder outcome = new StringBuilder();
    private GroupMetadataManager manager;
    private StreamsTopics topics;

    private StreamsGroups(long seed) {
        life = new StreamsLife(seed);
        topics = life.topics();
        settings = StreamsManagers.settings(Map.of(
            "group.streams.initial.rebalance.delay.ms", life.initialDelayMs,
            "group.streams.num.standby.replicas", life.standbyReplicas,
            "group.streams.assignment.interval.ms", life.assignmentIntervalMs,
            "group.streams.max.size", life.mostMembers));
        manager = StreamsManagers.manager(clock.time, clock, settings, topics);
    }

    public static void main(String[] args) {
        long first = Long.parseLong(args[0]);
        long count = Long.parseLong(args[1]);
        boolean isPrinted = args.length > 2;
        try (PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8)) {
            for (long seed = first; seed < first + count; seed++) {
                out.print(isPrinted ? "life " + seed + "\n" : seed + "\t");
                new StreamsGroups(seed).live(isPrinted, out);
                out.print(isPrinted ? "" : "\n");
            }
        }
    }

    private void live(boolean isPrinted, PrintStream out) {
        for (int turn = 0; turn < life.turns; turn++) {
            input.setLength(0);
            outcome.setLength(0);
            if (turn == 0) {
                input.append(topics.text());
            }
            life.turn(this);
            StreamsGroup group = StreamsManagers.group(manager, GROUP);
            outcome.append(group == null ? "no group" : group.stateAsString()).append('\n').append(clock.text());
            if (isPrinted) {
                out.print("turn " + turn + "\n" + input + "outcome\n" + outcome);
            } else {
                out.print((turn == 0 ? "" : " ") + Fnv.hash(input.toString()) + ":" + Fnv.hash(outcome.toString()));
            }
        }
    }

    @Override
    public StreamsLife.Heard heartbeat(StreamsGroupHeartbeatRequestData request) {
        java.nio.ByteBuffer bytes = MessageUtil.toByteBufferAccessor(request, (short) 0).buffer();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        input.append("heartbeat ").append(HexFormat.of().formatHex(copy)).append('\n');
        try {
            check("throwIfStreamsGroupHeartbeatRequestIsUsingUnsupportedFeatures", request);
            check("throwIfStreamsGroupHeartbeatRequestIsInvalid", request);
            var result = manager.streamsGroupHeartbeat(new Context(), request);
            take(result.records());
            return tell(result.response());
        } catch (RuntimeException e) {
            ApiError error = ApiError.fromThrowable(e);
            outcome.append("error ").append(error.error().code()).append(' ').append(error.message()).append('\n');
            return new StreamsLife.Heard(error.error().code(), 0, 0, null, null, List.of());
        }
    }

    private static void check(String name, StreamsGroupHeartbeatRequestData request) {
        try {
            Method method = GroupCoordinatorService.class.getDeclaredMethod(name, StreamsGroupHeartbeatRequestData.class);
            method.setAccessible(true);
            method.invoke(null, request);
        } catch (InvocationTargetException e) {
            throw (RuntimeException) e.getCause();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private StreamsLife.Heard tell(StreamsGroupHeartbeatResult result) {
        StreamsGroupHeartbeatResponseData answer = result.data();
        outcome.append("answer ").append(answer.memberEpoch()).append(' ').append(answer.heartbeatIntervalMs())
            .append(' ').append(answer.endpointInformationEpoch()).append('\n');
        answer.status().forEach(status -> outcome.append("status ").append(status.statusCode()).append(' ')
            .append(status.statusDetail()).append('\n'));
        Map<String, TreeSet<Integer>> active = null;
        Map<String, TreeSet<Integer>> standby = null;
        if (answer.activeTasks() != null) {
            active = tasks(answer.activeTasks());
            standby = tasks(answer.standbyTasks());
            outcome.append("active ").append(active).append(" standby ").append(standby).append(" warmup ")
                .append(tasks(answer.warmupTasks())).append('\n');
        }
        if (answer.partitionsByUserEndpoint() != null) {
            outcome.append("endpoints\n");
            answer.partitionsByUserEndpoint().stream()
                .map(one -> "endpoint " + one.userEndpoint().host() + ":" + one.userEndpoint().port() + " active "
                    + partitions(one.activePartitions()) + " standby " + partitions(one.standbyPartitions()) + "\n")
                .sorted().forEach(outcome::append);
        }
        List<StreamsLife.Wanted> wanted = new ArrayList<>();
        new TreeMap<>(result.creatableTopics()).values().forEach(topic -> {
            wanted.add(new StreamsLife.Wanted(topic.name(), topic.numPartitions()));
            outcome.append("create ").append(topic.name()).append(' ').append(topic.numPartitions()).append(' ')
                .append(topic.replicationFactor()).append(' ')
                .append(topic.configs().stream().map(config -> config.name() + "=" + config.value())
                    .collect(Collectors.joining(","))).append('\n');
        });
        return new StreamsLife.Heard(0, answer.memberEpoch(), answer.endpointInformationEpoch(), active, standby, wanted);
    }

    private static Map<String, TreeSet<Integer>> tasks(List<StreamsGroupHeartbeatResponseData.TaskIds> tasks) {
        Map<String, TreeSet<Integer>> sorted = new TreeMap<>();
        tasks.forEach(task -> sorted.put(task.subtopologyId(), new TreeSet<>(task.partitions())));
        return sorted;
    }

    private static List<String> partitions(List<StreamsGroupHeartbeatResponseData.TopicPartition> topics) {
        return topics.stream().map(topic -> topic.topic() + "=" + new TreeSet<>(topic.partitions())).sorted().toList();
    }

    @Override
    public void pass(int ms) {
        input.append("pass ").append(ms).append('\n');
        long until = clock.time.ms + ms;
        for (var due = clock.due(until); due.isPresent(); due = clock.due(until)) {
            outcome.append("fires ").append(due.get()).append('\n');
            try {
                take(clock.fire(due.get()).generateRecords().records());
            } catch (RuntimeException e) {
                outcome.append("fails\n");
            }
        }
        clock.time.ms = until;
    }

    @Override
    public void topics(StreamsTopics now) {
        input.append("topics\n").append(now.text());
        manager.onMetadataUpdate(now.since(topics), now);
        topics = now;
    }

    @Override
    public void standbyReplicas(int count) {
        input.append("standby ").append(count).append('\n');
        settings.setStandbyReplicas(GROUP, count);
    }

    @Override
    public void failOver() {
        input.append("fails over\n");
        clock.clear();
        manager = StreamsManagers.manager(clock.time, clock, settings, topics);
        log.forEach(record -> StreamsManagers.replay(manager, record));
        manager.onLoaded();
    }

    @Override
    public void removeGroup() {
        input.append("removes\n");
        StreamsGroup group = StreamsManagers.group(manager, GROUP);
        if (group != null && group.isEmpty()) {
            List<CoordinatorRecord> records = new ArrayList<>();
            manager.createGroupTombstoneRecordsAndCancelTimers(GROUP, records);
            take(records);
        }
    }

    @Override
    public void commit(StreamsLife.Commit commit) {
        input.append("commit ").append(commit.member()).append(' ').append(commit.epoch()).append(' ')
            .append(commit.isTransactional() ? 1 : 0).append(' ').append(commit.version()).append(' ')
            .append(commit.topic()).append(' ').append(commit.partition()).append('\n');
        StreamsGroup group = StreamsManagers.group(manager, GROUP);
        if (group == null) {
            return;
        }
        Errors stale = commit.isTransactional() ? Errors.ILLEGAL_GENERATION : Errors.STALE_MEMBER_EPOCH;
        Errors committed = error(stale, () -> group
            .validateOffsetCommit(commit.member(), null, commit.epoch(), commit.isTransactional(), commit.version())
            .validate(commit.topic(), Uuid.ZERO_UUID, commit.partition()));
        Errors fetched = error(Errors.STALE_MEMBER_EPOCH,
            () -> group.validateOffsetFetch(commit.member(), commit.epoch(), Long.MAX_VALUE));
        outcome.append("offsets ").append(committed.code()).append(' ').append(fetched.code()).append('\n');
    }

    private static Errors error(Errors stale, Runnable check) {
        try {
            check.run();
            return Errors.NONE;
        } catch (StaleMemberEpochException e) {
            return stale;
        } catch (ApiException e) {
            return Errors.forException(e);
        }
    }

    private void take(List<CoordinatorRecord> records) {
        for (CoordinatorRecord record : records) {
            byte[] value = SERDE.serializeValue(record);
            outcome.append("record ").append(HexFormat.of().formatHex(SERDE.serializeKey(record))).append(' ')
                .append(value == null ? "null" : HexFormat.of().formatHex(value)).append('\n');
            log.add(record);
            StreamsManagers.replay(manager, record);
        }
    }

    private record Context() implements AuthorizableRequestContext {
        @Override
        public String listenerName() {
            return "PLAINTEXT";
        }

        @Override
        public SecurityProtocol securityProtocol() {
            return SecurityProtocol.PLAINTEXT;
        }

        @Override
        public KafkaPrincipal principal() {
            return KafkaPrincipal.ANONYMOUS;
        }

        @Override
        public InetAddress clientAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public int requestType() {
            return 88;
        }

        @Override
        public int requestVersion() {
            return 0;
        }

        @Override
        public String clientId() {
            return "client";
        }

        @Override
        public int correlationId() {
            return 0;
        }
    }
}
