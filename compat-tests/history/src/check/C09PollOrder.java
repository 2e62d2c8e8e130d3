package check;

/** A reader does not go back by itself. */
final class C09PollOrder implements Check {
    @Override
    public void judge(History history, Findings findings) {
        for (Poll poll : history.polls) {
            for (Read read : poll.reads) {
                long least = read.position();
                findings.examined += least < 0 ? 0 : 1;
                if (read.offset < least) {
                    findings.add(read.scan.partition, read.offset, poll.session + " was at " + least + " of " + read.scan.partition
                        + " and got " + read.offset);
                }
            }
        }
    }
}
