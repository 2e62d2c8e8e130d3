package drive;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Where logs begin and end. */
final class Listings {
    private static final int ANSWER_S = 30;

    private Listings() { }

    /** First offsets and high watermarks, into the history. */
    static void record(Worker worker, Admin admin, Collection<TopicPartition> partitions)
            throws InterruptedException, ExecutionException, TimeoutException {
        worker.line("invoke", "list_offsets").write();
        Map<TopicPartition, ListOffsetsResultInfo> starts = list(admin, partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, ListOffsetsResultInfo> ends = list(admin, partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
        Recorder.Line line = worker.line("ok", "list_offsets");
        partitions.forEach(partition -> line.op(partition, starts.get(partition).offset(), ends.get(partition).offset()));
        line.write();
    }

    static Map<TopicPartition, ListOffsetsResultInfo> list(Admin admin, Collection<TopicPartition> partitions, OffsetSpec which,
            IsolationLevel isolation) throws InterruptedException, ExecutionException, TimeoutException {
        return admin.listOffsets(partitions.stream().collect(Collectors.toMap(at -> at, at -> which)), new ListOffsetsOptions(isolation))
            .all().get(ANSWER_S, TimeUnit.SECONDS);
    }
}
