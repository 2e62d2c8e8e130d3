import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Utils;

/**
 * JSON of a message beside that of its converter: read by getters, with the bytes of records, and with fields that
 * the version lacks but are set.
 */
final class OwnJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Generated generated;
    private final short version;

    OwnJson(Generated generated, short version) {
        this.generated = generated;
        this.version = version;
    }

    ObjectNode of(Message message, List<Schema.Field> fields) throws ReflectiveOperationException {
        return struct(message, fields, true);
    }

    /** Of a struct that the version lacks, all fields. */
    private ObjectNode struct(Message struct, List<Schema.Field> fields, boolean isInVersion)
            throws ReflectiveOperationException {
        ObjectNode object = NODES.objectNode();
        Message standard = struct.getClass().getConstructor().newInstance();
        for (Schema.Field field : fields) {
            var getter = generated.accessors(struct.getClass(), field).getter();
            Object value = getter.invoke(struct);
            boolean isHere = isInVersion && field.versions().contains(version);
            boolean isInBody = isHere && !field.tagged().contains(version);
            if (!isInVersion || isInBody || !Objects.deepEquals(value, getter.invoke(standard))) {
                object.set(field.member(), value(field, value, isHere));
            }
        }
        return object;
    }

    private JsonNode value(Schema.Field field, Object value, boolean isHere) throws ReflectiveOperationException {
        if (value == null) {
            return NODES.nullNode();
        }
        if (!field.isArray()) {
            return one(field, value, isHere);
        }
        ArrayNode array = NODES.arrayNode();
        for (Object element : (Collection<?>) value) {
            array.add(one(field, element, isHere));
        }
        return array;
    }

    private JsonNode one(Schema.Field field, Object value, boolean isHere) throws ReflectiveOperationException {
        if (field.isStruct()) {
            return struct((Message) value, field.fields(), isHere);
        }
        if (value instanceof MemoryRecords records) {
            return NODES.binaryNode(Utils.toArray(records.buffer()));
        }
        if (value instanceof ByteBuffer buffer) {
            return NODES.binaryNode(Utils.toArray(buffer));
        }
        if (value instanceof byte[] bytes) {
            return NODES.binaryNode(bytes);
        }
        if (value instanceof Boolean bool) {
            return NODES.booleanNode(bool);
        }
        if (value instanceof Double number) {
            return NODES.numberNode(number);
        }
        return value instanceof Number number ? NODES.numberNode(number.longValue()) : NODES.textNode(value.toString());
    }

    /** Puts the bytes of records, as `own` has them, where a converter wrote an empty text. */
    static void putRecords(JsonNode converted, JsonNode own, List<Schema.Field> fields) {
        for (Schema.Field field : fields) {
            JsonNode there = converted.get(field.member());
            if (there == null || there.isNull()) {
                continue;
            }
            JsonNode here = own.get(field.member());
            if (field.type().equals("records")) {
                ((ObjectNode) converted).set(field.member(), here);
            } else if (field.isStruct() && field.isArray()) {
                for (int i = 0; i < there.size(); i++) {
                    putRecords(there.get(i), here.get(i), field.fields());
                }
            } else if (field.isStruct()) {
                putRecords(there, here, field.fields());
            }
        }
    }
}
