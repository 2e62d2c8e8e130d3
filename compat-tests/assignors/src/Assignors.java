import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/**
 * Writes what Apache Kafka's assignors give the groups of `Life`:
 *
 *   Assignors FIRST COUNT          a line for each life: seed, kind, then for each turn hash of input:hash of records
 *   Assignors FIRST COUNT print    the inputs and records themselves
 *
 * The records are the target assignments that changed, in the order and with the order of topics and partitions that
 * Apache Kafka writes them with. tests/assignors/lives.cc writes the same of Moldau's.
 */
public final class Assignors {
    private Assignors() { }

    public static void main(String[] args) {
        long first = Long.parseLong(args[0]);
        long count = Long.parseLong(args[1]);
        boolean isPrinted = args.length > 2;
        try (PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8)) {
            for (long seed = first; seed < first + count; seed++) {
                out.print(isPrinted ? "life " + seed + "\n" : seed + "");
                live(seed, isPrinted, out);
            }
        }
    }

    private static void live(long seed, boolean isPrinted, PrintStream out) {
        Life life = new Life(seed);
        Groups groups = new Groups(life);
        if (!isPrinted) {
            out.print("\t" + life.kind + "\t");
        }
        for (int turn = 0; turn < life.turns; turn++) {
            Life.Turn next = life.next(groups);
            String input = input(life, next);
            String records = records(groups.assign(next));
            life.apply(next);
            if (isPrinted) {
                out.print("turn " + turn + "\n" + input + "records\n" + records);
            } else {
                out.print((turn == 0 ? "" : " ") + Fnv.hash(input) + ":" + Fnv.hash(records));
            }
        }
        if (!isPrinted) {
            out.print("\n");
        }
    }

    private static String input(Life life, Life.Turn turn) {
        StringBuilder text = new StringBuilder();
        text.append(turn.assignor()).append(' ').append(Groups.subscriptionType(life, turn).name()).append('\n');
        text.append("updated ").append(member(life, turn.updated()));
        text.append("replaced ").append(turn.replaced()).append('\n');
        for (Life.Member member : life.members) {
            text.append(member(life, member));
        }
        for (List<String> regex : life.regexes) {
            text.append("regex ").append(String.join(",", regex)).append('\n');
        }
        for (int i = 0; i < life.topics.size(); i++) {
            Life.Topic topic = life.topics.get(i);
            text.append("topic ").append(topic.name()).append(' ').append(topic.id()).append(' ')
                .append(topic.partitions()).append(' ').append(life.initialized.get(i)).append('\n');
        }
        return text.toString();
    }

    private static String member(Life life, Life.Member member) {
        Life.Subscription subscription = life.pool.get(member.subscription());
        return "member " + member.id() + " " + member.instance() + " " + subscription.regex() + " "
            + String.join(",", subscription.names()) + "\n";
    }

    private static String records(Map<String, Map<Uuid, List<Integer>>> targets) {
        if (targets == null) {
            return "error\n";
        }
        StringBuilder text = new StringBuilder();
        targets.forEach((member, topics) -> {
            text.append(member);
            topics.forEach((topic, partitions) -> text.append(' ').append(topic).append('=').append(
                partitions.stream().map(String::valueOf).collect(Collectors.joining(","))));
            text.append('\n');
        });
        return text.toString();
    }
}
