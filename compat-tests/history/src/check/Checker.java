package check;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Judges the history in a folder, the events in its files *.jsonl: Checker FOLDER [LEAST-SENDS]. Prints the verdict as JSON; status 1 with
 * violations, 2 where nothing was checked, because fewer sends than LEAST-SENDS (default 10,000) were acknowledged, too few of them
 * read, or no fault was felt.
 */
public final class Checker {
    private static final long LEAST_SENDS = 10_000;
    private static final int BUFFER_BYTES = 1 << 16;

    private Checker() { }

    public static void main(String[] arguments) throws IOException {
        History history = new History();
        HistoryReader reader = new HistoryReader(history);
        for (Path file : files(Path.of(arguments[0]))) {
            try (InputStream input = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
                reader.read(input);
            }
        }
        Verdict verdict = new Verdict(history, arguments.length > 1 ? Long.parseLong(arguments[1]) : LEAST_SENDS);
        System.out.println(verdict.json());
        System.exit(verdict.isGood() ? 0 : verdict.violations() > 0 ? 1 : 2);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
        }
    }
}
