import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.TreeSet;
import kafka.server.KafkaConfig;

/** What KafkaConfig makes of properties with config providers: `Providers CASES FOLDER OUT`. */
public class Providers {
  private static final String NODE = "process.roles=broker,controller\nnode.id=1\n"
      + "controller.listener.names=CONTROLLER\nlisteners=PLAINTEXT://:9092,CONTROLLER://:9093\n"
      + "controller.quorum.voters=1@localhost:9093\n";

  public static void main(String[] arguments) throws Exception {
    StringBuilder out = new StringBuilder();
    String folder = arguments[1];
    for (String text : Files.readString(Path.of(arguments[0])).split("(?m)^== ")) {
      if (text.isBlank() || text.startsWith("#")) continue;
      String name = text.substring(0, text.indexOf('\n'));
      String given = text.substring(text.indexOf('\n') + 1);
      out.append("== ").append(name).append("\n-- given\n").append(given);
      Properties properties = new Properties();
      byte[] file = (NODE + given).replace("@DIR@", folder).getBytes(StandardCharsets.ISO_8859_1);
      properties.load(new ByteArrayInputStream(file));
      try {
        KafkaConfig config = new KafkaConfig(properties, false);
        out.append("-- got\n");
        for (String key : new TreeSet<>(config.originals().keySet())) {
          if (("\n" + NODE).contains("\n" + key + "=") || key.startsWith("config.providers") || key.equals("broker.id")) continue;
          out.append(key).append('=').append(escaped(config.originals().get(key))).append('\n');
        }
      } catch (RuntimeException refused) {
        out.append("-- error\n").append(escaped(refused.getMessage())).append('\n');
      }
    }
    Files.writeString(Path.of(arguments[2]), out.toString().replace(folder, "@DIR@"));
  }

  private static String escaped(Object value) {
    return String.valueOf(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t");
  }
}
