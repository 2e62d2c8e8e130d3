package check;

import java.util.LinkedHashMap;
import java.util.Map;

/** What all checks say of a history, and whether it had anything to be checked. */
final class Verdict {
    private static final double LEAST_READ = 0.9;

    final Map<String, Findings> findings = new LinkedHashMap<>();
    private final long events;
    private final long leastSends;
    private long acknowledged;
    private long promised;
    private long read;
    private long faults;
    private long committed;
    private long aborted;

    Verdict(History history, long leastSends) {
        this.leastSends = leastSends;
        events = history.events;
        for (Check check : Check.ALL) {
            Findings found = new Findings();
            check.judge(history, found);
            findings.put(check.name(), found);
        }
        for (Send send : history.sends) {
            acknowledged += send.isAcknowledged() ? 1 : 0;
            promised += send.isPromised() && !mayBeGone(send) ? 1 : 0;
            read += send.isPromised() && !mayBeGone(send) && send.isRead ? 1 : 0;
        }
        for (Transaction transaction : history.transactions.values()) {
            committed += transaction.isCommitted() ? 1 : 0;
            aborted += transaction.isAborted() ? 1 : 0;
        }
        faults = history.faults.stream().filter(fault -> fault.isOfBroker() && fault.wasFelt(history.sends)).count();
    }

    /** Taken before anyone could read it. */
    private static boolean mayBeGone(Send send) {
        return !send.isRead && send.partition != null
            && (send.partition.isCompacted || send.partition.mayBeDeleted(send.lastOffset, Operation.NEVER));
    }

    long violations() {
        return findings.values().stream().mapToLong(found -> found.count).sum();
    }

    /** Why the history proves nothing; null if it does. */
    String emptiness() {
        if (acknowledged < leastSends) {
            return acknowledged + " acknowledged sends, fewer than " + leastSends;
        }
        if (read < promised * LEAST_READ) {
            return read + " read of " + promised + " that were promised";
        }
        return faults == 0 && leastSends > 0 ? "no client met a fault of the broker" : null;
    }

    boolean isGood() {
        return violations() == 0 && emptiness() == null;
    }

    String json() {
        StringBuilder text = new StringBuilder("{\"verdict\":");
        text.append(quote(violations() > 0 ? "violations" : emptiness() != null ? "nothing checked: " + emptiness() : "ok"));
        text.append(",\"events\":").append(events).append(",\"acknowledged\":").append(acknowledged).append(",\"promised\":")
            .append(promised).append(",\"read\":").append(read).append(",\"transactions\":{\"committed\":").append(committed)
            .append(",\"aborted\":").append(aborted).append("},\"effective_faults\":").append(faults);
        StringBuilder counts = new StringBuilder();
        StringBuilder examined = new StringBuilder();
        StringBuilder reported = new StringBuilder();
        StringBuilder witnesses = new StringBuilder();
        findings.forEach((name, found) -> {
            field(counts, name, Long.toString(found.count));
            field(examined, name, Long.toString(found.examined));
            if (found.reported > 0) {
                field(reported, name, Long.toString(found.reported));
            }
            if (found.count > 0) {
                field(witnesses, name, "[" + String.join(",", found.witnesses.stream().map(Verdict::quote).toList()) + "]");
            }
        });
        return text.append(",\"counts\":{").append(counts).append("},\"examined\":{").append(examined).append("},\"reported\":{").append(reported).append("},\"witnesses\":{")
            .append(witnesses).append("}}").toString();
    }

    private static void field(StringBuilder fields, String name, String value) {
        fields.append(fields.length() == 0 ? "" : ",").append(quote(name)).append(':').append(value);
    }

    private static String quote(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
