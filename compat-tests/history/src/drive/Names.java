package drive;

import org.apache.kafka.common.TopicPartition;

/** Partitions as a history names them: topic/0. */
final class Names {
    private Names() { }

    static String of(Object partition) {
        return partition instanceof TopicPartition at ? at.topic() + "/" + at.partition() : partition.toString();
    }
}
