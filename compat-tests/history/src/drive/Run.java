package drive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;

/** What all workers of a driver share. */
final class Run {
    /** Topics of a workload are called w1-0, w1-1 ...: after so many sends a worker goes on to the next one. */
    private static final int SENDS_PER_TOPIC = 2048;

    private final String bootstrap;
    private final Recorder recorder;
    private final long seed;
    private final int slot;
    private final AtomicInteger procs;
    private final String workload;
    private final int topics;
    private final int partitions;
    private volatile boolean isOver;

    Run(String bootstrap, String file, long seed, int slot, int firstProc, String workload, int topics, int partitions)
            throws IOException {
        this.bootstrap = bootstrap;
        recorder = new Recorder(file);
        this.seed = seed;
        this.slot = slot;
        this.workload = workload;
        this.topics = topics;
        this.partitions = partitions;
        procs = new AtomicInteger(firstProc);
    }

    String bootstrap() {
        return bootstrap;
    }

    Recorder recorder() {
        return recorder;
    }

    long seed() {
        return seed;
    }

    /** Which of the drivers of its workload: the same before and behind a kill. */
    int slot() {
        return slot;
    }

    int nextProc() {
        return procs.getAndIncrement();
    }

    boolean isOver() {
        return isOver;
    }

    void end() {
        isOver = true;
    }

    List<String> topics() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < topics; i++) {
            names.add(workload + "-" + i);
        }
        return names;
    }

    List<TopicPartition> partitions() {
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : topics()) {
            all.addAll(partitionsOf(topic));
        }
        return all;
    }

    List<TopicPartition> partitionsOf(String topic) {
        List<TopicPartition> all = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            all.add(new TopicPartition(topic, i));
        }
        return all;
    }

    /** One of the topic that is written to behind so many sends. */
    TopicPartition target(long sends, int draw) {
        return new TopicPartition(workload + "-" + sends / SENDS_PER_TOPIC % topics, draw % partitions);
    }
}
