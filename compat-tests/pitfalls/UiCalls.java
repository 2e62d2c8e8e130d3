import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.quota.ClientQuotaFilter;

/**
 * What web pages and exporters ask when they draw their first page: UiCalls BOOTSTRAP. Each call on its own line, "ok", or
 * "refused" where the broker says that it has no such thing. Anything else, silence among it, ends the program with status 1.
 */
public final class UiCalls {
    private interface Call {
        Object get() throws Exception;
    }

    private static <T> T of(KafkaFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", arguments[0]);
        properties.put("request.timeout.ms", "10000");
        properties.put("default.api.timeout.ms", "15000");
        Map<String, Call> wanted = new LinkedHashMap<>();
        Map<String, Call> optional = new LinkedHashMap<>();
        boolean good = true;
        try (Admin admin = Admin.create(properties)) {
            fillWanted(admin, wanted);
            fillOptional(admin, optional);
            for (Map.Entry<String, Call> call : wanted.entrySet()) {
                good &= make(call, false);
            }
            for (Map.Entry<String, Call> call : optional.entrySet()) {
                good &= make(call, true);
                good &= make(Map.entry("cluster behind " + call.getKey(), wanted.get("cluster")), false);
            }
        }
        System.exit(good ? 0 : 1);
    }

    private static boolean make(Map.Entry<String, Call> call, boolean mayBeRefused) {
        try {
            call.getValue().get();
            System.out.println("ok " + call.getKey());
            return true;
        } catch (Exception error) {
            Throwable cause = error instanceof ExecutionException ? error.getCause() : error;
            boolean refused = cause instanceof UnsupportedVersionException || cause instanceof SecurityDisabledException;
            System.out.println((refused && mayBeRefused ? "refused " : "FAILED ") + call.getKey() + ": " + cause);
            return refused && mayBeRefused;
        }
    }

    private static Collection<String> topics(Admin admin) throws Exception {
        return of(admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
    }

    private static Map<TopicPartition, OffsetSpec> partitions(Admin admin, OffsetSpec spec) throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        of(admin.describeTopics(topics(admin)).allTopicNames()).forEach((name, topic) ->
            topic.partitions().forEach(partition -> asked.put(new TopicPartition(name, partition.partition()), spec)));
        return asked;
    }

    private static List<String> groups(Admin admin) throws Exception {
        return of(admin.listGroups().all()).stream().map(GroupListing::groupId).collect(Collectors.toList());
    }

    private static void fillWanted(Admin admin, Map<String, Call> calls) {
        DescribeConfigsOptions all = new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
        calls.put("cluster", () -> of(admin.describeCluster(
            new DescribeClusterOptions().includeAuthorizedOperations(true)).nodes()));
        calls.put("controller", () -> of(admin.describeCluster().controller()));
        calls.put("topics", () -> of(admin.describeTopics(topics(admin),
            new DescribeTopicsOptions().includeAuthorizedOperations(true)).allTopicNames()));
        calls.put("settings of topics", () -> of(admin.describeConfigs(topics(admin).stream()
            .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).collect(Collectors.toList()), all).all()));
        calls.put("settings of the broker", () -> of(admin.describeConfigs(
            List.of(new ConfigResource(ConfigResource.Type.BROKER, "0")), all).all()));
        calls.put("sizes", () -> of(admin.describeLogDirs(List.of(0)).allDescriptions()));
        calls.put("first offsets", () -> of(admin.listOffsets(partitions(admin, OffsetSpec.earliest())).all()));
        calls.put("last offsets", () -> of(admin.listOffsets(partitions(admin, OffsetSpec.latest())).all()));
        calls.put("times", () -> of(admin.listOffsets(partitions(admin, OffsetSpec.maxTimestamp())).all()));
        calls.put("groups", () -> of(admin.describeConsumerGroups(groups(admin)).all()));
        calls.put("lag", () -> of(admin.listConsumerGroupOffsets(groups(admin).stream()
            .collect(Collectors.toMap(name -> name, name -> new ListConsumerGroupOffsetsSpec()))).all()));
        calls.put("features", () -> of(admin.describeFeatures().featureMetadata()));
        calls.put("reassignments", () -> of(admin.listPartitionReassignments().reassignments()));
        calls.put("quorum", () -> of(admin.describeMetadataQuorum().quorumInfo()));
        calls.put("producers", () -> of(admin.describeProducers(
            partitions(admin, OffsetSpec.latest()).keySet()).all()));
        calls.put("client metrics", () -> of(admin.listConfigResources().all()));
    }

    /** What a broker may do without, and then has to say so. */
    private static void fillOptional(Admin admin, Map<String, Call> calls) {
        calls.put("access lists", () -> of(admin.describeAcls(AclBindingFilter.ANY).values()));
        calls.put("quotas", () -> of(admin.describeClientQuotas(ClientQuotaFilter.all()).entities()));
        calls.put("users", () -> of(admin.describeUserScramCredentials().all()));
        calls.put("transactions", () -> of(admin.listTransactions().all()));
    }
}
