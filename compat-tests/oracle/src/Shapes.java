import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/**
 * Messages as JSON in the shape of Kafka's own converters, which want every field of a version and no other: here what is
 * left out is filled in, and what the version lacks is left out.
 */
final class Shapes {
    static final JsonMapper JSON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();
    private static final String PACKAGE = "org.apache.kafka.common.message.";
    private static final Map<String, JsonNode> SCHEMAS = new TreeMap<>();

    private Shapes() {
    }

    /** The request's bytes behind its header. */
    static ByteBuffer encode(ApiKeys api, short version, JsonNode request) throws Exception {
        String name = api.messageType.newRequest().getClass().getSimpleName();
        JsonNode schema = schema(name.replaceAll("Data$", ""));
        JsonNode whole = complete((ObjectNode) request.deepCopy(), schema.get("fields"), schema, version);
        Class<?> converter = Class.forName(PACKAGE + name + "JsonConverter");
        var read = converter.getMethod("read", JsonNode.class, short.class);
        return MessageUtil.toByteBufferAccessor((ApiMessage) read.invoke(null, whole, version), version).buffer();
    }

    /** A reply's JSON; bytes are base64, records are left to the caller. */
    static JsonNode toJson(ApiMessage message, short version) throws Exception {
        Class<?> converter = Class.forName(message.getClass().getName() + "JsonConverter");
        return (JsonNode) converter.getMethod("write", message.getClass(), short.class, boolean.class)
            .invoke(null, message, version, true);
    }

    static ApiMessage decodeReply(ApiKeys api, short version, ByteBuffer bytes) {
        ApiMessage reply = api.messageType.newResponse();
        reply.read(new ByteBufferAccessor(bytes), version);
        return reply;
    }

    private static JsonNode schema(String name) throws Exception {
        JsonNode known = SCHEMAS.get(name);
        if (known != null) {
            return known;
        }
        try (InputStream in = ApiKeys.class.getResourceAsStream("/common/message/" + name + ".json")) {
            SCHEMAS.put(name, JSON.readTree(in));
        }
        return SCHEMAS.get(name);
    }

    private static boolean contains(String versions, short version) {
        if (versions.equals("none")) {
            return false;
        }
        String[] ends = versions.endsWith("+")
            ? new String[] {versions.substring(0, versions.length() - 1), "32767"} : versions.split("-");
        return version >= Short.parseShort(ends[0]) && version <= Short.parseShort(ends[ends.length - 1]);
    }

    private static ObjectNode complete(ObjectNode value, JsonNode fields, JsonNode schema, short version) {
        for (JsonNode field : fields) {
            String name = field.get("name").asText();
            String key = Character.toLowerCase(name.charAt(0)) + name.substring(1);
            if (!contains(field.path("versions").asText(field.path("taggedVersions").asText()), version)) {
                value.remove(key);
                continue;
            }
            String type = field.get("type").asText();
            JsonNode inner = structFields(field, type.replaceFirst("^\\[\\]", ""), schema);
            JsonNode given = value.get(key);
            if (given == null) {
                value.set(key, defaultOf(field, type, inner, schema, version));
            } else if (inner != null && given.isArray()) {
                given.forEach(element -> complete((ObjectNode) element, inner, schema, version));
            } else if (inner != null && given.isObject()) {
                complete((ObjectNode) given, inner, schema, version);
            }
        }
        return value;
    }

    private static JsonNode structFields(JsonNode field, String type, JsonNode schema) {
        if (field.has("fields")) {
            return field.get("fields");
        }
        for (JsonNode struct : schema.path("commonStructs")) {
            if (struct.get("name").asText().equals(type)) {
                return struct.get("fields");
            }
        }
        return null;
    }

    private static JsonNode defaultOf(JsonNode field, String type, JsonNode inner, JsonNode schema, short version) {
        String text = field.path("default").asText("");
        if (text.equals("null")) {
            return JSON.nullNode();
        }
        if (type.startsWith("[]")) {
            return JSON.createArrayNode();
        }
        if (inner != null) {
            return complete(JSON.createObjectNode(), inner, schema, version);
        }
        return switch (type) {
            case "bool" -> JSON.getNodeFactory().booleanNode(text.equals("true"));
            case "string", "bytes" -> JSON.getNodeFactory().textNode(text);
            case "records" -> JSON.nullNode();
            case "uuid" -> JSON.getNodeFactory().textNode("AAAAAAAAAAAAAAAAAAAAAA");
            case "float64" -> JSON.getNodeFactory().numberNode(text.isEmpty() ? 0.0 : Double.parseDouble(text));
            default -> JSON.getNodeFactory().numberNode(text.isEmpty() ? 0L : Long.decode(text));
        };
    }
}
