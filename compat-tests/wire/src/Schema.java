import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One message of schemas/: the facts that filling it at random needs. */
record Schema(String name, String type, Versions valid, Versions flexible, List<Field> fields) {
    private static final ObjectMapper JSON = new ObjectMapper();

    record Versions(int lowest, int highest) {
        static final Versions NONE = new Versions(0, -1);

        static Versions parse(String text) {
            if (text.equals("none")) {
                return NONE;
            }
            String[] ends = text.endsWith("+")
                ? new String[] {text.substring(0, text.length() - 1), "32767"} : text.split("-");
            return new Versions(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
        }

        boolean isEmpty() {
            return lowest > highest;
        }

        boolean contains(int version) {
            return lowest <= version && version <= highest;
        }

        Versions and(Versions other) {
            return new Versions(Math.max(lowest, other.lowest), Math.min(highest, other.highest));
        }
    }

    /** `type` is that of one element where `isArray`. `fields` are those of a struct, else null. No tag is -1. */
    record Field(String name, String type, boolean isArray, Versions versions, Versions nullable, Versions tagged,
                 int tag, boolean ignorable, List<Field> fields) {
        boolean isStruct() {
            return fields != null;
        }

        /** Name of the getter, and of the member in JSON. */
        String member() {
            return Character.toLowerCase(name.charAt(0)) + name.substring(1);
        }
    }

    /** The live messages of the folder, by name. */
    static List<Schema> readAll(Path folder) throws IOException {
        List<Schema> schemas = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
                Schema schema = of(JSON.readTree(file.toFile()));
                if (!schema.valid.isEmpty()) {
                    schemas.add(schema);
                }
            }
        }
        schemas.sort((one, other) -> one.name.compareTo(other.name));
        return schemas;
    }

    private static Schema of(JsonNode root) {
        Map<String, JsonNode> common = new HashMap<>();
        root.path("commonStructs").forEach(struct -> common.put(struct.get("name").asText(), struct));
        Versions valid = Versions.parse(root.get("validVersions").asText());
        return new Schema(root.get("name").asText(), root.get("type").asText(), valid,
            versions(root, "flexibleVersions", Versions.NONE), fields(root.get("fields"), valid, common));
    }

    /** Versions of fields are kept within those in which the struct around them exists. */
    private static List<Field> fields(JsonNode list, Versions within, Map<String, JsonNode> common) {
        List<Field> fields = new ArrayList<>();
        for (JsonNode node : list) {
            String name = node.get("name").asText();
            String type = node.get("type").asText();
            boolean isArray = type.startsWith("[]");
            String element = isArray ? type.substring(2) : type;
            Versions tagged = versions(node, "taggedVersions", Versions.NONE).and(within);
            Versions versions = versions(node, "versions", tagged).and(within);
            List<Field> inner = null;
            if (node.has("fields")) {
                inner = fields(node.get("fields"), versions, common);
            } else if (common.containsKey(element)) {
                JsonNode struct = common.get(element);
                inner = fields(struct.get("fields"), within.and(versions(struct, "versions", within)), common);
            }
            fields.add(new Field(Character.toUpperCase(name.charAt(0)) + name.substring(1), element, isArray, versions,
                versions(node, "nullableVersions", Versions.NONE).and(versions), tagged, node.path("tag").asInt(-1),
                node.path("ignorable").asBoolean(), inner));
        }
        return fields;
    }

    private static Versions versions(JsonNode node, String key, Versions otherwise) {
        return node.has(key) ? Versions.parse(node.get(key).asText()) : otherwise;
    }
}
