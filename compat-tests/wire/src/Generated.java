import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.utils.Utils;

/** Apache Kafka's generated class of one message, reached by name. */
final class Generated {
    private static final String[] PACKAGES = {
        "org.apache.kafka.common.message", "org.apache.kafka.common.metadata",
        "org.apache.kafka.coordinator.group.generated", "org.apache.kafka.coordinator.share.generated",
        "org.apache.kafka.coordinator.transaction.generated", "org.apache.kafka.raft.generated",
        "org.apache.kafka.server.log.remote.metadata.storage.generated",
        "org.apache.kafka.streams.internals.generated",
    };

    private final Class<?> type;
    private final Method toJson;
    private final Map<String, Class<?>> structs = new HashMap<>();
    private final Map<Class<?>, Map<String, Accessors>> accessors = new HashMap<>();

    /** How a field is set and read. `element` is the class of the value, or of one element in a collection. */
    record Accessors(Method setter, Method getter, Class<?> value, Class<?> element) { }

    Generated(Schema schema) throws ReflectiveOperationException {
        boolean hasSuffix = schema.type().matches("request|response|header");
        type = classOf(schema.name() + (hasSuffix ? "Data" : ""));
        for (Class<?> inner : type.getDeclaredClasses()) {
            structs.put(inner.getSimpleName(), inner);
        }
        toJson = converter();
        Message message = create();
        if (message.lowestSupportedVersion() != schema.valid().lowest()
                || message.highestSupportedVersion() != schema.valid().highest()) {
            throw new IllegalStateException(type + " has other versions than schemas/ says");
        }
    }

    private static Class<?> classOf(String name) throws ClassNotFoundException {
        for (String folder : PACKAGES) {
            try {
                return Class.forName(folder + "." + name);
            } catch (ClassNotFoundException e) {
                continue;
            }
        }
        throw new ClassNotFoundException(name);
    }

    private Method converter() throws NoSuchMethodException {
        try {
            return Class.forName(type.getName() + "JsonConverter").getMethod("write", type, short.class, boolean.class);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    boolean hasConverter() {
        return toJson != null;
    }

    /** What the converter makes of the message; records are an empty text there. */
    JsonNode convert(Message message, short version) throws ReflectiveOperationException {
        return (JsonNode) toJson.invoke(null, message, version, true);
    }

    Message create() throws ReflectiveOperationException {
        return (Message) type.getConstructor().newInstance();
    }

    /** The bytes, once the class itself has read them and written them again. */
    byte[] encode(Message message, short version) throws ReflectiveOperationException {
        byte[] bytes = write(message, version);
        Message again = create();
        again.read(new ByteBufferAccessor(ByteBuffer.wrap(bytes)), version);
        if (!Arrays.equals(bytes, write(again, version))) {
            throw new IllegalStateException(type + " does not read what it writes");
        }
        return bytes;
    }

    private static byte[] write(Message message, short version) {
        return Utils.toArray(MessageUtil.toByteBufferAccessor(message, version).buffer());
    }

    Accessors accessors(Class<?> struct, Schema.Field field) throws ReflectiveOperationException {
        Map<String, Accessors> known = accessors.computeIfAbsent(struct, key -> new HashMap<>());
        if (!known.containsKey(field.name())) {
            known.put(field.name(), find(struct, field));
        }
        return known.get(field.name());
    }

    private Accessors find(Class<?> struct, Schema.Field field) throws ReflectiveOperationException {
        for (Method setter : struct.getMethods()) {
            if (!setter.getName().equals("set" + field.name()) || setter.getParameterCount() != 1) {
                continue;
            }
            Class<?> value = setter.getParameterTypes()[0];
            Class<?> element = value;
            if (field.isStruct()) {
                element = structs.get(Character.toUpperCase(field.type().charAt(0)) + field.type().substring(1));
            } else if (setter.getGenericParameterTypes()[0] instanceof ParameterizedType list) {
                element = (Class<?>) list.getActualTypeArguments()[0];
            }
            return new Accessors(setter, struct.getMethod(field.member()), value, element);
        }
        throw new NoSuchMethodException(struct + " has no field " + field.name());
    }
}
