import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.CopartitionGroup;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.KeyValue;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Subtopology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TaskIds;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TopicInfo;

/**
 * A made-up streams application: members that come, go and follow what they are told, a topology, topics, time. Every
 * choice is drawn from the seed; what members say follows from what they heard. tests/streams_groups/life.h makes the
 * same.
 */
final class StreamsLife {
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final int[] REBALANCE_TIMEOUTS = {1000, 30_000, 300_000};
    private static final int[] DELAYS = {0, 0, 1000, 3000};
    private static final int[] STEPS = {1, 500, 1000, 3000, 5000, 20_000, 46_000};

    /** What a member hears of one heartbeat. Tasks are null where it is not told any. */
    record Heard(
        int error, int epoch, int endpointEpoch, Map<String, TreeSet<Integer>> active, Map<String, TreeSet<Integer>> standby,
        List<Wanted> wanted
    ) { }

    /** An internal topic that is to be created. */
    record Wanted(String name, int partitions) { }

    /** Offsets of a partition that a member commits, and fetches with the same epoch. */
    record Commit(String member, int epoch, boolean isTransactional, int version, String topic, int partition) { }

    /** One that takes part, as it knows itself. */
    static final class Member {
        String id;
        String process;
        String rack;
        String host;
        int tag = -1;
        int epoch;
        int endpointEpoch;
        int rebalanceTimeoutMs;
        Map<String, TreeSet<Integer>> active = new TreeMap<>();
        Map<String, TreeSet<Integer>> standby = new TreeMap<>();
        Map<String, TreeSet<Integer>> toldActive;
        Map<String, TreeSet<Integer>> toldStandby;
    }

    /** Whom things happen to: Apache Kafka's classes. */
    interface World {
        Heard heartbeat(StreamsGroupHeartbeatRequestData request);

        void pass(int ms);

        void topics(StreamsTopics topics);

        void standbyReplicas(int count);

        void failOver();

        void removeGroup();

        void commit(Commit commit);
    }

    final int initialDelayMs;
    /** At first. */
    final int standbyReplicas;
    final int assignmentIntervalMs;
    final int mostMembers;
    final int turns;

    private static final int FENCED_MEMBER_EPOCH = 110;
    private static final int UNKNOWN_MEMBER_ID = 25;
    private static final int GROUP_ID_NOT_FOUND = 69;

    private final Chance chance;
    private final boolean isWild;
    private final int most;
    private final int mostPartitions;
    /** What all topics have at first; 0 where each has as many as it happens to. */
    private final int evenPartitions;
    private final List<String> processes = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final List<String> external = new ArrayList<>();
    private final Map<Integer, String> places = new HashMap<>();
    private StreamsGroupHeartbeatRequestData.Topology topology;
    private StreamsTopics topics = new StreamsTopics(new TreeMap<>());
    private List<Wanted> wanted = List.of();
    private int named;

    StreamsLife(long seed) {
        chance = new Chance(seed);
        isWild = seed % 6 == 5;
        initialDelayMs = DELAYS[chance.below(DELAYS.length)];
        standbyReplicas = chance.below(3);
        assignmentIntervalMs = chance.oneIn(2) ? 0 : 1000;
        most = 1 + chance.below(10);
        mostMembers = chance.oneIn(8) ? 1 + chance.below(4) : Integer.MAX_VALUE;
        mostPartitions = chance.oneIn(3) ? 20 : 5;
        evenPartitions = chance.oneIn(3) ? 0 : 1 + chance.below(mostPartitions);
        turns = 25 + chance.below(50);
        int processCount = 1 + chance.below(4);
        for (int i = 0; i < processCount; i++) {
            processes.add(name("p"));
        }
        int externalCount = 1 + chance.below(4);
        for (int i = 0; i < externalCount; i++) {
            external.add(name("t"));
        }
        for (String topic : external) {
            if (!chance.oneIn(25)) {
                create(topic, somePartitions());
            }
        }
        makeTopology();
    }

    StreamsTopics topics() {
        return topics;
    }

    void turn(World world) {
        act(world);
        if (!members.isEmpty() && chance.oneIn(2)) {
            commit(world);
        }
    }

    private void commit(World world) {
        Member member = members.get(chance.below(members.size()));
        int epoch = member.epoch + 1 - chance.below(4);
        boolean isTransactional = chance.oneIn(4);
        int version = chance.oneIn(10) ? 8 : 9;
        String topic = external.get(chance.below(external.size()));
        int partition = chance.below(mostPartitions);
        String id = chance.oneIn(15) ? "" : member.id;
        world.commit(new Commit(id, epoch, isTransactional, version, topic, partition));
    }

    private void act(World world) {
        int what = chance.below(24);
        if (members.isEmpty() || what <= 2 && members.size() < most) {
            members.add(newMember());
            heartbeat(world, members.get(members.size() - 1));
        } else if (what == 3) {
            leave(world);
        } else if (what == 4) {
            changeTopic();
            world.topics(topics);
        } else if (what == 5 || what == 6) {
            createWanted();
            world.topics(topics);
        } else if (what >= 7 && what <= 9) {
            int step = chance.below(STEPS.length * 3);
            world.pass(STEPS[step < STEPS.length ? step : step % 4]);
        } else if (what == 10) {
            world.standbyReplicas(chance.below(3));
        } else if (what == 11) {
            if (chance.oneIn(3)) {
                world.failOver();
            }
        } else if (what == 12) {
            world.removeGroup();
        } else {
            heartbeat(world, members.get(chance.below(members.size())));
        }
    }

    private void heartbeat(World world, Member member) {
        StreamsGroupHeartbeatRequestData request = member.epoch == 0 ? joining(member) : staying(member);
        if (chance.oneIn(60)) {
            request.setShutdownApplication(true);
        }
        spoil(request);
        Heard heard = world.heartbeat(request);
        if (heard.error() == FENCED_MEMBER_EPOCH || heard.error() == UNKNOWN_MEMBER_ID || heard.error() == GROUP_ID_NOT_FOUND) {
            member.epoch = 0;
            member.active = new TreeMap<>();
            member.standby = new TreeMap<>();
            member.toldActive = null;
            return;
        }
        if (heard.error() != 0) {
            return;
        }
        wanted = heard.wanted();
        if (chance.oneIn(12)) {
            return; // The answer is lost.
        }
        member.epoch = heard.epoch();
        member.endpointEpoch = heard.endpointEpoch();
        if (heard.active() != null) {
            member.toldActive = heard.active();
            member.toldStandby = heard.standby();
        }
    }

    private StreamsGroupHeartbeatRequestData joining(Member member) {
        StreamsGroupHeartbeatRequestData request = base(member).setMemberEpoch(0)
            .setRebalanceTimeoutMs(member.rebalanceTimeoutMs)
            .setTopology(topology.duplicate())
            .setActiveTasks(new ArrayList<>()).setStandbyTasks(new ArrayList<>()).setWarmupTasks(new ArrayList<>());
        if (!chance.oneIn(20)) {
            request.setProcessId(member.process);
        }
        if (chance.oneIn(8)) {
            member.host = name("h");
        }
        setTraits(request, member);
        int odd = chance.below(45);
        if (odd < 2) {
            request.topology().setEpoch(topology.epoch() + 1);
        } else if (odd < 4) {
            request.topology().setEpoch(topology.epoch() - 1);
        } else if (odd == 4) {
            request.topology().subtopologies().remove(request.topology().subtopologies().size() - 1);
        } else if (odd == 5) {
            request.topology().subtopologies().add(request.topology().subtopologies().get(0).duplicate());
        } else if (odd == 6) {
            request.topology().subtopologies().add(0, request.topology().subtopologies()
                .remove(request.topology().subtopologies().size() - 1));
        }
        return request;
    }

    private StreamsGroupHeartbeatRequestData staying(Member member) {
        boolean reports = !chance.oneIn(3);
        boolean givesBack = chance.oneIn(2);
        if (member.toldActive != null) {
            member.active = follow(member.active, member.toldActive, givesBack);
            member.standby = follow(member.standby, member.toldStandby, givesBack);
        }
        int epoch = member.epoch;
        if (chance.oneIn(20)) {
            epoch -= 1;
        } else if (chance.oneIn(40)) {
            epoch += 1;
        }
        StreamsGroupHeartbeatRequestData request = base(member).setMemberEpoch(epoch <= 0 ? member.epoch : epoch);
        if (reports) {
            request.setActiveTasks(tasks(member.active)).setStandbyTasks(tasks(member.standby)).setWarmupTasks(new ArrayList<>());
            int odd = chance.below(60);
            if (odd == 0) {
                request.activeTasks().add(new TaskIds().setSubtopologyId("none").setPartitions(List.of(0)));
            } else if (odd == 1) {
                request.standbyTasks().add(new TaskIds().setSubtopologyId(topology.subtopologies().get(0).subtopologyId())
                    .setPartitions(List.of(999)));
            }
        }
        if (chance.oneIn(25)) {
            member.process = processes.get(chance.below(processes.size()));
            request.setProcessId(member.process);
        }
        if (chance.oneIn(25)) {
            member.rack = name("r");
            member.tag = chance.below(3);
            setTraits(request, member);
        }
        if (chance.oneIn(10)) {
            request.setEndpointInformationEpoch(0);
        }
        return request;
    }

    private StreamsGroupHeartbeatRequestData base(Member member) {
        return new StreamsGroupHeartbeatRequestData().setGroupId("group").setMemberId(member.id)
            .setEndpointInformationEpoch(member.endpointEpoch);
    }

    private static void setTraits(StreamsGroupHeartbeatRequestData request, Member member) {
        request.setRackId(member.rack);
        if (member.host != null) {
            request.setUserEndpoint(new StreamsGroupHeartbeatRequestData.Endpoint().setHost(member.host).setPort(8080));
        }
        if (member.tag >= 0) {
            List<KeyValue> tags = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                tags.add(new KeyValue().setKey("key" + (member.tag + 1 - i)).setValue("value" + i));
            }
            request.setClientTags(tags);
        }
    }

    /** Makes some requests such as no client sends them. */
    private void spoil(StreamsGroupHeartbeatRequestData request) {
        if (!chance.oneIn(40)) {
            return;
        }
        switch (chance.below(13)) {
            case 0 -> request.setMemberId(" ");
            case 1 -> request.setInstanceId("instance");
            case 2 -> request.setRackId("");
            case 3 -> request.setMemberEpoch(-2);
            case 4 -> request.setMemberEpoch(-3);
            case 5 -> request.setRebalanceTimeoutMs(-1);
            case 6 -> request.setWarmupTasks(null);
            case 7 -> request.setActiveTasks(null);
            case 8 -> request.setTopology(null);
            case 9 -> request.setTopology(topology.duplicate());
            case 10 -> request.setTaskOffsets(new ArrayList<>());
            case 11 -> request.setTaskEndOffsets(new ArrayList<>());
            default -> request.setWarmupTasks(List.of(new TaskIds().setSubtopologyId("0").setPartitions(List.of(0))));
        }
    }

    private static Map<String, TreeSet<Integer>> follow(
        Map<String, TreeSet<Integer>> has, Map<String, TreeSet<Integer>> told, boolean givesBack
    ) {
        Map<String, TreeSet<Integer>> next = new TreeMap<>();
        if (!givesBack) {
            has.forEach((id, partitions) -> next.put(id, new TreeSet<>(partitions)));
        }
        told.forEach((id, partitions) -> next.computeIfAbsent(id, unused -> new TreeSet<>()).addAll(partitions));
        return next;
    }

    private static List<TaskIds> tasks(Map<String, TreeSet<Integer>> tasks) {
        List<TaskIds> all = new ArrayList<>();
        tasks.forEach((id, partitions) -> all.add(new TaskIds().setSubtopologyId(id).setPartitions(List.copyOf(partitions))));
        return all;
    }

    private void leave(World world) {
        Member member = members.get(chance.below(members.size()));
        StreamsGroupHeartbeatRequestData request = base(member).setMemberEpoch(-1);
        if (chance.oneIn(10)) {
            request.setShutdownApplication(true);
        }
        world.heartbeat(request);
        if (!chance.oneIn(8)) {
            members.remove(member);
        }
    }

    private int somePartitions() {
        return evenPartitions > 0 ? evenPartitions : 1 + chance.below(mostPartitions);
    }

    private void changeTopic() {
        List<String> names = new ArrayList<>(topics.byName().keySet());
        int what = chance.below(8);
        if (what == 0 && !names.isEmpty()) {
            topics = topics.without(names.get(chance.below(names.size())));
        } else if (what == 1 && !names.isEmpty()) {
            StreamsTopics.Topic old = topics.byName().get(names.get(chance.below(names.size())));
            topics = topics.with(new StreamsTopics.Topic(old.name(), old.id(), old.partitionCount() + 1 + chance.below(3)));
        } else {
            for (String topic : external) {
                if (!topics.byName().containsKey(topic)) {
                    create(topic, somePartitions());
                }
            }
        }
    }

    private void createWanted() {
        for (Wanted topic : wanted) {
            if (!chance.oneIn(20)) {
                create(topic.name(), topic.partitions() + (chance.oneIn(60) ? 1 : 0));
            }
        }
    }

    private void create(String name, int partitions) {
        long mostSignificant = chance.next();
        long leastSignificant = chance.next();
        topics = topics.with(new StreamsTopics.Topic(name, new Uuid(mostSignificant, leastSignificant), partitions));
    }

    private void makeTopology() {
        topology = new StreamsGroupHeartbeatRequestData.Topology().setEpoch(chance.below(3));
        int count = 1 + chance.below(5);
        boolean hasOddIds = chance.oneIn(3);
        List<String> repartition = new ArrayList<>();
        List<Integer> counts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            repartition.add(name("repartition"));
            counts.add(chance.oneIn(3) ? somePartitions() : 0);
        }
        for (int i = 0; i < count; i++) {
            Subtopology subtopology = new Subtopology().setSubtopologyId(hasOddIds ? name("s") : Integer.toString(i * (1 + i)));
            for (String topic : external) {
                if (chance.oneIn(2)) {
                    subtopology.sourceTopics().add(topic);
                }
            }
            for (int j = 0; j < count; j++) {
                boolean isEarlier = j < i;
                if (isWild ? chance.oneIn(4) : isEarlier && chance.oneIn(2)) {
                    subtopology.repartitionSourceTopics().add(
                        internal(repartition.get(j), isWild && chance.oneIn(6) ? chance.below(4) : counts.get(j)));
                }
            }
            if (!isWild && subtopology.sourceTopics().isEmpty() && subtopology.repartitionSourceTopics().isEmpty()) {
                subtopology.sourceTopics().add(external.get(0));
            }
            for (int j = 0; j < count; j++) {
                if (isWild ? chance.oneIn(3) : j == i) {
                    subtopology.repartitionSinkTopics().add(repartition.get(j));
                }
            }
            int changelogs = chance.below(3);
            for (int j = 0; j < changelogs; j++) {
                subtopology.stateChangelogTopics().add(internal(name("changelog"), isWild && chance.oneIn(30) ? 3 : 0));
            }
            if (chance.oneIn(2)) {
                copartition(subtopology);
            }
            topology.subtopologies().add(subtopology);
        }
    }

    private void copartition(Subtopology subtopology) {
        CopartitionGroup group = new CopartitionGroup();
        boolean isAll = chance.oneIn(6);
        for (int i = 0; i < subtopology.sourceTopics().size(); i++) {
            if (isAll || chance.oneIn(4)) {
                group.sourceTopics().add((short) i);
            }
        }
        for (int i = 0; i < subtopology.repartitionSourceTopics().size(); i++) {
            if (!chance.oneIn(3)) {
                group.repartitionSourceTopics().add((short) i);
            }
        }
        if (isWild && chance.oneIn(20)) {
            group.sourceTopics().add((short) (subtopology.sourceTopics().size() - chance.below(2)));
        }
        subtopology.copartitionGroups().add(group);
    }

    private TopicInfo internal(String name, int partitions) {
        TopicInfo topic = new TopicInfo().setName(name).setPartitions(partitions).setReplicationFactor((short) chance.below(3));
        int configs = chance.below(4);
        for (int i = 0; i < configs; i++) {
            topic.topicConfigs().add(new KeyValue().setKey("config." + (isWild && chance.oneIn(12) ? 0 : i) + "." + configs)
                .setValue(Integer.toString(chance.below(100))));
        }
        return topic;
    }

    private Member newMember() {
        Member member = new Member();
        do {
            member.id = name("m");
        } while (!hasItsPlace(member.id));
        member.process = processes.get(chance.below(processes.size()));
        member.host = chance.oneIn(4) ? name("h") : null;
        member.rack = chance.oneIn(4) ? name("r") : null;
        member.tag = chance.oneIn(4) ? chance.below(3) : -1;
        member.rebalanceTimeoutMs = REBALANCE_TIMEOUTS[chance.below(REBALANCE_TIMEOUTS.length)];
        return member;
    }

    /**
     * Of members that share a place in both of Apache Kafka's hash tables the order is that in which they joined, which
     * a group of Moldau's does not remember.
     */
    private boolean hasItsPlace(String id) {
        int hash = id.hashCode();
        int bucket = (hash ^ (hash >>> 16)) & 15;
        int slot = (int) ((hash * 0x9E3779B97F4A7C15L) >>> 62);
        return places.putIfAbsent(bucket * 4 + slot, id) == null;
    }

    /** Unique, by its last part. */
    private String name(String kind) {
        StringBuilder name = new StringBuilder();
        int length = 1 + chance.below(6);
        for (int i = 0; i < length; i++) {
            name.append(LETTERS.charAt(chance.below(LETTERS.length())));
        }
        return name.append(kind).append(named++).toString();
    }
}
