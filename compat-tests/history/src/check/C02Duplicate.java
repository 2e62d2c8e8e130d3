package check;

/** A value of an idempotent producer lies at one offset of one partition. Those of others are reported. */
final class C02Duplicate implements Check {
    @Override
    public void judge(History history, Findings findings) {
        findings.examined = history.placed;
        for (Conflict conflict : history.repeated) {
            Send send = conflict.send();
            if (send.session != null && !send.session.isIdempotent) {
                findings.report();
                continue;
            }
            findings.add(conflict.partition(), conflict.offset(), send + " lies at " + send.partition + " " + send.firstOffset
                + " and at " + conflict.partition() + " " + conflict.offset());
        }
    }
}
