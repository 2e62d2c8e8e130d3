package check;

/** A record comes back as it was sent: key, content, headers and timestamp, in the partition it was sent to. */
final class C15Content implements Check {
    @Override
    public void judge(History history, Findings findings) {
        for (Poll poll : history.polls) {
            for (Read read : poll.reads) {
                findings.examine();
                Send send = read.send;
                String why = send.invoked == Operation.NEVER ? "was never sent"
                    : send.target != read.scan.partition ? "was sent to " + send.target
                    : send.digest != read.digest ? "has other content than was sent" : null;
                if (why != null) {
                    findings.add(read.scan.partition, read.offset, send + " " + why + "; read by " + poll.session);
                }
            }
        }
    }
}
