import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.CoordinatorRecordType;
import org.apache.kafka.coordinator.share.ShareCoordinatorRecordSerde;
import org.apache.kafka.coordinator.transaction.TransactionCoordinatorRecordSerde;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogValue;

/** What the coordinators' topics amount to once they are replayed: the latest value of each key, transactions heeded. */
final class Coordinators {
    private final Dump dump;

    Coordinators(Dump dump) {
        this.dump = dump;
    }

    void dump() throws Exception {
        for (Path folder : dump.replicas()) {
            String name = folder.getFileName().toString();
            if (name.startsWith("__consumer_offsets-")) {
                replay(folder, new GroupCoordinatorRecordSerde(), Coordinators::nameOfGroup, this::group)
                    .forEach((key, value) -> dump.line("group", key, value));
            } else if (name.startsWith("__share_group_state-")) {
                replay(folder, new ShareCoordinatorRecordSerde(), Coordinators::nameOfShare, Coordinators::share)
                    .forEach((key, value) -> dump.line("share", key, value));
            } else if (name.startsWith("__transaction_state-")) {
                replay(folder, new TransactionCoordinatorRecordSerde(), type -> "TRANSACTION", this::transaction)
                    .forEach((key, value) -> dump.line("transactional-id", key, value));
            }
        }
    }

    private interface Describe {
        JsonNode json(ApiMessage message, short version, boolean isKey);
    }

    private interface Name {
        String of(short type);
    }

    private Map<String, String> replay(Path folder, CoordinatorRecordSerde serde, Name names, Describe describe) throws Exception {
        Map<String, String> table = new TreeMap<>();
        Map<Long, Map<String, String>> pending = new HashMap<>();
        for (Path file : Dump.files(folder, ".log")) {
            for (FileChannelRecordBatch batch : Logs.validBatches(file, true)) {
                for (Record record : batch) {
                    if (batch.isControlBatch()) {
                        Map<String, String> ended = pending.remove(batch.producerId());
                        boolean committed = ControlRecordType.parse(record.key()) == ControlRecordType.COMMIT;
                        if (ended != null && committed) ended.forEach((key, value) -> put(table, key, value));
                        continue;
                    }
                    CoordinatorRecord entry = serde.deserialize(record.key(), record.value());
                    String name = names.of(entry.key().apiKey());
                    String key = name + " " + describe.json(entry.key(), (short) 0, true);
                    dump.count("of_" + name.toLowerCase(java.util.Locale.ROOT));
                    String value = entry.value() == null ? null
                        : entry.value().version() + " " + describe.json(entry.value().message(), entry.value().version(), false);
                    if (batch.isTransactional()) {
                        pending.computeIfAbsent(batch.producerId(), id -> new HashMap<>()).put(key, value);
                    } else {
                        put(table, key, value);
                    }
                }
            }
        }
        pending.forEach((id, records) -> records.forEach((key, value) -> table.put("pending of producer " + id + " " + key, "" + value)));
        return table;
    }

    private static void put(Map<String, String> table, String key, String value) {
        if (value == null) {
            table.remove(key);
        } else {
            table.put(key, value);
        }
    }

    private static String nameOfGroup(short type) {
        return CoordinatorRecordType.fromId(type).name();
    }

    private static String nameOfShare(short type) {
        return org.apache.kafka.coordinator.share.generated.CoordinatorRecordType.fromId(type).name();
    }

    private JsonNode group(ApiMessage message, short version, boolean isKey) {
        dump.count(isKey ? "group_records" : "group_values");
        return isKey ? org.apache.kafka.coordinator.group.generated.CoordinatorRecordJsonConverters.writeRecordKeyAsJson(message)
            : org.apache.kafka.coordinator.group.generated.CoordinatorRecordJsonConverters.writeRecordValueAsJson(message, version);
    }

    private static JsonNode share(ApiMessage message, short version, boolean isKey) {
        return isKey ? org.apache.kafka.coordinator.share.generated.CoordinatorRecordJsonConverters.writeRecordKeyAsJson(message)
            : org.apache.kafka.coordinator.share.generated.CoordinatorRecordJsonConverters.writeRecordValueAsJson(message, version);
    }

    private JsonNode transaction(ApiMessage message, short version, boolean isKey) {
        if (message instanceof TransactionLogValue value && value.transactionStatus() == TransactionState.ONGOING.id()) dump.count("open");
        return isKey ? org.apache.kafka.coordinator.transaction.generated.CoordinatorRecordJsonConverters.writeRecordKeyAsJson(message)
            : org.apache.kafka.coordinator.transaction.generated.CoordinatorRecordJsonConverters.writeRecordValueAsJson(message, version);
    }
}
