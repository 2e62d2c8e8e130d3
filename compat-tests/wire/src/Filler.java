import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/** Fills messages of one kind and version at random, in a way that its style sets. */
final class Filler {
    enum Style {
        /** Everything that the version has is set and not empty, with unknown tagged fields. */
        FULL,
        /** Nulls and empty arrays wherever the version allows them. */
        BARE,
        /** The defaults. */
        DEFAULT,
        /** Each field by chance; also fields that the version may drop. */
        RANDOM,
        /** As before, but also values that the version cannot carry, so that writing may fail. */
        STRAY,
    }

    /** Values in one message, after which arrays stay short. */
    private static final int MOST_VALUES = 3000;

    private final Generated generated;
    private final Schema schema;
    private final short version;
    private final Values values;
    private final List<List<RawTaggedField>> unknown = new ArrayList<>();
    private Style style;
    private int valuesLeft;

    Filler(Generated generated, Schema schema, short version, Values values) {
        this.generated = generated;
        this.schema = schema;
        this.version = version;
        this.values = values;
    }

    Message fill(Style how) throws ReflectiveOperationException {
        style = how;
        valuesLeft = MOST_VALUES;
        unknown.clear();
        Message message = generated.create();
        fill(message, schema.fields());
        return message;
    }

    /** Takes the unknown tagged fields out of the message filled last; false if there are none. */
    boolean dropUnknown() {
        unknown.forEach(List::clear);
        return !unknown.isEmpty();
    }

    private void fill(Message struct, List<Schema.Field> fields) throws ReflectiveOperationException {
        for (Schema.Field field : fields) {
            if (field.versions().contains(version)) {
                fillPresent(struct, field);
            } else if (!field.versions().isEmpty() && strays(field)) {
                set(struct, field, value(struct, field));
            }
        }
        if (schema.flexible().contains(version)) {
            addUnknown(struct, fields);
        }
    }

    /** Whether a field that the version lacks is set all the same. */
    private boolean strays(Schema.Field field) {
        return switch (style) {
            case RANDOM -> field.ignorable() && values.once(3);
            case STRAY -> values.once(field.ignorable() ? 3 : 6);
            default -> false;
        };
    }

    private void fillPresent(Message struct, Schema.Field field) throws ReflectiveOperationException {
        boolean nullable = field.nullable().contains(version);
        boolean mayBeNull = nullable
            || style == Style.STRAY && !field.nullable().isEmpty() && values.once(6);
        boolean isTagged = field.tagged().contains(version);
        boolean hasNull = generated.accessors(struct.getClass(), field).getter().invoke(struct) == null;
        boolean keepsDefault = switch (style) {
            case FULL, BARE -> false;
            case DEFAULT -> true;
            case RANDOM, STRAY -> values.once(isTagged ? 2 : 5);
        };
        if (keepsDefault && (nullable || !hasNull)) {
            return;
        }
        if (mayBeNull && (style == Style.BARE || style != Style.FULL && values.once(3))) {
            set(struct, field, null);
            return;
        }
        set(struct, field, style == Style.FULL ? other(struct, field) : value(struct, field));
    }

    /** A value that differs from the default, if a few attempts find one. */
    private Object other(Message struct, Schema.Field field) throws ReflectiveOperationException {
        Object standard = generated.accessors(struct.getClass(), field).getter().invoke(struct);
        Object value = value(struct, field);
        for (int attempt = 0; attempt < 20 && Objects.deepEquals(value, standard); attempt++) {
            value = value(struct, field);
        }
        return value;
    }

    private void set(Message struct, Schema.Field field, Object value) throws ReflectiveOperationException {
        try {
            generated.accessors(struct.getClass(), field).setter().invoke(struct, value);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(struct.getClass() + "." + field.name() + ": " + value, e.getCause());
        }
    }

    private Object value(Message struct, Schema.Field field) throws ReflectiveOperationException {
        Generated.Accessors accessors = generated.accessors(struct.getClass(), field);
        if (!field.isArray()) {
            return one(field, accessors.element());
        }
        Collection<Object> elements = collection(accessors.value());
        for (int left = count(field); left > 0; left--) {
            elements.add(one(field, accessors.element()));
        }
        return elements;
    }

    @SuppressWarnings("unchecked")
    private static Collection<Object> collection(Class<?> type) throws ReflectiveOperationException {
        return type == List.class ? new ArrayList<>() : (Collection<Object>) type.getConstructor().newInstance();
    }

    private int count(Schema.Field field) {
        if (style == Style.BARE) {
            return field.isStruct() ? values.below(2) : 0;
        }
        int least = style == Style.FULL ? 1 : 0;
        if (valuesLeft <= 0) {
            return least;
        }
        boolean isFlat = !field.isStruct()
            || field.fields().stream().noneMatch(inner -> inner.isArray() || inner.isStruct());
        if (isFlat && values.onceUnlessBrief(30)) {
            return 126 + values.below(4); // where one byte of a compact length no longer does
        }
        boolean isNumber = field.type().matches("u?int.*");
        if (isNumber && values.onceUnlessBrief(100)) {
            return 16_382 + values.below(4); // and where two do not
        }
        return least + values.below(style == Style.FULL ? 2 : 4);
    }

    private Object one(Schema.Field field, Class<?> type) throws ReflectiveOperationException {
        valuesLeft--;
        if (field.isStruct()) {
            Message struct = (Message) type.getConstructor().newInstance();
            fill(struct, field.fields());
            return struct;
        }
        if (field.type().equals("string") && style == Style.STRAY && values.once(40)) {
            return "x".repeat(Values.LONGEST_TEXT_BYTES + 1);
        }
        return values.of(field.type(), type);
    }

    /** Tagged fields that no version knows, above the known ones and in the gaps between them. */
    private void addUnknown(Message struct, List<Schema.Field> fields) {
        boolean adds = style == Style.FULL || style == Style.RANDOM && values.once(8);
        if (!adds || valuesLeft <= 0) {
            return;
        }
        List<RawTaggedField> tags = struct.unknownTaggedFields();
        int tag = values.below(3);
        for (int left = 1 + values.below(3); left > 0; left--) {
            int candidate = tag;
            while (isKnown(fields, candidate)) {
                candidate++;
            }
            tags.add(new RawTaggedField(candidate, values.bytes()));
            tag = candidate + 1 + (values.once(3) ? values.below(1 << 30) : values.below(4));
        }
        unknown.add(tags);
    }

    private static boolean isKnown(List<Schema.Field> fields, int tag) {
        return fields.stream().anyMatch(field -> field.tag() == tag);
    }
}
