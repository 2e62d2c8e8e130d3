import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;

/**
 * What the program inside of Apache Kafka's image makes of variables and a mounted file: `Containers CASES WORK OUT`.
 * Its file is read back as the broker reads it, since the order of its lines is that of a hash map.
 */
public class Containers {
  private static final String LOGGING = "Configuration:\n  Properties:\n    Property:\n      - name: \"pattern\"\n"
      + "        value: \"%m%n\"\n  Appenders:\n    Console:\n      name: STDOUT\n  Loggers:\n    Root:\n      level: INFO\n";

  public static void main(String[] arguments) throws Exception {
    StringBuilder out = new StringBuilder();
    for (String text : Files.readString(Path.of(arguments[0])).split("(?m)^== ")) {
      if (text.isBlank() || text.startsWith("#")) continue;
      out.append("== ").append(text).append("-- got\n");
      Properties got = run(text, Path.of(arguments[1]).resolve(text.substring(0, text.indexOf('\n'))));
      for (String key : new TreeSet<>(got.stringPropertyNames())) {
        out.append(key).append('=').append(got.getProperty(key).replace("\\", "\\\\").replace("\n", "\\n")).append('\n');
      }
    }
    Files.writeString(Path.of(arguments[2]), out.toString());
  }

  private static Properties run(String text, Path work) throws Exception {
    for (String folder : new String[] {"default", "mounted", "final"}) Files.createDirectories(work.resolve(folder));
    Files.writeString(work.resolve("default/server.properties"), "default.file=1\n");
    Files.writeString(work.resolve("default/log4j2.yaml"), LOGGING);
    Files.writeString(work.resolve("default/tools-log4j2.yaml"), LOGGING);
    ProcessBuilder builder = new ProcessBuilder("java", "-XX:TieredStopAtLevel=1", "-cp",
        System.getProperty("java.class.path"), "kafka.docker.KafkaDockerWrapper", "setup", "--default-configs-dir",
        work + "/default", "--mounted-configs-dir", work + "/mounted", "--final-configs-dir", work + "/final");
    builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("CLUSTER_ID", "5L6g3nShT-eMCtK--X86sw");
    String[] parts = text.split("(?m)^-- mounted\n", 2);
    for (String line : parts[0].substring(parts[0].indexOf('\n') + 1).split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0) builder.environment().put(line.substring(0, equals), line.substring(equals + 1).replace("\\n", "\n"));
    }
    if (parts.length > 1) {
      String mounted = parts[1].substring(0, parts[1].length() - 1).replace("\\n", "\n");
      Files.writeString(work.resolve("mounted/server.properties"), mounted);
    }
    // It goes on to format, which is not looked at here and mostly fails.
    builder.redirectErrorStream(true).redirectOutput(work.resolve("log").toFile()).start().waitFor();
    Properties got = new Properties();
    try (InputStream file = Files.newInputStream(work.resolve("final/server.properties"))) {
      got.load(file);
    }
    return got;
  }
}
