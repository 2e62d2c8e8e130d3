import java.time.Duration;
import java.util.Collections;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** What this version calls otherwise. */
final class Differences {
    static final boolean DELETES_OFFSETS = true;
    static final boolean HAS_NEW_GROUPS = true;
    static final boolean HAS_SHARE_GROUPS = true;

    private Differences() {}

    static TopicDescription describe(AdminClient admin, String topic) throws Exception {
        return admin.describeTopics(Collections.singleton(topic)).allTopicNames().get().get(topic);
    }

    static Future<Void> alterConfig(AdminClient admin, String topic, ConfigEntry kept, ConfigEntry set) {
        return admin.incrementalAlterConfigs(Collections.singletonMap(
            new ConfigResource(ConfigResource.Type.TOPIC, topic),
            Collections.singleton(new AlterConfigOp(set, AlterConfigOp.OpType.SET)))).all();
    }

    static void sendOffsets(KafkaProducer<?, ?> producer, TopicPartition at, OffsetAndMetadata offset, String group) {
        producer.sendOffsetsToTransaction(Collections.singletonMap(at, offset), new ConsumerGroupMetadata(group));
    }

    static void deleteOffset(AdminClient admin, String group, TopicPartition at) throws Exception {
        admin.deleteConsumerGroupOffsets(group, Collections.singleton(at)).all().get();
    }

    static void readShares(Properties common, AdminClient admin, String topic, String group) throws Exception {
        new Shares(common, admin, topic, group).check();
    }

    static void close(KafkaProducer<?, ?> producer) {
        producer.close(Duration.ofSeconds(5));
    }
}
