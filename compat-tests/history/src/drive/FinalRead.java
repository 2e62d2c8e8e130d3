package drive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Behind the last fault: waits until no transaction is open, and reads everything from the beginning at both isolation levels. */
final class FinalRead extends Worker {
    private static final int ANSWER_S = 30;
    private static final long PATIENCE_NS = 120_000_000_000L;

    private final long deadline = System.nanoTime() + PATIENCE_NS;

    FinalRead(Run run) {
        super(run);
    }

    @Override
    void live() throws InterruptedException {
        try (Admin admin = Admin.create(Settings.admin(run.bootstrap()))) {
            List<TopicPartition> partitions = partitions(admin);
            Map<TopicPartition, Long> ends = stableEnds(admin, partitions);
            read(partitions, ends, true);
            read(partitions, ends, false);
            line("ok", "session").with("role", "consumer").with("client", "java-4.3.1").with("final", true).write();
            Listings.record(this, admin, partitions);
            fetchOffsets(admin);
        } catch (ExecutionException | TimeoutException error) {
            throw new IllegalStateException("the final read failed", error);
        }
        run.end();
    }

    private static List<TopicPartition> partitions(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        List<TopicPartition> partitions = new ArrayList<>();
        List<String> topics = new ArrayList<>(admin.listTopics().names().get(ANSWER_S, TimeUnit.SECONDS));
        admin.describeTopics(topics).allTopicNames().get(ANSWER_S, TimeUnit.SECONDS).forEach((topic, description) ->
            description.partitions().forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition()))));
        return partitions;
    }

    private void beInTime(String what) {
        if (System.nanoTime() > deadline) {
            throw new IllegalStateException("not in time: " + what);
        }
    }

    /** The last stable offsets, once they are the high watermarks. */
    private Map<TopicPartition, Long> stableEnds(Admin admin, List<TopicPartition> partitions)
            throws InterruptedException, ExecutionException, TimeoutException {
        while (true) {
            Map<TopicPartition, ListOffsetsResultInfo> stable =
                Listings.list(admin, partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
            Map<TopicPartition, ListOffsetsResultInfo> all =
                Listings.list(admin, partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
            List<TopicPartition> open = partitions.stream()
                .filter(partition -> stable.get(partition).offset() != all.get(partition).offset()).toList();
            if (open.isEmpty()) {
                Map<TopicPartition, Long> ends = new HashMap<>();
                stable.forEach((partition, end) -> ends.put(partition, end.offset()));
                return ends;
            }
            beInTime("a transaction stays open in " + open);
            Thread.sleep(200);
        }
    }

    private void read(List<TopicPartition> partitions, Map<TopicPartition, Long> ends, boolean isCommitted) {
        Map<String, Object> settings = Settings.consumer(run.bootstrap(), isCommitted);
        settings.put("max.poll.records", 2000);
        try (RecordedConsumer consumer = new RecordedConsumer(this, settings, true)) {
            consumer.assign(partitions);
            while (!partitions.stream().allMatch(partition -> consumer.position(partition) >= ends.get(partition))) {
                consumer.poll(200);
                beInTime("the final read has not come to the end");
            }
        }
    }

    private void fetchOffsets(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        for (GroupListing group : admin.listGroups().all().get(ANSWER_S, TimeUnit.SECONDS)) {
            line("invoke", "fetch_committed").write();
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group.groupId(),
                new ListConsumerGroupOffsetsOptions().requireStable(true)).partitionsToOffsetAndMetadata().get(ANSWER_S, TimeUnit.SECONDS);
            Recorder.Line line = line("ok", "fetch_committed").with("group", group.groupId()).with("stable", true);
            committed.forEach((partition, offset) -> line.op(partition, offset == null ? -1 : offset.offset()));
            line.write();
        }
    }
}
