import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.metadata.ClientQuotaRecord;
import org.apache.kafka.common.metadata.ConfigRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue.MemberMetadata;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/** Logs of records that have a schema: every kind at every version, and what is no such record. */
final class MessageLogs {
    private static final long TIME = 1_700_000_000_000L;
    private final List<Schema> schemas;

    MessageLogs(Path folder) throws IOException {
        schemas = Schema.readAll(folder);
    }

    void write() throws Exception {
        log("metadata", metadata());
        log("odd-metadata", oddMetadata());
        log("offsets", coordinator("ConsumerGroup|ShareGroup(?!State)|ShareGroupStatePartitionMetadata|StreamsGroup"
            + "|OffsetCommit|LegacyOffsetCommit|GroupMetadata"));
        log("odd-offsets", oddOffsets());
        log("transactions", coordinator("TransactionLog"));
        log("shares", coordinator("ShareSnapshot|ShareUpdate"));
        log("keyless", List.of(record(bytes("00010000"), null), new SimpleRecord(TIME, null, new byte[0])));
    }

    private static void log(String folder, List<SimpleRecord> records) throws IOException {
        GoldenDump.write(folder + "/00000000000000000000.log", MemoryRecords.withRecords((byte) 2, 0,
            Compression.NONE, TimestampType.CREATE_TIME, records.toArray(new SimpleRecord[0])).buffer());
    }

    private static SimpleRecord record(byte[] key, byte[] value) {
        return new SimpleRecord(TIME, key, value);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static byte[] framed(ApiMessage message, int version) {
        ApiMessageAndVersion record = new ApiMessageAndVersion(message, (short) version);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(MetadataRecordSerde.INSTANCE.recordSize(record, cache));
        MetadataRecordSerde.INSTANCE.write(record, cache, new ByteBufferAccessor(buffer));
        return buffer.array();
    }

    /** Each style once: FULL, BARE, DEFAULT and one at random. */
    private List<Message> instances(Schema schema, int version) throws ReflectiveOperationException {
        Random random = new Random(schema.name().hashCode() * 31L + version);
        Filler filler = new Filler(new Generated(schema), schema, (short) version, new Values(random, true));
        List<Message> messages = new ArrayList<>();
        for (Filler.Style style : List.of(Filler.Style.FULL, Filler.Style.BARE, Filler.Style.RANDOM)) {
            messages.add(filler.fill(style));
        }
        return messages;
    }

    private List<SimpleRecord> metadata() throws ReflectiveOperationException {
        List<SimpleRecord> records = new ArrayList<>();
        for (Schema schema : schemas) {
            if (schema.type().equals("metadata")) {
                for (int version = schema.valid().lowest(); version <= schema.valid().highest(); version++) {
                    for (Message message : instances(schema, version)) {
                        records.add(record(null, framed((ApiMessage) message, version)));
                    }
                }
            }
        }
        return records;
    }

    private static List<SimpleRecord> oddMetadata() {
        List<SimpleRecord> records = new ArrayList<>();
        for (double value : new double[] {0, -0.0, 1, 0.1, 1e-3, 9.99e-4, 1e-5, 9999999, 1e7, 1.25e8, 12345678.9, 1e21,
            5e-324, Double.MAX_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 123456.0}) {
            records.add(record(null, framed(new ClientQuotaRecord().setEntity(List.of()).setKey("k").setValue(value), 0)));
        }
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0x80; c++) {
            all.append(c);
        }
        all.append("\u0080\u00e9\u2028\u2029\uffff\ud83c\udfbc");
        byte[] config = framed(new ConfigRecord().setResourceName("a").setName(all.toString()).setValue("x"), 0);
        records.add(record(null, config));
        byte[] brokenText = config.clone();
        for (int i = 0; i < 20; i++) {
            brokenText[50 + i] = bytes("80c0afe282f09f8ef4908080edb080c3ff41fe2e")[i];
        }
        records.add(record(null, brokenText));
        String[] odd = {"", "00", "000c00", "020c00", "01", "016300", "010c", "010cffff03", "010c63", "010c00", "010c0002",
            "010c000261", "010c00026100010000", "0114000000", "01140000ff", "011400", "01140a00", "ffffffffff7f",
            "808080808080", "ff7f0c00", "01ffff0300"};
        for (String hex : odd) {
            records.add(record(null, bytes(hex)));
        }
        records.add(record(bytes("6b6579"), bytes("01140000")));
        records.add(record(null, null));
        return records;
    }

    private static byte[] key(Message key) {
        return MessageUtil.toCoordinatorTypePrefixedBytes((ApiMessage) key);
    }

    private static byte[] value(Message value, int version) {
        return MessageUtil.toVersionPrefixedBytes((short) version, value);
    }

    private List<SimpleRecord> coordinator(String names) throws ReflectiveOperationException {
        List<SimpleRecord> records = new ArrayList<>();
        for (Schema schema : schemas) {
            if (!schema.type().equals("coordinator-key") || !schema.name().matches("(" + names + ").*")) {
                continue;
            }
            byte[] key = key(instances(schema, 0).get(0));
            String valueName = schema.name().replaceAll("Key$", "Value");
            for (Schema value : schemas) {
                for (int version = value.valid().lowest();
                        value.name().equals(valueName) && version <= value.valid().highest(); version++) {
                    for (Message message : instances(value, version)) {
                        records.add(record(key, value(message, version)));
                    }
                }
            }
            records.add(record(key, null));
        }
        return records;
    }

    private static byte[] serialized(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** Members whose metadata is that of consumers, at each version, and is not. */
    private static GroupMetadataValue members(String protocolType) {
        Subscription subscription = new Subscription(List.of("t", "u\n"), ByteBuffer.wrap(bytes("00ff")),
            List.of(new TopicPartition("t", 1), new TopicPartition("t", 2)), 4, java.util.Optional.of("rack"));
        Assignment assignment = new Assignment(List.of(new TopicPartition("t", 0)), null);
        List<MemberMetadata> members = new ArrayList<>();
        for (int version = 0; version <= 3; version++) {
            members.add(new MemberMetadata().setMemberId("m\"subscription\":\"").setClientId("c").setClientHost("/h")
                .setSubscription(serialized(ConsumerProtocol.serializeSubscription(subscription, (short) version)))
                .setAssignment(serialized(ConsumerProtocol.serializeAssignment(assignment, (short) version))));
        }
        for (String odd : new String[] {"", "00", "0003", "0009000000000000000000000000", "ffff", "00000000000100",
            "0000000000000000000000ff", "0000ffffffff"}) {
            members.add(new MemberMetadata().setMemberId("odd").setClientId("c").setClientHost("/h")
                .setSubscription(bytes(odd)).setAssignment(bytes(odd)));
        }
        return new GroupMetadataValue().setProtocolType(protocolType).setGeneration(1).setProtocol("range")
            .setLeader("m").setMembers(members);
    }

    private static List<SimpleRecord> oddOffsets() {
        List<SimpleRecord> records = new ArrayList<>();
        byte[] group = key(new GroupMetadataKey().setGroup("g"));
        for (int version = 0; version <= 4; version++) {
            records.add(record(group, value(members("consumer"), version)));
        }
        records.add(record(group, value(members("connect"), 3)));
        byte[] offset = key(new OffsetCommitKey().setGroup("g").setTopic("t").setPartition(3));
        for (String hex : new String[] {"", "00", "0063", "ffff", "0000", "00000000000000000005",
            "0000000000000000000500016d0000000000000007ffff"}) {
            records.add(record(offset, bytes(hex)));
        }
        for (String hex : new String[] {"", "00", "0063", "ffff", "0001", "00010001", "0001000161", "000200016700"}) {
            records.add(record(bytes(hex), bytes("0000")));
            records.add(record(bytes(hex), null));
        }
        records.add(record("text".getBytes(StandardCharsets.UTF_8), "text".getBytes(StandardCharsets.UTF_8)));
        return records;
    }
}
