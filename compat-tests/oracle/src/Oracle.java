import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Plays case files against a broker. Usage:
 *   Oracle record BOOTSTRAP CASE RECORDING     writes what the broker answered
 *   Oracle compare BOOTSTRAP CASE RECORDING    prints the fields in which the broker answers otherwise; status 1
 *   Oracle print BOOTSTRAP CASE                prints what the broker answered
 */
public final class Oracle {
    private Oracle() {
    }

    public static void main(String[] args) throws Exception {
        JsonNode steps = Shapes.JSON.readTree(Path.of(args[2]).toFile()).get("steps");
        List<JsonNode> answers = new Player(args[1]).play(steps);
        switch (args[0]) {
            case "record" -> Files.writeString(Path.of(args[3]), text(answers));
            case "compare" -> System.exit(compare(Shapes.JSON.readTree(Path.of(args[3]).toFile()), answers));
            default -> System.out.print(text(answers));
        }
    }

    /** One line per answer, so that a change of one is a change of one line. */
    private static String text(List<JsonNode> answers) {
        List<String> lines = new ArrayList<>();
        answers.forEach(answer -> lines.add(answer.toString()));
        return "[\n" + String.join(",\n", lines) + "\n]\n";
    }

    private static int compare(JsonNode recording, List<JsonNode> answers) {
        int differing = 0;
        for (int i = 0; i < Math.max(recording.size(), answers.size()); i++) {
            JsonNode recorded = recording.get(i);
            JsonNode came = i < answers.size() ? answers.get(i) : null;
            List<String> lines = Trees.differences("", recorded, came);
            if (!lines.isEmpty()) {
                differing++;
                ObjectNode where = (recorded == null ? came : recorded).deepCopy();
                where.remove("reply");
                System.out.println("answer " + i + " " + where);
                lines.forEach(line -> System.out.println("    " + line));
            }
        }
        System.out.println(answers.size() + " answers, " + differing + " differ");
        return differing == 0 ? 0 : 1;
    }

    /** The numbers of "3", "0-4" or "all" (what a release without unstable versions speaks). */
    static List<Short> versions(JsonNode step, short least, short greatest) {
        String text = step.has("version") ? step.get("version").asText() : step.path("versions").asText("all");
        List<Short> numbers = new ArrayList<>();
        short from = least;
        short to = greatest;
        if (!text.equals("all")) {
            String[] ends = text.split("(?<=\\d)-");
            from = Short.parseShort(ends[0]);
            to = ends.length == 1 ? from : ends[1].equals("last") ? greatest : Short.parseShort(ends[1]);
        }
        for (short version = from; version <= to; version++) {
            numbers.add(version);
        }
        return numbers;
    }

    static ObjectNode masked(ObjectNode answer, JsonNode step) {
        for (JsonNode path : step.path("unordered")) {
            Trees.change(answer, "/reply" + path.asText(), Trees::sorted);
        }
        for (JsonNode path : step.path("mask")) {
            Trees.change(answer, "/reply" + path.asText(), node -> TextNode.valueOf("*"));
        }
        return answer;
    }

    /** The elements of the arrays at these paths that have the field with that value; the others are left out. */
    static void select(ObjectNode answer, JsonNode step) {
        step.path("select").fields().forEachRemaining(entry -> Trees.change(answer, "/reply" + entry.getKey(), array -> {
            ArrayNode chosen = Shapes.JSON.createArrayNode();
            String pattern = entry.getValue().get(1).asText();
            array.forEach(element -> {
                if (element.path(entry.getValue().get(0).asText()).asText().matches(pattern)) {
                    chosen.add(element);
                }
            });
            return chosen;
        }));
    }
}
