import java.io.IOException;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;

/**
 * An application of Kafka Streams, with what goes into it and what has to come out. Its results go to the topic output. Times are
 * in milliseconds behind the start of the run, which is long enough ago that the end of a run may let hours pass.
 */
interface Example {
    int PARTITIONS = 4;
    String OUTPUT = "output";
    /** Key of the records that only let time pass. */
    String END = "end";

    static Example of(String name, long beganMs) {
        return switch (name) {
            case "word-count" -> new WordCount();
            case "joins" -> new Joins(beganMs);
            case "tables" -> new Tables();
            case "windows" -> new Windows(beganMs);
            case "suppress" -> new Suppress(beganMs);
            case "queries" -> new Queries();
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** Topics that are read; each has PARTITIONS partitions, as OUTPUT has. */
    List<String> inputs();

    void build(StreamsBuilder builder);

    /** What lies in the topics before the application starts. */
    default List<ProducerRecord<String, String>> before() {
        return List.of();
    }

    /** The record sent as the one of that number, counted from 0. */
    ProducerRecord<String, String> input(int number);

    /** What is sent to each partition when all inputs are. It may come several times. */
    default List<ProducerRecord<String, String>> end(int partition) {
        return List.of();
    }

    /** How many results there are at the least when so many inputs have been worked through. */
    int due(int inputs);

    /** All there has to be when so many inputs and the end have been worked through. */
    Expected expected(int inputs);

    /** Called in each instance before it starts; the port of loopback is one that nobody else has. */
    default void serve(KafkaStreams streams, int port) throws IOException {
    }
}
