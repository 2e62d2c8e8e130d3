package drive;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer whose every call and outcome is in the history: one session of its proc. */
final class RecordedProducer implements AutoCloseable {
    private static final int MOST_IN_FLIGHT = 100;

    /** What is sent beside the value. */
    record Message(TopicPartition partition, String key, boolean isTombstone, TopicPartition source, long sourceOffset) {
        static Message to(TopicPartition partition) {
            return new Message(partition, null, false, null, -1);
        }
    }

    private final Worker worker;
    private final boolean isSoleAttempt;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Semaphore inFlight = new Semaphore(MOST_IN_FLIGHT);
    private volatile boolean isBroken;
    private long transaction = -1;

    RecordedProducer(Worker worker, Map<String, Object> settings) {
        this.worker = worker;
        isSoleAttempt = Integer.valueOf(0).equals(settings.get("retries"));
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        worker.line("ok", "session").with("role", "producer").with("client", "java-4.3.1")
            .with("idempotent", !isSoleAttempt).write();
    }

    /** It cannot be used any more. */
    boolean isBroken() {
        return isBroken;
    }

    /** Returns before there is an outcome, but waits while too many have none. */
    void send(Message message) throws InterruptedException {
        inFlight.acquire();
        long value = worker.nextValue();
        byte[] key = message.key() == null ? null : message.key().getBytes();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(message.partition().topic(), message.partition().partition(),
            System.currentTimeMillis(), key, message.isTombstone() ? null : Payload.of(value));
        if (message.isTombstone() || value % 3 == 0) {
            record.headers().add(Payload.HEADER, java.nio.ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        }
        recordInvoke(value, record, message);
        try {
            producer.send(record, (metadata, error) -> {
                inFlight.release();
                recordOutcome(value, metadata, error);
            });
        } catch (KafkaException | IllegalStateException error) {
            // Nothing left the client: the callback has an outcome of the record only if there was no exception.
            inFlight.release();
            worker.line("fail", "send").with("v", value).with(error).write();
            isBroken |= !(error instanceof ApiException);
        }
    }

    private void recordInvoke(long value, ProducerRecord<byte[], byte[]> record, Message message) {
        Recorder.Line line = worker.line("invoke", "send").with("v", value).with("k", Names.of(message.partition()))
            .with("d", Payload.digest(record.timestamp(), record.key(), record.value(), record.headers()));
        if (transaction >= 0) {
            line.with("txn", transaction);
        }
        if (message.key() != null) {
            line.with("key", message.key()).with("tombstone", message.isTombstone());
        }
        if (message.source() != null) {
            line.with("from", Names.of(message.source())).with("from_off", message.sourceOffset());
        }
        line.write();
    }

    private void recordOutcome(long value, RecordMetadata metadata, Exception error) {
        if (error == null) {
            worker.line("ok", "send").with("v", value).with("off", metadata.offset()).write();
            return;
        }
        String type = isSoleAttempt && PreAppend.is(error) ? "fail" : "info";
        worker.line(type, "send").with("v", value).with(error).write();
        isBroken |= isFatal(error);
    }

    private static boolean isFatal(Throwable error) {
        return error instanceof ProducerFencedException || error instanceof OutOfOrderSequenceException
            || error instanceof AuthorizationException || error instanceof UnsupportedVersionException
            || error instanceof InvalidPidMappingException;
    }

    void initTransactions() {
        producer.initTransactions();
    }

    void begin() {
        producer.beginTransaction();
        transaction = worker.nextValue();
        worker.line("ok", "txn_begin").with("txn", transaction).write();
    }

    void sendOffsets(String group, Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata metadata) {
        Recorder.Line line = worker.line("invoke", "commit_offsets").with("group", group).with("txn", transaction);
        offsets.forEach((partition, offset) -> line.op(partition, offset.offset()));
        line.write();
        try {
            producer.sendOffsetsToTransaction(offsets, metadata);
            worker.line("ok", "commit_offsets").write();
        } catch (KafkaException error) {
            worker.line("info", "commit_offsets").with(error).write();
            throw error;
        }
    }

    /** False: it was aborted, or its outcome is unknown and the producer broken. */
    boolean commit() {
        if (end("commit", producer::commitTransaction)) {
            return true;
        }
        // A commit that was not sent yet may still be aborted; one that was in doubt refuses it.
        abort();
        return false;
    }

    void abort() {
        isBroken |= !end("abort", producer::abortTransaction);
    }

    /** False: nobody knows. */
    private boolean end(String function, Runnable call) {
        worker.line("invoke", function).with("txn", transaction).write();
        try {
            call.run();
            worker.line("ok", function).with("txn", transaction).write();
            transaction = -1;
            return true;
        } catch (KafkaException | IllegalStateException error) {
            worker.line("info", function).with("txn", transaction).with(error).write();
            return false;
        }
    }

    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close(isBroken ? Duration.ZERO : Duration.ofSeconds(20));
    }
}
