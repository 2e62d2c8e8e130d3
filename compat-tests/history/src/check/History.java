package check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything that was recorded of a run, each thing with those it belongs to. */
final class History {
    final ValueTable sends = new ValueTable();
    final List<Poll> polls = new ArrayList<>();
    final List<Fault> faults = new ArrayList<>();
    /** A second value at an occupied offset. */
    final List<Conflict> occupied = new ArrayList<>();
    /** A value at a second place. */
    final List<Conflict> repeated = new ArrayList<>();
    final Map<Long, Transaction> transactions = new LinkedHashMap<>();
    boolean hasFinalRead;
    /** How many values lie somewhere. */
    long placed;
    long events;
    private final Map<String, Partition> partitions = new HashMap<>();
    private final Map<String, Group> groups = new HashMap<>();

    Partition partition(String name) {
        return partitions.computeIfAbsent(name, Partition::new);
    }

    Collection<Partition> partitions() {
        return partitions.values();
    }

    Group group(String name) {
        return groups.computeIfAbsent(name, Group::new);
    }

    Collection<Group> groups() {
        return groups.values();
    }

    /** An acknowledgement or a reader says that the value lies there. */
    void place(Send send, Partition partition, long offset) {
        Send there = partition.log.get(offset);
        if (there == send) {
            return;
        }
        if (there != null) {
            occupied.add(new Conflict(send, partition, offset));
        } else {
            partition.log.put(offset, send);
        }
        if (send.partition == null) {
            placed++;
            send.partition = partition;
            send.firstOffset = offset;
            send.lastOffset = offset;
        } else if (send.partition != partition || send.firstOffset != offset && send.lastOffset != offset) {
            repeated.add(new Conflict(send, partition, offset));
            if (send.partition == partition) {
                send.firstOffset = Math.min(send.firstOffset, offset);
                send.lastOffset = Math.max(send.lastOffset, offset);
            }
        }
    }

    void read(Read read) {
        Send send = read.send;
        Session reader = read.scan.session;
        Partition partition = read.scan.partition;
        place(send, partition, read.offset);
        partition.highestRead = Math.max(partition.highestRead, read.offset);
        send.isRead = true;
        send.isReadCommitted |= reader.isReadCommitted;
        if (reader.isFinal) {
            send.isInFinalCommitted |= reader.isReadCommitted;
            send.isInFinalUncommitted |= !reader.isReadCommitted;
        }
    }
}
