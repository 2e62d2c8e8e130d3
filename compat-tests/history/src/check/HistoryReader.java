package check;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/** Makes a history of events. The events of one proc have to come in their order; procs and files in any. */
final class HistoryReader {
    private final History history;
    private final Map<Long, Proc> procs = new HashMap<>();
    private final Event event = new Event();
    private Proc proc;

    HistoryReader(History history) {
        this.history = history;
    }

    /** A line that a killed client has not finished ends its file. */
    void read(InputStream input) throws IOException {
        try (JsonParser parser = Event.parser(input)) {
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                event.read(parser);
                history.events++;
                proc = procs.computeIfAbsent(event.proc, Proc::new);
                take();
            }
        } catch (JsonEOFException unfinished) {
            return;
        }
    }

    private void take() {
        switch (event.function) {
            case "send" -> takeSend();
            case "poll" -> takePoll();
            case "session" -> takeSession();
            case "assign", "subscribe", "seek", "rebalance" -> takePositions();
            case "txn_begin" -> takeBegin();
            case "commit", "abort" -> takeEnd();
            case "commit_offsets" -> takeOffsetCommit();
            case "fetch_committed" -> takeOffsetFetch();
            case "list_offsets" -> takeListing();
            case "delete_records" -> takeDeletion();
            case "out_of_range" -> takeReset();
            case "topic" -> takeTopic();
            case "fault" -> takeFault();
            case "crash" -> { }
            default -> throw new IllegalArgumentException("no such function: " + event.function);
        }
    }

    private boolean isInvoke() {
        return event.type.equals("invoke");
    }

    private Outcome outcome() {
        return switch (event.type) {
            case "ok" -> Outcome.OK;
            case "fail" -> Outcome.FAIL;
            case "info" -> Outcome.UNKNOWN;
            default -> throw new IllegalArgumentException("no such type: " + event.type);
        };
    }

    private String call() {
        return event.function + event.number;
    }

    /** What the event is the end of. */
    private Object called() {
        Object call = proc.open.remove(call());
        if (call == null) {
            throw new IllegalArgumentException("an end without a beginning: " + call() + " of proc " + event.proc);
        }
        return call;
    }

    private void takeSession() {
        Session session = new Session(event.proc, event.client, event.isIdempotent, event.isReadCommitted, event.isFinal);
        if (event.role.equals("producer")) {
            proc.producer = session;
            proc.transaction = null;
        } else {
            proc.consumer = session;
            proc.forgetPositions();
        }
        history.hasFinalRead |= event.isFinal;
    }

    private void takeSend() {
        Send send = history.sends.of(event.value);
        if (!isInvoke()) {
            send.ended = event.time;
            send.outcome = outcome();
            if (send.isAcknowledged() && event.offset >= 0) {
                history.place(send, send.target, event.offset);
            }
            return;
        }
        send.invoked = event.time;
        send.session = proc.producer;
        send.target = history.partition(event.partition);
        send.target.sends.add(send);
        send.digest = event.digest;
        send.recordKey = event.recordKey;
        send.isTombstone = event.isTombstone;
        if (event.source != null) {
            send.source = history.partition(event.source);
            send.sourceOffset = event.sourceOffset;
        }
        if (event.transaction >= 0) {
            send.transaction = history.transactions.get(event.transaction);
            send.transaction.sends.add(send);
        }
    }

    private void takePoll() {
        if (isInvoke()) {
            proc.lastPollInvoked = event.time;
            proc.open.put(call(), new Poll(proc.consumer, event.time, proc.transaction));
            return;
        }
        Poll poll = (Poll) called();
        poll.end(event.time, outcome());
        poll.reads = new Read[event.opCount];
        for (int i = 0; i < event.opCount; i++) {
            Event.Op op = event.ops[i];
            long value = op.numbers[1];
            Send send = value < 0 ? history.sends.unreadable() : history.sends.of(value);
            Scan scan = proc.scan(history.partition(op.partition), poll.invoked);
            poll.reads[i] = new Read(poll, scan, op.numbers[0], send, op.numbers[2]);
            history.read(poll.reads[i]);
        }
        history.polls.add(poll);
    }

    private void takePositions() {
        if (event.function.equals("assign") || event.function.equals("subscribe")) {
            proc.forgetPositions();
        }
        for (int i = 0; i < event.opCount; i++) {
            proc.position(history.partition(event.ops[i].partition), event.time, event.ops[i].numbers[0]);
        }
    }

    private void takeBegin() {
        proc.transaction = new Transaction(event.transaction, proc.producer);
        history.transactions.put(event.transaction, proc.transaction);
    }

    private void takeEnd() {
        Transaction transaction = history.transactions.get(event.transaction);
        if (isInvoke()) {
            if (event.function.equals("commit")) {
                transaction.commitInvoked = Math.min(transaction.commitInvoked, event.time);
            }
        } else if (event.function.equals("commit")) {
            transaction.endCommit(event.time, outcome());
        } else {
            transaction.endAbort(outcome());
        }
        if (isInvoke() || outcome() != Outcome.UNKNOWN) {
            proc.transaction = null;
        }
    }

    private void takeOffsetCommit() {
        if (!isInvoke()) {
            for (OffsetCommit commit : (OffsetCommit[]) called()) {
                commit.end(event.time, outcome());
            }
            return;
        }
        Group group = history.group(event.group);
        Transaction transaction = event.transaction < 0 ? null : history.transactions.get(event.transaction);
        // The client may have committed as soon as the poll moved its position, and before the proc could say so.
        long invoked = event.isAutomatic ? proc.lastPollInvoked : event.time;
        OffsetCommit[] commits = new OffsetCommit[event.opCount];
        for (int i = 0; i < commits.length; i++) {
            Event.Op op = event.ops[i];
            commits[i] = new OffsetCommit(proc.consumer, invoked, history.partition(op.partition), op.numbers[0], transaction);
            group.commits.add(commits[i]);
            if (transaction != null) {
                transaction.commits.add(commits[i]);
            }
        }
        if (!event.isAutomatic) {
            proc.open.put(call(), commits);
        }
    }

    /** The question that the event answers; null where it asks one, or has no answer. */
    private Operation answered() {
        if (isInvoke()) {
            proc.open.put(call(), new Operation(proc.consumer, event.time));
            return null;
        }
        Operation asked = (Operation) called();
        return outcome() == Outcome.OK ? asked : null;
    }

    private void takeOffsetFetch() {
        Operation asked = answered();
        for (int i = 0; asked != null && i < event.opCount; i++) {
            Event.Op op = event.ops[i];
            OffsetFetch fetch = new OffsetFetch(asked, history.partition(op.partition), op.numbers[0], event.isStable);
            fetch.end(event.time, Outcome.OK);
            history.group(event.group).fetches.add(fetch);
        }
    }

    private void takeListing() {
        Operation asked = answered();
        for (int i = 0; asked != null && i < event.opCount; i++) {
            Event.Op op = event.ops[i];
            Listing listing = new Listing(asked, op.numbers[0], op.numbers[1]);
            listing.end(event.time, Outcome.OK);
            history.partition(op.partition).listings.add(listing);
        }
    }

    private void takeDeletion() {
        if (isInvoke()) {
            Deletion deletion = new Deletion(proc.consumer, event.time, event.offset);
            history.partition(event.partition).deletions.add(deletion);
            proc.open.put(call(), deletion);
        } else {
            Deletion deletion = (Deletion) called();
            deletion.end(event.time, outcome());
            deletion.start = event.offset;
        }
    }

    private void takeReset() {
        for (int i = 0; i < event.opCount; i++) {
            Partition partition = history.partition(event.ops[i].partition);
            partition.resets.add(new Reset(proc.consumer, event.time, event.ops[i].numbers[0]));
        }
    }

    private void takeTopic() {
        for (int i = 0; i < event.opCount; i++) {
            Partition partition = history.partition(event.ops[i].partition);
            partition.isCompacted = event.isCompacted;
            partition.deleteRetentionNs = event.deleteRetentionMs * 1_000_000;
        }
    }

    private void takeFault() {
        if (isInvoke()) {
            Fault fault = new Fault(event.what, event.time);
            history.faults.add(fault);
            proc.open.put(call(), fault);
        } else {
            ((Fault) called()).ended = event.time;
        }
    }
}
