import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.coordinator.group.streams.assignor.AssignmentMemberSpec;
import org.apache.kafka.coordinator.group.streams.assignor.GroupAssignment;
import org.apache.kafka.coordinator.group.streams.assignor.GroupSpecImpl;
import org.apache.kafka.coordinator.group.streams.assignor.StickyTaskAssignor;
import org.apache.kafka.coordinator.group.streams.assignor.TopologyDescriber;

/**
 * Writes what Apache Kafka's sticky assignor gives made-up groups, larger ones than those of `StreamsLife`, whose targets
 * are disturbed between the turns:
 *
 *   StickyTasks FIRST COUNT          a line for each: seed, then for each turn hash of input:hash of targets
 *   StickyTasks FIRST COUNT print    the inputs and targets themselves
 *
 * tests/streams_groups/sticky.cc writes the same of Moldau's.
 */
public final class StickyTasks {
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final int[][] SHAPES = {{3, 3}, {8, 6}, {8, 20}, {30, 12}, {30, 60}, {100, 40}};
    private static final int TURNS = 6;

    private static final class Member {
        String id;
        String process;
        Map<String, Set<Integer>> active = new TreeMap<>();
        Map<String, Set<Integer>> standby = new TreeMap<>();
    }

    private static final class Part {
        String id;
        int tasks;
        boolean isStateful;
    }

    private final Chance chance;
    private final int most;
    private final int mostTasks;
    private final List<String> processes = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final TreeMap<String, Part> parts = new TreeMap<>();
    private int standbyReplicas;
    private int named;

    private StickyTasks(long seed) {
        chance = new Chance(seed);
        int[] shape = SHAPES[chance.below(SHAPES.length)];
        most = 1 + chance.below(shape[0]);
        mostTasks = shape[1];
        int processCount = 1 + chance.below(most);
        for (int i = 0; i < processCount; i++) {
            processes.add(name("p"));
        }
        int partCount = 1 + chance.below(6);
        for (int i = 0; i < partCount; i++) {
            Part part = new Part();
            part.id = name("s");
            part.tasks = 1 + chance.below(mostTasks);
            part.isStateful = !chance.oneIn(3);
            parts.put(part.id, part);
        }
        standbyReplicas = chance.below(4);
    }

    public static void main(String[] args) {
        long first = Long.parseLong(args[0]);
        long count = Long.parseLong(args[1]);
        boolean isPrinted = args.length > 2;
        try (PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8)) {
            for (long seed = first; seed < first + count; seed++) {
                out.print(isPrinted ? "tasks " + seed + "\n" : seed + "\t");
                StickyTasks group = new StickyTasks(seed);
                for (int turn = 0; turn < TURNS; turn++) {
                    group.change();
                    String input = group.text();
                    group.assign();
                    String targets = group.text();
                    out.print(isPrinted ? "turn " + turn + "\n" + input + "targets\n" + targets
                        : (turn == 0 ? "" : " ") + Fnv.hash(input) + ":" + Fnv.hash(targets));
                }
                out.print(isPrinted ? "" : "\n");
            }
        }
    }

    private void change() {
        members.removeIf(member -> chance.oneIn(6));
        int joining = chance.below(1 + most - members.size());
        for (int i = 0; i < joining || members.isEmpty(); i++) {
            Member member = new Member();
            member.id = name("m");
            member.process = processes.get(chance.below(processes.size()));
            members.add(member);
        }
        for (Part part : parts.values()) {
            if (chance.oneIn(5)) {
                part.tasks += chance.below(4);
            }
        }
        if (chance.oneIn(4)) {
            standbyReplicas = chance.below(4);
        }
        int moves = chance.oneIn(2) ? chance.below(10) : 0;
        for (int i = 0; i < moves; i++) {
            move();
        }
    }

    /** A copy of some member's tasks of a subtopology goes to another, as active or standby tasks. */
    private void move() {
        Member from = members.get(chance.below(members.size()));
        Member to = members.get(chance.below(members.size()));
        boolean isActive = chance.oneIn(2);
        boolean stays = chance.oneIn(2);
        boolean becomesActive = chance.oneIn(2);
        Map<String, Set<Integer>> tasks = isActive ? from.active : from.standby;
        if (from == to || tasks.isEmpty()) {
            return;
        }
        String part = List.copyOf(tasks.keySet()).get(chance.below(tasks.size()));
        Set<Integer> moved = stays ? tasks.get(part) : tasks.remove(part);
        (becomesActive ? to.active : to.standby).computeIfAbsent(part, unused -> new TreeSet<>()).addAll(moved);
    }

    private void assign() {
        Map<String, AssignmentMemberSpec> specs = new LinkedHashMap<>();
        for (Member member : members) {
            specs.put(member.id, new AssignmentMemberSpec(Optional.empty(), Optional.empty(), member.active, member.standby,
                Map.of(), member.process, Map.of(), Map.of(), Map.of()));
        }
        GroupAssignment assignment = new StickyTaskAssignor().assign(
            new GroupSpecImpl(specs, Map.of("num.standby.replicas", Integer.toString(standbyReplicas))), new Topology());
        for (Member member : members) {
            member.active = sorted(assignment.members().get(member.id).activeTasks());
            member.standby = sorted(assignment.members().get(member.id).standbyTasks());
        }
    }

    private static Map<String, Set<Integer>> sorted(Map<String, Set<Integer>> tasks) {
        Map<String, Set<Integer>> sorted = new TreeMap<>();
        tasks.forEach((part, partitions) -> sorted.put(part, new TreeSet<>(partitions)));
        return sorted;
    }

    private String text() {
        StringBuilder text = new StringBuilder("standby " + standbyReplicas + "\n");
        for (Part part : parts.values()) {
            text.append("part ").append(part.id).append(' ').append(part.tasks).append(' ').append(part.isStateful).append('\n');
        }
        for (Member member : members) {
            text.append("member ").append(member.id).append(' ').append(member.process).append(' ').append(member.active)
                .append(' ').append(member.standby).append('\n');
        }
        return text.toString();
    }

    private final class Topology implements TopologyDescriber {
        @Override
        public List<String> subtopologies() {
            return List.copyOf(parts.keySet());
        }

        @Override
        public int maxNumInputPartitions(String id) {
            return parts.get(id).tasks;
        }

        @Override
        public boolean isStateful(String id) {
            return parts.get(id).isStateful;
        }
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
