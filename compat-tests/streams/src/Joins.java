import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.GlobalKTable;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.ValueJoiner;

/**
 * Orders and payments by number, some of which lack the other: inner, left and outer join of both streams within a minute, and orders
 * with a table of customers and a global table of countries, which are there before. What lacks its other half shows when the end has
 * let the hour pass in which it could still come.
 */
final class Joins implements Example {
    private static final int CUSTOMERS = 200;
    private static final int COUNTRIES = 20;
    private static final int STEP_MS = 10;
    private static final Duration GRACE = Duration.ofHours(1);
    private static final ValueJoiner<String, String, String> BOTH = (left, right) -> left + "+" + right;

    private final long beganMs;

    Joins(long beganMs) {
        this.beganMs = beganMs;
    }

    @Override
    public List<String> inputs() {
        return List.of("orders", "payments", "customers", "countries");
    }

    @Override
    public void build(StreamsBuilder builder) {
        KStream<String, String> orders = builder.stream("orders");
        KStream<String, String> payments = builder.stream("payments");
        KTable<String, String> customers = builder.table("customers");
        GlobalKTable<String, String> countries = builder.globalTable("countries");
        JoinWindows within = JoinWindows.ofTimeDifferenceAndGrace(Duration.ofMinutes(1), GRACE);
        send("inner", orders.join(payments, BOTH, within));
        send("left", orders.leftJoin(payments, BOTH, within));
        send("outer", orders.outerJoin(payments, BOTH, within));
        KStream<String, String> paying = orders.filter((key, order) -> !key.equals(END));
        send("customer", paying.selectKey((key, order) -> customer(number(key))).leftJoin(customers, BOTH)
            .selectKey((key, pair) -> pair.substring(0, pair.indexOf('+'))));
        send("country", paying.join(countries, (key, order) -> country(number(key)), BOTH));
    }

    private static void send(String kind, KStream<String, String> results) {
        results.filter((key, result) -> !key.equals(END)).selectKey((key, result) -> kind + "/" + key).to(OUTPUT);
    }

    @Override
    public List<ProducerRecord<String, String>> before() {
        return IntStream.range(0, CUSTOMERS + COUNTRIES).mapToObj(i -> i < CUSTOMERS
            ? new ProducerRecord<>("customers", null, beganMs, customer(i), "of " + i)
            : new ProducerRecord<>("countries", null, beganMs, country(i - CUSTOMERS), "in " + (i - CUSTOMERS))).toList();
    }

    @Override
    public ProducerRecord<String, String> input(int number) {
        int pair = number / 2;
        String topic = number % 2 == 0 ? "orders" : "payments";
        // The payment that an order lacks, or the order a payment lacks, goes to a number nobody else has.
        boolean isThere = number % 2 == 0 ? hasOrder(pair) : hasPayment(pair);
        String key = isThere ? key(pair) : topic + "-alone-" + pair;
        return new ProducerRecord<>(topic, null, beganMs + (long) (pair + 1) * STEP_MS, key, key);
    }

    @Override
    public List<ProducerRecord<String, String>> end(int partition) {
        long atMs = beganMs + 3 * GRACE.toMillis();
        return List.of(new ProducerRecord<>("orders", partition, atMs, END, ""),
            new ProducerRecord<>("payments", partition, atMs, END, ""));
    }

    @Override
    public int due(int inputs) {
        int due = 0;
        for (int pair = 0; pair < inputs / 2; pair++) {
            due += (hasOrder(pair) && hasPayment(pair) ? 3 : 0) + 2;
        }
        return due;
    }

    @Override
    public Expected expected(int inputs) {
        Expected expected = Expected.each();
        for (int number = 0; number < inputs; number++) {
            int pair = number / 2;
            String key = input(number).key();
            boolean isOrder = number % 2 == 0;
            boolean isPair = hasOrder(pair) && hasPayment(pair) && (isOrder ? number + 1 < inputs : true);
            if (isPair && isOrder) {
                for (String kind : List.of("inner", "left", "outer")) {
                    expected.add(kind + "/" + key, key + "+" + key);
                }
            } else if (!isPair && isOrder) {
                expected.add("left/" + key, key + "+null");
                expected.add("outer/" + key, key + "+null");
            } else if (!isPair) {
                expected.add("outer/" + key, "null+" + key);
            }
            if (isOrder) {
                expected.add("customer/" + key, key + "+of " + pair % CUSTOMERS);
                expected.add("country/" + key, key + "+in " + pair % COUNTRIES);
            }
        }
        return expected;
    }

    private static boolean hasOrder(int pair) {
        return pair % 7 != 3;
    }

    private static boolean hasPayment(int pair) {
        return pair % 5 != 0;
    }

    private static String key(int pair) {
        return "pair-" + pair;
    }

    private static int number(String key) {
        return Integer.parseInt(key.substring(key.lastIndexOf('-') + 1));
    }

    private static String customer(int number) {
        return "customer-" + number % CUSTOMERS;
    }

    private static String country(int number) {
        return "country-" + number % COUNTRIES;
    }
}
