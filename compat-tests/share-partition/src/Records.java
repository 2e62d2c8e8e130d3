import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;

/** The bytes of a made log's batches. */
final class Records {
    private static final int MOST_BYTES = 200;

    private Records() { }

    static MemoryRecords of(List<MadeLog.Batch> batches) {
        List<ByteBuffer> parts = new ArrayList<>();
        int size = 0;
        for (MadeLog.Batch batch : batches) {
            parts.add((batch.isControl() ? marker(batch) : data(batch)).buffer());
            size += parts.get(parts.size() - 1).remaining();
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        parts.forEach(all::put);
        return MemoryRecords.readableRecords(all.flip());
    }

    private static MemoryRecords marker(MadeLog.Batch batch) {
        ControlRecordType type = batch.isAbort() ? ControlRecordType.ABORT : ControlRecordType.COMMIT;
        return MemoryRecords.withEndTransactionMarker(batch.base(), 0, 0, batch.producer(), (short) 0,
            new EndTransactionMarker(type, 0));
    }

    /** One record, as compaction may leave it. */
    private static MemoryRecords data(MadeLog.Batch batch) {
        boolean hasProducer = batch.producer() >= 0;
        try (MemoryRecordsBuilder builder = new MemoryRecordsBuilder(ByteBuffer.allocate(MOST_BYTES),
                RecordBatch.CURRENT_MAGIC_VALUE, Compression.NONE, TimestampType.CREATE_TIME, batch.base(), 0,
                batch.producer(), hasProducer ? (short) 0 : RecordBatch.NO_PRODUCER_EPOCH,
                hasProducer ? 0 : RecordBatch.NO_SEQUENCE, batch.isTransactional(), false, 0, MOST_BYTES)) {
            builder.appendWithOffset(batch.base(), 0, null, new byte[] {1});
            builder.overrideLastOffset(batch.last());
            return builder.build();
        }
    }
}
