import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Compares a topic with its copy: Compare SOURCE TOPIC TARGET COPY RECORDS GROUP... reads both until there are RECORDS, record by record,
 * and waits until the groups are where they have to be in the copy: at its end where the name ends with 100, else not behind the record
 * they would read next in the topic. "equal" then; status 1 with a word about why where a record is another one, or comes again.
 */
public final class Compare {
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final int PATIENCE_S = 180;

    private Compare() {
    }

    public static void main(String[] arguments) throws Exception {
        String topic = arguments[1];
        String copy = arguments[3];
        int records = Integer.parseInt(arguments[4]);
        // For each partition of the copy the offsets that its records have there, by their offsets in the topic.
        Map<Integer, TreeMap<Long, Long>> places = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> source = reader(arguments[0]); KafkaConsumer<byte[], byte[]> target = reader(arguments[2])) {
            for (int partition = 0, read = 0; read < records; partition++) {
                TreeMap<Long, Long> ofPartition = compare(source, new TopicPartition(topic, partition), target,
                    new TopicPartition(copy, partition));
                places.put(partition, ofPartition);
                read += ofPartition.size();
                System.out.println("read " + read);
            }
            requireEnds(target, copy, places);
        }
        try (Admin source = admin(arguments[0]); Admin target = admin(arguments[2])) {
            for (String group : List.of(arguments).subList(5, arguments.length)) {
                compareGroup(offsets(source, group), topic, target, copy, group, places);
            }
        }
        System.out.println("equal");
    }

    private static KafkaConsumer<byte[], byte[]> reader(String bootstrap) {
        return new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed",
            "auto.offset.reset", "earliest", "allow.auto.create.topics", "false"), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static TreeMap<Long, Long> compare(KafkaConsumer<byte[], byte[]> source, TopicPartition of,
            KafkaConsumer<byte[], byte[]> target, TopicPartition in) {
        TreeMap<Long, Long> places = new TreeMap<>();
        source.assign(List.of(of));
        source.seekToBeginning(List.of(of));
        target.assign(List.of(in));
        target.seekToBeginning(List.of(in));
        long end = source.endOffsets(List.of(of)).get(of);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        Iterator<ConsumerRecord<byte[], byte[]>> arrived = List.<ConsumerRecord<byte[], byte[]>>of().iterator();
        while (source.position(of) < end) {
            for (ConsumerRecord<byte[], byte[]> sent : source.poll(Duration.ofMillis(500))) {
                while (!arrived.hasNext()) {
                    arrived = target.poll(Duration.ofMillis(500)).iterator();
                    require(arrived.hasNext() || System.nanoTime() < deadline, sent + " does not arrive");
                }
                ConsumerRecord<byte[], byte[]> record = arrived.next();
                require(isSame(sent, record), record + " in place of " + sent);
                places.put(sent.offset(), record.offset());
            }
        }
        require(!arrived.hasNext(), "more records in " + in + " than in " + of);
        return places;
    }

    private static void requireEnds(KafkaConsumer<byte[], byte[]> target, String copy, Map<Integer, TreeMap<Long, Long>> places) {
        target.assign(places.keySet().stream().map(partition -> new TopicPartition(copy, partition)).toList());
        places.forEach((partition, ofPartition) -> target.seek(new TopicPartition(copy, partition),
            ofPartition.isEmpty() ? 0 : ofPartition.lastEntry().getValue() + 1));
        for (ConsumerRecord<byte[], byte[]> more : target.poll(QUIET)) {
            require(false, more + " is one too many");
        }
    }

    private static boolean isSame(ConsumerRecord<byte[], byte[]> sent, ConsumerRecord<byte[], byte[]> arrived) {
        return Arrays.equals(sent.key(), arrived.key()) && Arrays.equals(sent.value(), arrived.value())
            && sent.timestamp() == arrived.timestamp() && Objects.equals(sent.headers(), arrived.headers());
    }

    private static void compareGroup(Map<TopicPartition, OffsetAndMetadata> committed, String topic, Admin target, String copy, String group,
            Map<Integer, TreeMap<Long, Long>> places) throws Exception {
        boolean isAtEnd = group.endsWith("-100");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        for (var place : committed.entrySet()) {
            // The group has a place in what comes from the other side as well. A partition of which nothing was read may be left out.
            if (!place.getKey().topic().equals(topic) || place.getValue().offset() == 0) {
                continue;
            }
            TreeMap<Long, Long> ofPartition = places.get(place.getKey().partition());
            TopicPartition in = new TopicPartition(copy, place.getKey().partition());
            long wanted = place.getValue().offset() > ofPartition.lastKey() ? ofPartition.lastEntry().getValue() + 1
                : ofPartition.ceilingEntry(place.getValue().offset()).getValue();
            OffsetAndMetadata found;
            while ((found = offsets(target, group).get(in)) == null || (isAtEnd && found.offset() != wanted)) {
                require(System.nanoTime() < deadline, group + " is at " + found + " of " + in + " in place of " + wanted);
                Thread.sleep(200);
            }
            require(found.offset() <= wanted, group + " is at " + found + " of " + in + ", behind " + wanted);
        }
    }

    private static Admin admin(String bootstrap) {
        return Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Admin admin, String group) throws Exception {
        return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get(30, TimeUnit.SECONDS);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            System.out.println("FAILED: " + otherwise);
            Runtime.getRuntime().halt(1);
        }
    }
}
