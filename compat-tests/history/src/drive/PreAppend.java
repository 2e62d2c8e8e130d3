package drive;

import java.util.Set;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidRequiredAcksException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.InvalidRecordException;

/** The errors with which a broker refuses a record before it is in the log. */
final class PreAppend {
    private static final Set<Class<?>> ERRORS = Set.of(RecordTooLargeException.class, RecordBatchTooLargeException.class,
        InvalidRecordException.class, InvalidTimestampException.class, InvalidRequiredAcksException.class,
        NotEnoughReplicasException.class, UnknownTopicOrPartitionException.class, UnknownTopicIdException.class,
        NotLeaderOrFollowerException.class);

    private PreAppend() { }

    static boolean is(Exception error) {
        return error instanceof AuthorizationException || ERRORS.contains(error.getClass());
    }
}
