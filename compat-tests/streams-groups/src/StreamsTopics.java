import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetadataDelta;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetadataImage;

/** The topics of a cluster at one time. */
record StreamsTopics(Map<String, Topic> byName) implements CoordinatorMetadataImage {
    record Topic(String name, Uuid id, int partitionCount) implements TopicMetadata {
        @Override
        public List<String> partitionRacks(int partition) {
            return new ArrayList<>();
        }
    }

    StreamsTopics with(Topic topic) {
        Map<String, Topic> topics = new TreeMap<>(byName);
        topics.put(topic.name(), topic);
        return new StreamsTopics(topics);
    }

    StreamsTopics without(String name) {
        Map<String, Topic> topics = new TreeMap<>(byName);
        topics.remove(name);
        return new StreamsTopics(topics);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        byName.values().forEach(topic -> text.append("topic ").append(topic.name()).append(' ').append(topic.id())
            .append(' ').append(topic.partitionCount()).append('\n'));
        return text.toString();
    }

    /** What happened to the topics since `before`. */
    CoordinatorMetadataDelta since(StreamsTopics before) {
        Set<Uuid> changed = new HashSet<>();
        Set<Uuid> deleted = new HashSet<>();
        byName.values().stream().filter(topic -> !topic.equals(before.byName().get(topic.name())))
            .forEach(topic -> changed.add(topic.id()));
        before.byName().values().stream().filter(topic -> !byName.containsKey(topic.name()))
            .forEach(topic -> deleted.add(topic.id()));
        return new CoordinatorMetadataDelta() {
            @Override
            public Collection<Uuid> createdTopicIds() {
                return Set.of();
            }

            @Override
            public Collection<Uuid> changedTopicIds() {
                return changed;
            }

            @Override
            public Set<Uuid> deletedTopicIds() {
                return deleted;
            }

            /** The image before: deleted topics are in it. */
            @Override
            public CoordinatorMetadataImage image() {
                return before;
            }
        };
    }

    @Override
    public Set<Uuid> topicIds() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<String> topicNames() {
        return byName.keySet();
    }

    @Override
    public Optional<TopicMetadata> topicMetadata(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    @Override
    public Optional<TopicMetadata> topicMetadata(Uuid id) {
        return byName.values().stream().filter(topic -> topic.id().equals(id)).map(TopicMetadata.class::cast).findFirst();
    }

    @Override
    public CoordinatorMetadataDelta emptyDelta() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long version() {
        return 0;
    }

    @Override
    public boolean isEmpty() {
        return byName.isEmpty();
    }
}
