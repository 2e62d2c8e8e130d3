import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.query.KeyQuery;
import org.apache.kafka.streams.query.StateQueryRequest;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * Counts words, and answers questions about its state over HTTP. Each answer is a line of text:
 *
 *   /where?KEY    the instance that has the key, then those that have a copy
 *   /get?KEY      its count by the store of this instance; empty where that has none
 *   /ask?KEY      the same by a query of the second kind
 *   /all          how many keys lie in the stores of this instance, and the sum of their counts
 *   /copy?KEY     the count by a store or a copy of one, however old
 */
final class Queries extends WordCount {
    @Override
    public void serve(KafkaStreams streams, int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        answer(server, "/where", key -> where(streams, key));
        answer(server, "/get", key -> text(store(streams, false).get(key)));
        answer(server, "/copy", key -> text(store(streams, true).get(key)));
        answer(server, "/ask", key -> ask(streams, key));
        answer(server, "/all", none -> all(store(streams, false)));
        server.start();
    }

    private static void answer(HttpServer server, String path, Function<String, String> answer) {
        server.createContext(path, exchange -> {
            try {
                reply(exchange, 200, answer.apply(exchange.getRequestURI().getQuery()));
            } catch (RuntimeException error) {
                StringWriter why = new StringWriter();
                error.printStackTrace(new PrintWriter(why));
                reply(exchange, 503, why.toString());
            }
        });
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String where(KafkaStreams streams, String key) {
        KeyQueryMetadata found = streams.queryMetadataForKey(STORE, key, new StringSerializer());
        return Stream.concat(Stream.of(found.activeHost()), found.standbyHosts().stream())
            .map(host -> host.host() + ":" + host.port()).collect(Collectors.joining(" "));
    }

    private static ReadOnlyKeyValueStore<String, Long> store(KafkaStreams streams, boolean withCopies) {
        StoreQueryParameters<ReadOnlyKeyValueStore<String, Long>> asked =
            StoreQueryParameters.fromNameAndType(STORE, QueryableStoreTypes.keyValueStore());
        return streams.store(withCopies ? asked.enableStaleStores() : asked);
    }

    private static String ask(KafkaStreams streams, String key) {
        StateQueryRequest<Long> request =
            StateQueryRequest.inStore(STORE).withQuery(KeyQuery.<String, Long>withKey(key)).requireActive();
        return streams.query(request).getPartitionResults().values().stream()
            .filter(result -> result.isSuccess() && result.getResult() != null)
            .map(result -> result.getResult().toString()).collect(Collectors.joining(" "));
    }

    private static String all(ReadOnlyKeyValueStore<String, Long> store) {
        long keys = 0;
        long sum = 0;
        try (KeyValueIterator<String, Long> entries = store.all()) {
            for (; entries.hasNext(); keys++) {
                sum += entries.next().value;
            }
        }
        return keys + " " + sum;
    }

    private static String text(Long count) {
        return count == null ? "" : count.toString();
    }
}
