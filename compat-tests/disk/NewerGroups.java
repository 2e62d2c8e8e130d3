import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Share groups and streams groups that work for a while. Their members leave in the end: how long they are remembered is the broker's,
 * and whoever takes the directory over is not to find them gone.
 */
final class NewerGroups {
    static final String SHARE = "share";
    private static final AcknowledgeType[] ANSWERS =
        {AcknowledgeType.ACCEPT, AcknowledgeType.RELEASE, AcknowledgeType.ACCEPT, AcknowledgeType.REJECT, AcknowledgeType.ACCEPT};
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private final Function<Map<String, String>, Properties> client;
    private final Admin admin;

    NewerGroups(Function<Map<String, String>, Properties> client, Admin admin) {
        this.client = client;
        this.admin = admin;
    }

    /** A member takes some records and accepts, gives back and rejects some of them: the share partition's state has gaps. */
    void share(String topic) throws Exception {
        Properties properties = client.apply(Map.of("group.id", SHARE, "share.acknowledgement.mode", "explicit"));
        try (var consumer = new KafkaShareConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            int taken = 0;
            while (taken == 0) {
                if (System.nanoTime() > deadline) throw new IllegalStateException("a share group gets nothing of " + topic);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100)))
                    consumer.acknowledge(record, ANSWERS[taken++ % ANSWERS.length]);
            }
            consumer.commitSync().values().forEach(failure -> failure.ifPresent(error -> {
                throw error;
            }));
        }
    }

    /** An application counts by key, through a repartition topic and into a store, until it has counted all there is. */
    void streams(String input, String output) throws Exception {
        StreamsBuilder builder = new StreamsBuilder();
        builder.<byte[], byte[]>stream(input).map((key, value) -> KeyValue.pair(value == null ? "none" : "of " + value.length, "1"))
            .groupByKey(Grouped.with(Serdes.String(), Serdes.String())).count(Materialized.as("counted"))
            .toStream().to(output, Produced.with(Serdes.String(), Serdes.Long()));
        Path state = Files.createTempDirectory("streams");
        Properties properties = client.apply(Map.of("application.id", "streams", "group.protocol", "streams", "state.dir", state.toString(),
            "statestore.cache.max.bytes", "0", "commit.interval.ms", "100", "auto.offset.reset", "earliest",
            "default.key.serde", Serdes.ByteArraySerde.class.getName(), "default.value.serde", Serdes.ByteArraySerde.class.getName()));
        long wanted = sum(input);
        KafkaStreams streams = new KafkaStreams(builder.build(), properties);
        try {
            streams.start();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (sum(output) < wanted) {
                if (System.nanoTime() > deadline) throw new IllegalStateException("an application of Streams counts " + sum(output) + " of " + wanted);
                Thread.sleep(50);
            }
        } finally {
            streams.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP).withTimeout(PATIENCE));
            Utils.delete(state.toFile());
        }
    }

    private long sum(String topic) throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        IntStream.range(0, 2).forEach(partition -> asked.put(new TopicPartition(topic, partition), OffsetSpec.latest()));
        return admin.listOffsets(asked).all().get().values().stream().mapToLong(info -> info.offset()).sum();
    }
}
