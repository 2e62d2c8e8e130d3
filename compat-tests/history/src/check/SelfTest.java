package check;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks the checks: SelfTest FOLDER. A file of the folder is of one check and has stories (Story.java), each behind a line that begins
 * with `good:`, or `bad:` and, if others have to find it as well, `bad C6:`. Bad ones have to be found by the file's check and by those
 * named, and by no other; good ones by none. Each check has at least two bad ones and a good one.
 */
public final class SelfTest {
    private static final int LEAST_BAD = 2;
    private static final int LEAST_GOOD = 1;

    private record Case(String title, boolean isBad, List<String> wanted, List<String> lines) { }

    private SelfTest() { }

    public static void main(String[] arguments) throws IOException {
        List<String> wrong = new ArrayList<>();
        int count = 0;
        for (Check check : Check.ALL) {
            List<Case> cases = cases(Path.of(arguments[0], check.name() + ".txt"), check.name());
            count += cases.size();
            cases.forEach(each -> judge(check.name(), each, wrong));
            long bad = cases.stream().filter(Case::isBad).count();
            if (bad < LEAST_BAD || cases.size() - bad < LEAST_GOOD) {
                wrong.add(check.name() + " has " + bad + " bad histories of " + cases.size());
            }
        }
        wrong.forEach(System.out::println);
        System.out.println((count - wrong.size()) + " histories judged right, " + wrong.size() + " wrong");
        System.exit(wrong.isEmpty() ? 0 : 1);
    }

    private static List<Case> cases(Path file, String check) throws IOException {
        List<Case> cases = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("good:")) {
                cases.add(new Case(line, false, List.of(), new ArrayList<>()));
            } else if (line.startsWith("bad")) {
                String others = line.substring(3, line.indexOf(':')).trim();
                List<String> wanted = Stream.concat(Stream.of(check), Stream.of(others.split(" "))).filter(name -> !name.isEmpty()).sorted().toList();
                cases.add(new Case(line, true, wanted, new ArrayList<>()));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                cases.get(cases.size() - 1).lines().add(line);
            }
        }
        return cases;
    }

    private static void judge(String check, Case story, List<String> wrong) {
        try {
            Map<String, Findings> found = new TreeMap<>(found(story));
            found.values().removeIf(findings -> findings.count == 0);
            if (!List.copyOf(found.keySet()).equals(story.wanted())) {
                wrong.add(check + " " + story.title() + " found by " + found.entrySet().stream()
                    .map(each -> each.getKey() + " " + each.getValue().witnesses).collect(Collectors.joining("; ", "[", "]")));
            }
        } catch (IOException | RuntimeException error) {
            error.printStackTrace(System.out);
            wrong.add(check + " " + story.title() + " cannot be read: " + error);
        }
    }

    private static Map<String, Findings> found(Case story) throws IOException {
        History history = new History();
        new HistoryReader(history).read(new ByteArrayInputStream(Story.events(story.lines()).getBytes(StandardCharsets.UTF_8)));
        return new Verdict(history, 0).findings;
    }
}
