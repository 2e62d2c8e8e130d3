import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Crc32C;

/** The batch language of case files, and batches of replies as JSON. See docs/oracle.md. */
final class Batches {
    /** Fields of a batch of magic 2: position and size in bytes. */
    private static final Map<String, int[]> FIELDS = Map.ofEntries(
        Map.entry("baseOffset", new int[] {0, 8}), Map.entry("length", new int[] {8, 4}),
        Map.entry("leaderEpoch", new int[] {12, 4}), Map.entry("magic", new int[] {16, 1}),
        Map.entry("crc", new int[] {17, 4}), Map.entry("attributes", new int[] {21, 2}),
        Map.entry("lastOffsetDelta", new int[] {23, 4}), Map.entry("baseTimestamp", new int[] {27, 8}),
        Map.entry("maxTimestamp", new int[] {35, 8}), Map.entry("producerId", new int[] {43, 8}),
        Map.entry("producerEpoch", new int[] {51, 2}), Map.entry("baseSequence", new int[] {53, 4}),
        Map.entry("count", new int[] {57, 4}));
    private static final int CRC_AT = 17;
    private static final int CRC_FROM = 21;

    private Batches() {
    }

    /** The bytes of one batch, or of a list of them. */
    static byte[] bytes(JsonNode description) {
        if (!description.isArray()) {
            return batch(description);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        description.forEach(one -> all.writeBytes(batch(one)));
        return all.toByteArray();
    }

    private static byte[] batch(JsonNode d) {
        ByteBuffer built = build(d).buffer().duplicate();
        byte[] bytes = new byte[built.remaining()];
        built.get(bytes);
        boolean ownCrc = false;
        for (JsonNode patch : d.path("patch")) {
            ownCrc |= patch.path("set").asText().equals("crc") || patch.path("keepCrc").asBoolean();
            bytes = patched(bytes, patch);
        }
        if (d.has("patch") && !ownCrc && bytes.length > CRC_FROM) {
            long crc = Crc32C.compute(bytes, CRC_FROM, bytes.length - CRC_FROM);
            ByteBuffer.wrap(bytes).putInt(CRC_AT, (int) crc);
        }
        return bytes;
    }

    private static MemoryRecords build(JsonNode d) {
        long producerId = d.path("producerId").asLong(-1);
        short producerEpoch = (short) d.path("producerEpoch").asInt(-1);
        if (d.path("control").asBoolean()) {
            return MemoryRecords.withEndTransactionMarker(1_700_000_000_000L, producerId, producerEpoch,
                new EndTransactionMarker(ControlRecordType.COMMIT, 0));
        }
        byte magic = (byte) d.path("magic").asInt(RecordBatch.CURRENT_MAGIC_VALUE);
        Compression codec = Compression.of(CompressionType.forName(d.path("codec").asText("none"))).build();
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), magic, codec,
            TimestampType.CREATE_TIME, d.path("baseOffset").asLong(0), RecordBatch.NO_TIMESTAMP, producerId,
            producerEpoch, d.path("baseSequence").asInt(-1), d.path("transactional").asBoolean(),
            d.path("leaderEpoch").asInt(-1));
        for (JsonNode record : d.path("records")) {
            for (int i = 0; i < record.path("repeat").asInt(1); i++) {
                builder.append(record(record, magic));
            }
        }
        return builder.build();
    }

    private static SimpleRecord record(JsonNode r, byte magic) {
        Header[] headers = new Header[r.path("headers").size()];
        for (int i = 0; i < headers.length; i++) {
            JsonNode pair = r.get("headers").get(i);
            headers[i] = new RecordHeader(pair.get(0).asText(), text(pair.get(1), 1));
        }
        long timestamp = magic == 0 ? RecordBatch.NO_TIMESTAMP : r.path("timestamp").asLong(1_700_000_000_000L);
        byte[] key = r.has("keyHex") ? HexFormat.of().parseHex(r.get("keyHex").asText()) : text(r.get("key"), 1);
        byte[] value = r.has("valueHex") ? HexFormat.of().parseHex(r.get("valueHex").asText())
            : text(r.get("value"), r.path("times").asInt(1));
        return new SimpleRecord(timestamp, key, value, headers);
    }

    private static byte[] text(JsonNode node, int times) {
        return node == null || node.isNull() ? null : node.asText().repeat(times).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] patched(byte[] bytes, JsonNode patch) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (patch.has("set")) {
            int[] field = FIELDS.get(patch.get("set").asText());
            long value = patch.get("to").asLong();
            for (int i = 0; i < field[1]; i++) {
                buffer.put(field[0] + i, (byte) (value >> 8 * (field[1] - 1 - i)));
            }
        } else if (patch.has("at")) {
            int at = patch.get("at").asInt();
            byte[] with = HexFormat.of().parseHex(patch.get("hex").asText());
            System.arraycopy(with, 0, bytes, at < 0 ? bytes.length + at : at, with.length);
        } else if (patch.has("cut")) {
            return java.util.Arrays.copyOf(bytes, bytes.length - patch.get("cut").asInt());
        } else if (patch.has("add")) {
            byte[] more = HexFormat.of().parseHex(patch.get("add").asText());
            byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + more.length);
            System.arraycopy(more, 0, longer, bytes.length, more.length);
            return longer;
        }
        return bytes;
    }

    /** What a reply's records hold; the CRC stands for the bytes behind it. The end of a transaction holds the time: it is hidden. */
    static JsonNode describe(BaseRecords records) {
        if (records == null) {
            return Shapes.JSON.nullNode();
        }
        ArrayNode batches = Shapes.JSON.createArrayNode();
        int whole = 0;
        for (RecordBatch batch : ((Records) records).batches()) {
            whole += batch.sizeInBytes();
            ObjectNode b = batches.addObject();
            b.put("baseOffset", batch.baseOffset()).put("lastOffset", batch.lastOffset()).put("magic", batch.magic());
            b.put("sizeBytes", batch.sizeInBytes()).put("crc", crcOf(batch));
            b.put("leaderEpoch", batch.partitionLeaderEpoch()).put("codec", batch.compressionType().name);
            b.put("timestampType", batch.timestampType().name).put("maxTimestamp", batch.maxTimestamp());
            boolean marker = batch.isControlBatch() && batch.isTransactional();
            if (marker) {
                b.put("crc", "*").put("maxTimestamp", "*");
            }
            b.put("producerId", batch.producerId()).put("producerEpoch", batch.producerEpoch());
            b.put("baseSequence", batch.baseSequence());
            b.put("transactional", batch.isTransactional()).put("control", batch.isControlBatch());
            int count = 0;
            ArrayNode list = Shapes.JSON.createArrayNode();
            for (Record record : batch) {
                count++;
                if (marker) {
                    list.add(record.offset() + " * " + hex(record.key()) + "=" + hex(record.value()));
                } else if (list.size() < 3) {
                    list.add(record.offset() + " " + record.timestamp() + " " + text(record.key()) + "=" + text(record.value())
                        + headers(record));
                }
            }
            b.put("records", count).set("first", list);
        }
        int left = records.sizeInBytes() - whole;
        if (left > 0) {
            batches.addObject().put("partialBytes", left);
        }
        return batches;
    }

    private static long crcOf(RecordBatch batch) {
        return batch.magic() < 2 || !(batch instanceof MutableRecordBatch) ? -1 : batch.checksum();
    }

    private static String hex(ByteBuffer bytes) {
        byte[] all = new byte[bytes.remaining()];
        bytes.duplicate().get(all);
        return HexFormat.of().formatHex(all);
    }

    private static String text(ByteBuffer bytes) {
        if (bytes == null) {
            return "null";
        }
        String all = StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
        return all.length() <= 40 ? all : all.substring(0, 20) + "... " + all.length();
    }

    private static String headers(Record record) {
        StringBuilder all = new StringBuilder();
        for (Header header : record.headers()) {
            byte[] value = header.value();
            all.append(" [").append(header.key()).append('=').append(value == null ? "null" : new String(value, StandardCharsets.UTF_8))
                .append(']');
        }
        return all.toString();
    }
}
