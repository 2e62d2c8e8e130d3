import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;

/**
 * A made-up group: topics come, grow and go, members join, leave and change what they want. Every choice is drawn
 * from the seed, none from what was assigned; tests/assignors/life.h makes the same group.
 */
final class Life {
    /** id: null while there is no such topic. */
    record Topic(String name, Uuid id, int partitions) { }

    /** What a member asks for: names in the order of its request, and one of `regexes` or none (-1). */
    record Subscription(List<String> names, int regex) { }

    record Member(String id, String instance, int subscription) { }

    /** Whom a target assignment is computed for, and the static member that it takes the place of, or null. */
    record Turn(String assignor, Member updated, String replaced) { }

    private static final String[] KINDS = {"uniform", "range", "simple", "either"};
    private static final int[][] SHAPES = {
        {3, 2, 4}, {6, 5, 8}, {6, 5, 8}, {6, 7, 8}, {6, 12, 8}, {20, 20, 40}, {20, 7, 40}, {32, 4, 250}, {12, 30, 6},
        {100, 40, 24}};
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final int[] ODD = {'a', 'Z', 0xE9, 0x7FF, 0x800, 0x4E2D, 0xE000, 0xFFFD, 0x10000, 0x1F600};
    private static final int MOST_OF_ONE_HASH = 7;

    final String kind;
    final int turns;
    final List<Topic> topics = new ArrayList<>();
    final List<Subscription> pool = new ArrayList<>();
    final List<List<String>> regexes = new ArrayList<>();
    /** In the order in which they came. */
    final List<Member> members = new ArrayList<>();
    /** For each topic how many of its partitions, the first ones, a share group has state for. */
    final List<Integer> initialized = new ArrayList<>();

    private final Chance chance;
    private final int mostMembers;
    private final int mostPartitions;
    private final boolean hasOddIds;
    private final boolean hasFewHashes;
    private int named;

    Life(long seed) {
        chance = new Chance(seed);
        kind = KINDS[(int) (seed % KINDS.length)];
        int[] shape = SHAPES[chance.below(SHAPES.length)];
        mostMembers = 1 + chance.below(shape[0]);
        int topicCount = 1 + chance.below(shape[1]);
        mostPartitions = shape[2];
        hasOddIds = chance.oneIn(4);
        hasFewHashes = topicCount <= MOST_OF_ONE_HASH && chance.oneIn(2);
        turns = 4 + chance.below(4);
        for (int i = 0; i < topicCount; i++) {
            topics.add(new Topic(name("t"), null, 0));
            initialized.add(0);
        }
        for (int i = 0; i < topicCount; i++) {
            if (!chance.oneIn(8)) {
                create(i);
            }
        }
        for (int i = 0; i < 2; i++) {
            regexes.add(someNames(3));
        }
        int subscriptions = chance.oneIn(3) ? 1 : 1 + chance.below(4);
        for (int i = 0; i < subscriptions; i++) {
            pool.add(subscription());
        }
        int first = 1 + chance.below(mostMembers);
        for (int i = 0; i < first; i++) {
            members.add(newMember());
        }
    }

    boolean isShare() {
        return kind.equals("simple");
    }

    /** What happens before the next assignment; members that leave and change are told to the group at once. */
    interface Events {
        void left(Member member);

        void changed(Member member);
    }

    Turn next(Events events) {
        int count = chance.below(4);
        for (int i = 0; i < count; i++) {
            event(events);
        }
        String assignor = kind.equals("either") ? (chance.oneIn(3) ? "range" : "uniform") : kind;
        int which = chance.below(4);
        if (members.isEmpty() || (which == 0 && members.size() < mostMembers)) {
            return new Turn(assignor, newMember(), null);
        }
        Member member = members.get(chance.below(members.size()));
        if (which == 1 && member.instance() != null) {
            Member replacement = new Member(name("m"), member.instance(), chance.below(pool.size()));
            return new Turn(assignor, replacement, member.id());
        }
        if (which == 2) {
            member = new Member(member.id(), member.instance(), chance.below(pool.size()));
        }
        return new Turn(assignor, member, null);
    }

    /** The group after the turn: the updated member is there, in its old place or last. */
    void apply(Turn turn) {
        if (turn.replaced() != null) {
            members.removeIf(member -> member.id().equals(turn.replaced()));
        }
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).id().equals(turn.updated().id())) {
                members.set(i, turn.updated());
                return;
            }
        }
        members.add(turn.updated());
    }

    private void event(Events events) {
        int topic = chance.below(topics.size());
        switch (chance.below(7)) {
            case 0, 1 -> leave(events);
            case 2 -> grow(topic);
            case 3 -> {
                if (topics.get(topic).id() == null) {
                    create(topic);
                } else {
                    topics.set(topic, new Topic(topics.get(topic).name(), null, 0));
                }
            }
            case 4 -> changeAll(events);
            case 5 -> change(events, chance.below(pool.size()));
            default -> initialized.set(topic, chance.below(topics.get(topic).partitions() + 1));
        }
    }

    private void leave(Events events) {
        if (!members.isEmpty()) {
            events.left(members.remove(chance.below(members.size())));
        }
    }

    private void grow(int topic) {
        Topic old = topics.get(topic);
        if (old.id() != null) {
            topics.set(topic, new Topic(old.name(), old.id(), old.partitions() + 1 + chance.below(4)));
            initialized.set(topic, topics.get(topic).partitions());
        }
    }

    /** One subscription becomes another, for all who have it. */
    private void changeAll(Events events) {
        int which = chance.below(pool.size());
        pool.set(which, subscription());
        for (Member member : members) {
            if (member.subscription() == which) {
                events.changed(member);
            }
        }
    }

    private void change(Events events, int subscription) {
        if (!members.isEmpty()) {
            int which = chance.below(members.size());
            Member old = members.get(which);
            members.set(which, new Member(old.id(), old.instance(), subscription));
            events.changed(members.get(which));
        }
    }

    private void create(int topic) {
        long most = chance.next();
        long least = chance.next();
        if (hasFewHashes) {
            least = most ^ (16L * chance.below(8) + chance.below(2));
        }
        int partitions = 1 + chance.below(mostPartitions);
        topics.set(topic, new Topic(topics.get(topic).name(), new Uuid(most, least), partitions));
        initialized.set(topic, chance.oneIn(4) ? chance.below(partitions + 1) : partitions);
    }

    private Subscription subscription() {
        if (isShare()) {
            return new Subscription(someNames(12), -1);
        }
        int regex = chance.below(6) - 4;
        boolean hasNames = regex < 0 || chance.oneIn(3);
        return new Subscription(hasNames ? someNames(12) : List.of(), regex < 0 ? -1 : regex);
    }

    /** Names of topics in any order; none with a chance of one in `none`. */
    private List<String> someNames(int none) {
        List<String> names = new ArrayList<>();
        if (chance.oneIn(none)) {
            return names;
        }
        int leftOut = 1 + chance.below(6);
        for (Topic topic : topics) {
            if (!chance.oneIn(leftOut)) {
                names.add(chance.below(names.size() + 1), topic.name());
            }
        }
        return names;
    }

    private Member newMember() {
        String id = name("m");
        String instance = !isShare() && chance.oneIn(3) ? name("i") : null;
        return new Member(id, instance, chance.below(pool.size()));
    }

    /** Unique, by its last part. */
    private String name(String kindOfName) {
        StringBuilder name = new StringBuilder();
        int length = 3 + chance.below(8);
        for (int i = 0; i < length; i++) {
            if (hasOddIds && !kindOfName.equals("t")) {
                name.appendCodePoint(ODD[chance.below(ODD.length)]);
            } else {
                name.append(LETTERS.charAt(chance.below(LETTERS.length())));
            }
        }
        return name.append(kindOfName).append(named++).toString();
    }
}
