package check;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;

/** One line of a history, whose fields docs/history.md explains. Used again for each line: what one leaves out has its default. */
final class Event {
    private static final JsonFactory JSON = new JsonFactory();

    /** An element of `ops`. */
    static final class Op {
        String partition;
        final long[] numbers = new long[3];
    }

    long time;
    long proc;
    String type;
    String function;
    long number;
    long value;
    String partition;
    long transaction;
    long offset;
    long digest;
    String recordKey;
    String source;
    long sourceOffset;
    String role;
    String client;
    String group;
    String what;
    boolean isTombstone;
    boolean isIdempotent;
    boolean isReadCommitted;
    boolean isFinal;
    boolean isStable;
    boolean isCompacted;
    boolean isAutomatic;
    long deleteRetentionMs;
    Op[] ops = new Op[16];
    int opCount;

    /** Reads the object that begins at the parser's token. */
    void read(JsonParser parser) throws IOException {
        clear();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            set(name, parser);
        }
    }

    static JsonParser parser(java.io.InputStream input) throws IOException {
        return JSON.createParser(input);
    }

    private void clear() {
        number = 0;
        value = transaction = offset = -1;
        digest = sourceOffset = deleteRetentionMs = 0;
        type = function = partition = recordKey = source = role = client = group = what = null;
        isTombstone = isFinal = isCompacted = isAutomatic = isReadCommitted = false;
        isIdempotent = isStable = true;
        opCount = 0;
    }

    private void set(String name, JsonParser parser) throws IOException {
        switch (name) {
            case "t" -> time = parser.getLongValue();
            case "proc" -> proc = parser.getLongValue();
            case "type" -> type = parser.getText();
            case "f" -> function = parser.getText();
            case "n" -> number = parser.getLongValue();
            case "v" -> value = parser.getLongValue();
            case "k" -> partition = parser.getText();
            case "txn" -> transaction = parser.getLongValue();
            case "off" -> offset = parser.getLongValue();
            case "d" -> digest = parser.getLongValue();
            case "key" -> recordKey = parser.getText();
            case "from" -> source = parser.getText();
            case "from_off" -> sourceOffset = parser.getLongValue();
            case "role" -> role = parser.getText();
            case "client" -> client = parser.getText();
            case "group" -> group = parser.getText();
            case "what" -> what = parser.getText();
            case "tombstone" -> isTombstone = parser.getBooleanValue();
            case "idempotent" -> isIdempotent = parser.getBooleanValue();
            case "committed" -> isReadCommitted = parser.getBooleanValue();
            case "final" -> isFinal = parser.getBooleanValue();
            case "stable" -> isStable = parser.getBooleanValue();
            case "compacted" -> isCompacted = parser.getBooleanValue();
            case "auto" -> isAutomatic = parser.getBooleanValue();
            case "delete_retention_ms" -> deleteRetentionMs = parser.getLongValue();
            case "ops" -> readOps(parser);
            default -> parser.skipChildren();
        }
    }

    private void readOps(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.START_ARRAY) {
            if (opCount == ops.length) {
                ops = Arrays.copyOf(ops, opCount * 2);
            }
            if (ops[opCount] == null) {
                ops[opCount] = new Op();
            }
            Op op = ops[opCount++];
            parser.nextToken();
            op.partition = parser.getText();
            Arrays.fill(op.numbers, -1);
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                op.numbers[i] = parser.getLongValue();
            }
        }
    }
}
