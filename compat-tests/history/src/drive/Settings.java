package drive;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What the clients of a driver are set to, partly by chance. */
final class Settings {
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

    private Settings() { }

    private static Map<String, Object> common(String bootstrap) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("reconnect.backoff.ms", 50);
        settings.put("reconnect.backoff.max.ms", 300);
        settings.put("retry.backoff.ms", 50);
        settings.put("retry.backoff.max.ms", 300);
        settings.put("request.timeout.ms", 4000);
        settings.put("socket.connection.setup.timeout.ms", 2000);
        settings.put("enable.metrics.push", false);
        return settings;
    }

    static Map<String, Object> admin(String bootstrap) {
        Map<String, Object> settings = common(bootstrap);
        settings.put("default.api.timeout.ms", 20000);
        return settings;
    }

    private static Map<String, Object> producer(String bootstrap, SplittableRandom chance) {
        Map<String, Object> settings = common(bootstrap);
        settings.put("acks", "all");
        settings.put("linger.ms", chance.nextInt(6));
        settings.put("compression.type", CODECS.get(chance.nextInt(CODECS.size())));
        settings.put("batch.size", chance.nextBoolean() ? 16384 : 2048);
        settings.put("buffer.memory", 8388608);
        settings.put("max.block.ms", 8000);
        return settings;
    }

    static Map<String, Object> idempotent(String bootstrap, SplittableRandom chance) {
        Map<String, Object> settings = producer(bootstrap, chance);
        settings.put("enable.idempotence", true);
        // One that gives up a record begins a new epoch, and what it sends again then is new to the broker.
        settings.put("delivery.timeout.ms", 120000);
        return settings;
    }

    /** Sends each record once. */
    static Map<String, Object> plain(String bootstrap, SplittableRandom chance) {
        Map<String, Object> settings = producer(bootstrap, chance);
        settings.put("enable.idempotence", false);
        settings.put("retries", 0);
        settings.put("delivery.timeout.ms", chance.nextBoolean() ? 5000 : 15000);
        return settings;
    }

    static Map<String, Object> transactional(String bootstrap, SplittableRandom chance, String id) {
        Map<String, Object> settings = idempotent(bootstrap, chance);
        settings.put("transactional.id", id);
        settings.put("transaction.timeout.ms", 20000);
        settings.put("delivery.timeout.ms", 15000);
        return settings;
    }

    static Map<String, Object> consumer(String bootstrap, boolean isCommitted) {
        Map<String, Object> settings = common(bootstrap);
        settings.put("isolation.level", isCommitted ? "read_committed" : "read_uncommitted");
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "none");
        settings.put("fetch.max.wait.ms", 200);
        settings.put("default.api.timeout.ms", 20000);
        settings.put("max.poll.records", 100);
        return settings;
    }

    static Map<String, Object> member(String bootstrap, boolean isCommitted, String group, String protocol) {
        Map<String, Object> settings = consumer(bootstrap, isCommitted);
        settings.put("group.id", group);
        settings.put("auto.offset.reset", "earliest");
        settings.put("group.protocol", protocol);
        if (protocol.equals("classic")) {
            settings.put("session.timeout.ms", 6000);
            settings.put("heartbeat.interval.ms", 500);
        }
        return settings;
    }
}
