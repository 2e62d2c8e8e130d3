import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Materialized;

/** Counts words through a repartition topic: each word gives its new count. */
class WordCount implements Example {
    static final String STORE = "store";
    private static final int DIFFERENT = 1000;

    @Override
    public List<String> inputs() {
        return List.of("words");
    }

    @Override
    public void build(StreamsBuilder builder) {
        builder.<String, String>stream("words").selectKey((key, word) -> word).groupByKey().count(Materialized.as(STORE))
            .toStream().mapValues(count -> count.toString()).to(OUTPUT);
    }

    @Override
    public ProducerRecord<String, String> input(int number) {
        return new ProducerRecord<>("words", word(number));
    }

    @Override
    public int due(int inputs) {
        return inputs;
    }

    @Override
    public Expected expected(int inputs) {
        Expected expected = Expected.each();
        for (int number = 0; number < inputs; number++) {
            expected.addNext(word(number));
        }
        return expected;
    }

    private static String word(int number) {
        return "word" + number % DIFFERENT;
    }
}
