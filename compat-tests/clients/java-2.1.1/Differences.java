import java.util.Arrays;
import java.util.Collections;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** What this version calls otherwise. */
final class Differences {
    static final boolean DELETES_OFFSETS = false;
    static final boolean HAS_NEW_GROUPS = false;
    static final boolean HAS_SHARE_GROUPS = false;

    private Differences() {}

    static TopicDescription describe(AdminClient admin, String topic) throws Exception {
        return admin.describeTopics(Collections.singleton(topic)).all().get().get(topic);
    }

    /** AlterConfigs puts the given ones in place of all that were there. */
    static Future<Void> alterConfig(AdminClient admin, String topic, ConfigEntry kept, ConfigEntry set) {
        return admin.alterConfigs(Collections.singletonMap(new ConfigResource(ConfigResource.Type.TOPIC, topic),
            new Config(Arrays.asList(kept, set)))).all();
    }

    static void sendOffsets(KafkaProducer<?, ?> producer, TopicPartition at, OffsetAndMetadata offset, String group) {
        producer.sendOffsetsToTransaction(Collections.singletonMap(at, offset), group);
    }

    static void readShares(Properties common, AdminClient admin, String topic, String group) {
        throw new UnsupportedOperationException();
    }

    static void deleteOffset(AdminClient admin, String group, TopicPartition at) {
        throw new UnsupportedOperationException();
    }

    static void close(KafkaProducer<?, ?> producer) {
        producer.close(5, TimeUnit.SECONDS);
    }
}
