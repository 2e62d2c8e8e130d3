import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.ValueJoiner;

/**
 * Two tables that change all the time: a join by their common key, one by a foreign key that changes with the value, and an aggregate
 * of one table by a value of it. Which states they go through depends on what is read first; the last one does not.
 */
final class Tables implements Example {
    private static final int EMPLOYEES = 400;
    private static final int TEAMS = 20;
    private static final ValueJoiner<String, String, String> BOTH = (left, right) -> left + "+" + right;

    @Override
    public List<String> inputs() {
        return List.of("employees", "addresses", "teams");
    }

    @Override
    public void build(StreamsBuilder builder) {
        KTable<String, String> employees = builder.table("employees");
        send("address", employees.join(builder.table("addresses"), BOTH));
        send("team", employees.leftJoin(builder.<String, String>table("teams"), Tables::teamIn, BOTH));
        send("size", employees.groupBy((key, employee) -> KeyValue.pair(teamIn(employee), employee))
            .count().mapValues(count -> count.toString()));
    }

    private static void send(String kind, KTable<String, String> results) {
        results.toStream().selectKey((key, result) -> kind + "/" + key).to(OUTPUT);
    }

    @Override
    public ProducerRecord<String, String> input(int number) {
        int version = number / 3;
        return switch (number % 3) {
            case 0 -> new ProducerRecord<>("employees", employee(version), version + "@" + team(version * 7 + version / EMPLOYEES));
            case 1 -> new ProducerRecord<>("addresses", employee(version), "street " + version);
            default -> new ProducerRecord<>("teams", team(version), "floor " + version);
        };
    }

    @Override
    public int due(int inputs) {
        return 0;
    }

    @Override
    public Expected expected(int inputs) {
        Expected expected = Expected.latest();
        String[] employees = new String[EMPLOYEES];
        String[] addresses = new String[EMPLOYEES];
        String[] teams = new String[TEAMS];
        for (int number = 0; number < inputs; number++) {
            String[] table = number % 3 == 0 ? employees : number % 3 == 1 ? addresses : teams;
            table[number / 3 % table.length] = input(number).value();
        }
        int[] sizes = new int[TEAMS];
        for (int i = 0; i < EMPLOYEES; i++) {
            if (employees[i] == null) {
                continue;
            }
            int team = Integer.parseInt(teamIn(employees[i]).substring("team".length()));
            sizes[team]++;
            expected.add("team/" + employee(i), employees[i] + "+" + teams[team]);
            if (addresses[i] != null) {
                expected.add("address/" + employee(i), employees[i] + "+" + addresses[i]);
            }
        }
        for (int team = 0; team < TEAMS; team++) {
            expected.add("size/" + team(team), Integer.toString(sizes[team]));
        }
        return expected;
    }

    private static String employee(int number) {
        return "employee" + number % EMPLOYEES;
    }

    private static String team(int number) {
        return "team" + number % TEAMS;
    }

    private static String teamIn(String employee) {
        return employee.substring(employee.indexOf('@') + 1);
    }
}
