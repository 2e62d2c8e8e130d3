import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Exit;

/**
 * What kafka-topics and kafka-broker-api-versions print, and their status: `AdminTools CASES BOOTSTRAP OUT`. Below a
 * complaint they print their usage and traces, which are left out.
 */
public class AdminTools {
  private static final Map<String, String> TOOLS = Map.of("topics", "org.apache.kafka.tools.TopicCommand",
      "api-versions", "org.apache.kafka.tools.BrokerApiVersionsCommand");

  private static final class Ended extends Error {
    Ended() {
      super(null, null, false, false);
    }
  }

  private static final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private static final ByteArrayOutputStream complained = new ByteArrayOutputStream();
  private static Integer status;
  private static String out;
  private static String err;

  private static void end(int code) {
    // Tools catch what ends them here, complain of it and end once more.
    if (status != null) return;
    status = code;
    out = printed.toString();
    err = complained.toString();
  }

  public static void main(String[] arguments) throws Exception {
    Exit.setExitProcedure((code, message) -> {
      if (message != null) System.err.println(message);
      end(code);
      throw new Ended();
    });
    PrintStream console = System.out;
    StringBuilder all = new StringBuilder();
    for (String line : Files.readAllLines(Path.of(arguments[0]))) {
      if (line.isBlank() || line.startsWith("#")) continue;
      System.setOut(new PrintStream(printed, true));
      System.setErr(new PrintStream(complained, true));
      run(line.replace("@B@", arguments[1]));
      System.setOut(console);
      all.append("$ ").append(line).append('\n').append(out);
      String complaint = complaint(err);
      if (!complaint.isEmpty()) all.append("-- err\n").append(complaint).append('\n');
      all.append("-- status ").append(status).append('\n');
    }
    String text = all.toString().replace(arguments[1], "@B@").replaceAll("TopicId: \\S+", "TopicId: @ID@");
    Files.writeString(Path.of(arguments[2]), text);
    System.exit(0);
  }

  /** Words are separated by blanks; '' is an empty one, and ~ a blank within one. */
  private static void run(String line) throws Exception {
    List<String> words = new ArrayList<>();
    for (String word : line.split(" +")) words.add(word.replace("''", "").replace("~", " "));
    printed.reset();
    complained.reset();
    status = null;
    Class<?> tool = Class.forName(TOOLS.get(words.remove(0)));
    Method main = tool.getDeclaredMethod("mainNoExit", String[].class);
    main.setAccessible(true);
    try {
      Object code = main.invoke(null, (Object) words.toArray(new String[0]));
      end(code == null ? 0 : (Integer) code);
    } catch (InvocationTargetException ended) {
      if (!(ended.getCause() instanceof Ended)) throw ended;
    }
  }

  /** The innermost cause of a trace, or what stands above the usage; not what is logged. */
  private static String complaint(String text) {
    if (text.matches("(?s)\\d\\d:\\d\\d:\\d\\d,\\d+ .*")) return "";
    String cause = null;
    for (String line : text.split("\n")) {
      if (line.startsWith("Caused by: ")) cause = line.substring(line.indexOf(": ", 11) + 2);
    }
    String first = text.split("\n")[0];
    return cause != null ? cause : first.startsWith("Option  ") ? "" : first;
  }
}
