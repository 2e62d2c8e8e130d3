import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** JSON trees: paths like /topics/&#42;/name, variables, masks, differences. */
final class Trees {
    /** Shorter values could be anything, so they are not looked for inside other strings. */
    private static final int LEAST_VARIABLE_CHARS = 16;

    private Trees() {
    }

    /** Replaces what lies at the path, where there is something. `*` is every element. */
    static void change(JsonNode tree, String path, UnaryOperator<JsonNode> by) {
        change(tree, path.substring(1).split("/"), 0, by);
    }

    private static void change(JsonNode tree, String[] path, int at, UnaryOperator<JsonNode> by) {
        List<String> keys = new ArrayList<>();
        if (!path[at].equals("*")) {
            keys.add(path[at]);
        } else if (tree.isArray()) {
            for (int i = 0; i < tree.size(); i++) {
                keys.add(Integer.toString(i));
            }
        } else {
            tree.fieldNames().forEachRemaining(keys::add);
        }
        for (String key : keys) {
            JsonNode child = tree.isArray() ? tree.path(Integer.parseInt(key)) : tree.path(key);
            if (child.isMissingNode()) {
                continue;
            }
            if (at + 1 < path.length) {
                change(child, path, at + 1, by);
            } else if (tree.isArray()) {
                ((ArrayNode) tree).set(Integer.parseInt(key), by.apply(child));
            } else {
                ((ObjectNode) tree).set(key, by.apply(child));
            }
        }
    }

    /** Elements in the order of their text, for arrays whose order says nothing. */
    static JsonNode sorted(JsonNode array) {
        if (!array.isArray()) {
            return array;
        }
        List<JsonNode> elements = new ArrayList<>();
        array.forEach(elements::add);
        elements.sort(Comparator.comparing(JsonNode::toString));
        return Shapes.JSON.createArrayNode().addAll(elements);
    }

    /**
     * Puts values for ${name}, a text for {"$times"}, and bytes for {"$text"}, {"$hex"} and {"$batch"}. A string that is
     * only a variable becomes the variable's value with its type.
     */
    static JsonNode fill(JsonNode tree, Map<String, JsonNode> variables) {
        if (tree.isTextual()) {
            return fillText(tree.asText(), variables);
        }
        if (tree.isArray()) {
            ArrayNode filled = Shapes.JSON.createArrayNode();
            tree.forEach(element -> filled.add(fill(element, variables)));
            return filled;
        }
        if (!tree.isObject()) {
            return tree;
        }
        ObjectNode filled = Shapes.JSON.createObjectNode();
        tree.fields().forEachRemaining(field -> filled.set(field.getKey(), fill(field.getValue(), variables)));
        if (filled.has("$times")) {
            return TextNode.valueOf(filled.get("$times").get(0).asText().repeat(filled.get("$times").get(1).asInt()));
        }
        if (filled.has("$text")) {
            return base64(filled.get("$text").asText().getBytes(StandardCharsets.UTF_8));
        }
        if (filled.has("$hex")) {
            return base64(HexFormat.of().parseHex(filled.get("$hex").asText()));
        }
        return filled.has("$batch") ? base64(Batches.bytes(filled.get("$batch"))) : filled;
    }

    static String fill(String text, Map<String, JsonNode> variables) {
        return fillText(text, variables).asText();
    }

    private static JsonNode base64(byte[] bytes) {
        return TextNode.valueOf(Base64.getEncoder().encodeToString(bytes));
    }

    private static JsonNode fillText(String text, Map<String, JsonNode> variables) {
        String filled = text;
        // The innermost first: a variable's name may hold another's value.
        for (int begin = filled.lastIndexOf("${"); begin >= 0; begin = filled.lastIndexOf("${")) {
            int end = filled.indexOf('}', begin);
            JsonNode value = variables.get(filled.substring(begin + 2, end));
            if (value == null) {
                throw new IllegalArgumentException("no such variable: " + filled);
            }
            if (begin == 0 && end == filled.length() - 1) {
                return value;
            }
            filled = filled.substring(0, begin) + value.asText() + filled.substring(end + 1);
        }
        return TextNode.valueOf(filled);
    }

    /** The other way: values of variables in a reply become ${name}, so that recordings of two brokers are alike. */
    static JsonNode unfill(JsonNode tree, Map<String, JsonNode> variables) {
        if (tree.isTextual()) {
            String text = tree.asText();
            for (var variable : variables.entrySet()) {
                String value = variable.getValue().asText();
                if (variable.getValue().isTextual() && value.length() >= LEAST_VARIABLE_CHARS) {
                    text = text.replace(value, "${" + variable.getKey() + "}");
                }
            }
            return TextNode.valueOf(text);
        }
        if (tree.isArray()) {
            ArrayNode changed = Shapes.JSON.createArrayNode();
            tree.forEach(element -> changed.add(unfill(element, variables)));
            return changed;
        }
        if (!tree.isObject()) {
            return tree;
        }
        ObjectNode changed = Shapes.JSON.createObjectNode();
        tree.fields().forEachRemaining(field -> changed.set(field.getKey(), unfill(field.getValue(), variables)));
        return changed;
    }

    /** A value behind a mask. What stands for nothing shows, and so does a variable, which is alike for all brokers. */
    static JsonNode hidden(JsonNode value) {
        String text = value.asText();
        boolean shows = value.isNull() || text.startsWith("${") || List.of("", "0", "-1", "AAAAAAAAAAAAAAAAAAAAAA").contains(text);
        return shows ? value : TextNode.valueOf("*");
    }

    /** One line per differing field: its path, what was recorded, what came. */
    static List<String> differences(String path, JsonNode recorded, JsonNode came) {
        List<String> lines = new ArrayList<>();
        if (recorded != null && came != null && recorded.isObject() && came.isObject()) {
            TreeSet<String> keys = new TreeSet<>();
            recorded.fieldNames().forEachRemaining(keys::add);
            came.fieldNames().forEachRemaining(keys::add);
            for (String key : keys) {
                lines.addAll(differences(path + "/" + key, recorded.get(key), came.get(key)));
            }
        } else if (recorded != null && came != null && recorded.isArray() && came.isArray()) {
            for (int i = 0; i < Math.max(recorded.size(), came.size()); i++) {
                lines.addAll(differences(path + "/" + i, recorded.get(i), came.get(i)));
            }
        } else if (recorded == null || came == null || !recorded.toString().equals(came.toString())) {
            lines.add(path + ": Apache Kafka " + brief(recorded) + ", here " + brief(came));
        }
        return lines;
    }

    private static String brief(JsonNode node) {
        return node == null ? "has nothing" : brief(node.toString(), 200);
    }

    static String brief(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "...";
    }
}
