import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.apache.kafka.common.protocol.Message;

/**
 * Writes what Apache Kafka's own classes make of random messages, every live one at every version:
 *
 *   WireVectors SCHEMAS SEED INSTANCES [brief]
 *
 * One line per message, cut by tabs: name, version, bytes, JSON, bytes of the input, input. Bytes are hexadecimal.
 *
 *   JSON             what the converter writes, with the bytes of records; "-": the release has no converter
 *   input            JSON that also has values which the version drops; "=": the same
 *   bytes of input   JSON does not carry unknown tagged fields; "=": the same
 *
 * Where the class refuses to write an instance, bytes, JSON and bytes of the input are "-"; these come on top of
 * INSTANCES.
 */
public final class WireVectors {
    private static final HexFormat HEX = HexFormat.of();

    private final long seed;
    private final int instances;
    private final boolean isBrief;
    private final Writer out;

    private WireVectors(long seed, int instances, boolean isBrief, Writer out) {
        this.seed = seed;
        this.instances = instances;
        this.isBrief = isBrief;
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        boolean isBrief = args.length > 3 && args[3].equals("brief");
        try (Writer out = new BufferedWriter(
                new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8), 1 << 16)) {
            WireVectors vectors = new WireVectors(Long.parseLong(args[1]), Integer.parseInt(args[2]), isBrief, out);
            for (Schema schema : Schema.readAll(Path.of(args[0]))) {
                vectors.write(schema);
            }
        }
    }

    private void write(Schema schema) throws ReflectiveOperationException, IOException {
        Generated generated = new Generated(schema);
        for (int version = schema.valid().lowest(); version <= schema.valid().highest(); version++) {
            // A seed of its own for each, so that one message's change leaves all others as they were.
            long ownSeed = seed * 1_000_003 + schema.name().hashCode() * 1_009L + version;
            Values values = new Values(new Random(ownSeed), isBrief);
            Filler filler = new Filler(generated, schema, (short) version, values);
            for (int i = 0; i < instances; i++) {
                Filler.Style style = i < 3 ? Filler.Style.values()[i] : Filler.Style.RANDOM;
                line(schema, generated, filler, (short) version, filler.fill(style));
            }
            for (int i = 0; i < (instances + 4) / 5; i++) {
                stray(schema, generated, filler, (short) version);
            }
        }
    }

    /** A message that may hold what the version cannot carry: the class decides. */
    private void stray(Schema schema, Generated generated, Filler filler, short version)
            throws ReflectiveOperationException, IOException {
        Message message = filler.fill(Filler.Style.STRAY);
        try {
            generated.encode(message, version);
        } catch (IllegalStateException e) {
            throw e;
        } catch (RuntimeException e) {
            String input = new OwnJson(generated, version).of(message, schema.fields()).toString();
            fields(schema.name(), Integer.toString(version), "-", "-", "-", input);
            return;
        }
        line(schema, generated, filler, version, message);
    }

    private void line(Schema schema, Generated generated, Filler filler, short version, Message message)
            throws ReflectiveOperationException, IOException {
        String bytes = HEX.formatHex(generated.encode(message, version));
        JsonNode own = new OwnJson(generated, version).of(message, schema.fields());
        String json = "-";
        if (generated.hasConverter()) {
            JsonNode converted = generated.convert(message, version);
            OwnJson.putRecords(converted, own, schema.fields());
            json = converted.toString();
        }
        String inputBytes = filler.dropUnknown() ? HEX.formatHex(generated.encode(message, version)) : bytes;
        String input = own.toString();
        fields(schema.name(), Integer.toString(version), bytes, json, inputBytes.equals(bytes) ? "=" : inputBytes,
            input.equals(json) ? "=" : input);
    }

    private void fields(String... fields) throws IOException {
        out.write(String.join("\t", fields));
        out.write('\n');
    }
}
