import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/** A source for Connect: the numbers up to `last`, from behind the one that it wrote last. */
public final class Numbers extends SourceConnector {
    private Map<String, String> settings;

    @Override
    public void start(Map<String, String> given) {
        settings = given;
    }

    @Override
    public void stop() {
    }

    @Override
    public Class<? extends Task> taskClass() {
        return NumbersTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int most) {
        return List.of(settings);
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef().define("last", ConfigDef.Type.LONG, ConfigDef.Importance.HIGH, "")
            .define("topic", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "");
    }

    @Override
    public String version() {
        return "1";
    }

    /** What writes them. */
    public static final class NumbersTask extends SourceTask {
        private static final Map<String, String> SOURCE = Map.of("source", "numbers");
        private String topic;
        private long last;
        private long next;

        @Override
        public void start(Map<String, String> settings) {
            topic = settings.get("topic");
            last = Long.parseLong(settings.get("last"));
            Map<String, Object> written = context.offsetStorageReader().offset(SOURCE);
            next = written == null ? 1 : (Long) written.get("number") + 1;
        }

        @Override
        public List<SourceRecord> poll() throws InterruptedException {
            List<SourceRecord> found = new ArrayList<>();
            for (; next <= last && found.size() < 100; next++) {
                found.add(new SourceRecord(SOURCE, Map.of("number", next), topic, 0, Schema.STRING_SCHEMA, String.valueOf(next)));
            }
            if (found.isEmpty()) {
                Thread.sleep(50);
            }
            return found;
        }

        @Override
        public void stop() {
        }

        @Override
        public String version() {
            return "1";
        }
    }
}
