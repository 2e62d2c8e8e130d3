import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/**
 * One instance of an example: Application BOOTSTRAP EXAMPLE BEGAN_MS FOLDER PROTOCOL GUARANTEE PORT. The protocol is that of its group, classic
 * or streams; the guarantee that of processing; the port is where it serves, if it does. Ends by a signal; with status 1 where Streams
 * gives up.
 */
public final class Application {
    private Application() {
    }

    public static void main(String[] arguments) throws Exception {
        Example example = Example.of(arguments[1], Long.parseLong(arguments[2]));
        int port = Integer.parseInt(arguments[6]);
        StreamsBuilder builder = new StreamsBuilder();
        example.build(builder);
        Properties settings = settings(arguments, port);
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        CountDownLatch gaveUp = new CountDownLatch(1);
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            gaveUp.countDown();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(30))));
        example.serve(streams, port);
        streams.start();
        gaveUp.await();
        System.exit(1);
    }

    private static Properties settings(String[] arguments, int port) {
        String protocol = arguments[4];
        Properties properties = new Properties();
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, arguments[1]);
        properties.put(StreamsConfig.APPLICATION_SERVER_CONFIG, "127.0.0.1:" + port);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, arguments[3]);
        properties.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, protocol);
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, arguments[5]);
        properties.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        properties.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        // Each record gives results of its own: what is lost or doubled shows.
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, "0");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        if (protocol.equals("classic")) {
            properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, "1");
            // An instance that comes back has work at once, however much of its state it has to read again.
            properties.put(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, Long.MAX_VALUE);
            properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "6000");
        }
        return properties;
    }
}
