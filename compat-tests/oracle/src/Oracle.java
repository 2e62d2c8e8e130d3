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
        List<Player.Played> played = new Player(args[1], Shapes.JSON.readTree(Path.of(args[2]).toFile())).play();
        switch (args[0]) {
            case "record" -> Files.writeString(Path.of(args[3]), text(played));
            case "compare" -> System.exit(compare(expanded(Shapes.JSON.readTree(Path.of(args[3]).toFile())), played));
            default -> System.out.print(text(played));
        }
    }

    /** One line per answer, so that a change of one is a change of one line; versions that answer alike share one. */
    private static String text(List<Player.Played> played) {
        List<String> lines = new ArrayList<>();
        ObjectNode first = null;
        int last = -1;
        for (Player.Played one : played) {
            ObjectNode answer = one.answer();
            if (first != null && answer.path("version").asInt() == last + 1 && equalBut("version", first, answer)) {
                last++;
            } else {
                addLine(lines, first, last);
                first = answer;
                last = answer.path("version").asInt(-1);
            }
        }
        addLine(lines, first, last);
        return "[\n" + String.join(",\n", lines) + "\n]\n";
    }

    private static boolean equalBut(String key, ObjectNode one, ObjectNode other) {
        return one.has(key) && other.has(key) && one.deepCopy().without(key).equals(other.deepCopy().without(key));
    }

    private static void addLine(List<String> lines, ObjectNode first, int last) {
        if (first == null) {
            return;
        }
        int version = first.path("version").asInt(-1);
        lines.add(version == last ? first.toString() : first.deepCopy().put("version", version + "-" + last).toString());
    }

    /** A recording with an answer for each version. */
    private static List<ObjectNode> expanded(JsonNode recording) {
        List<ObjectNode> answers = new ArrayList<>();
        for (JsonNode line : recording) {
            if (!line.path("version").isTextual()) {
                answers.add((ObjectNode) line);
                continue;
            }
            for (short version : versions(line, (short) 0, (short) 0)) {
                answers.add(((ObjectNode) line.deepCopy()).put("version", (int) version));
            }
        }
        return answers;
    }

    private static int compare(List<ObjectNode> recording, List<Player.Played> played) {
        int differing = 0;
        for (int i = 0; i < Math.max(recording.size(), played.size()); i++) {
            JsonNode came = i < played.size() ? played.get(i).answer() : null;
            ObjectNode recorded = i < recording.size() ? recording.get(i) : null;
            if (recorded != null && came != null) {
                decide(recorded, played.get(i).step().path("decided"));
            }
            List<String> lines = Trees.differences("", recorded, came);
            if (!lines.isEmpty()) {
                differing++;
                ObjectNode where = (recorded == null ? came : recorded).deepCopy();
                where.remove("reply");
                System.out.println("answer " + i + " " + where);
                lines.forEach(line -> System.out.println("    " + line));
            }
        }
        System.out.println(played.size() + " answers, " + differing + " differ");
        return differing == 0 ? 0 : 1;
    }

    /** What Moldau is to answer where it was decided that it answers otherwise. */
    private static void decide(ObjectNode recorded, JsonNode decided) {
        if (decided.has("answer")) {
            recorded.without(List.of("reply", "came"));
            recorded.setAll((ObjectNode) decided.get("answer"));
        }
        decided.path("set").fields().forEachRemaining(
            entry -> Trees.change(recorded, "/reply" + entry.getKey(), node -> entry.getValue()));
        decided.path("drop").fields().forEachRemaining(
            entry -> choose(recorded, entry.getKey(), entry.getValue(), false));
    }

    /** The numbers of "3", "0-4" or "all" (what a release without unstable versions speaks). */
    static List<Short> versions(JsonNode step, short least, short greatest) {
        String text = step.has("version") ? step.get("version").asText() : step.path("versions").asText("all");
        List<Short> numbers = new ArrayList<>();
        int from = least;
        int to = greatest;
        if (!text.equals("all")) {
            String[] ends = text.split("(?<=\\d)-");
            from = ends[0].equals("last") ? greatest : Integer.parseInt(ends[0]);
            to = ends.length == 1 ? from : ends[1].equals("last") ? greatest : Integer.parseInt(ends[1]);
        }
        for (int version = from; version <= to; version++) {
            numbers.add((short) version);
        }
        return numbers;
    }

    static ObjectNode masked(ObjectNode answer, JsonNode step) {
        for (JsonNode path : step.path("unordered")) {
            Trees.change(answer, "/reply" + path.asText(), Trees::sorted);
        }
        step.path("replace").fields().forEachRemaining(entry -> Trees.change(answer, "/reply" + entry.getKey(),
            node -> TextNode.valueOf(node.asText().replaceAll(entry.getValue().get(0).asText(), entry.getValue().get(1).asText()))));
        step.path("mask").fieldNames().forEachRemaining(path -> Trees.change(answer, "/reply" + path, Trees::hidden));
        return answer;
    }

    /** The elements of the arrays at these paths that have the field with that value; the others are left out. */
    static void select(ObjectNode answer, JsonNode step) {
        step.path("select").fields().forEachRemaining(entry -> choose(answer, entry.getKey(), entry.getValue(), true));
    }

    /** Keeps those elements of the array at the path whose field matches the pattern, or those whose does not. */
    private static void choose(ObjectNode answer, String path, JsonNode fieldAndPattern, boolean matching) {
        String field = fieldAndPattern.get(0).asText();
        String pattern = fieldAndPattern.get(1).asText();
        Trees.change(answer, "/reply" + path, array -> {
            ArrayNode chosen = Shapes.JSON.createArrayNode();
            array.forEach(element -> {
                if (element.path(field).asText().matches(pattern) == matching) {
                    chosen.add(element);
                }
            });
            return chosen;
        });
    }
}
