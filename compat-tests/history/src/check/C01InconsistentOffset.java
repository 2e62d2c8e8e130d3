package check;

/** An offset of a partition has one value, whoever tells of it. */
final class C01InconsistentOffset implements Check {
    @Override
    public void judge(History history, Findings findings) {
        findings.examined = history.placed;
        for (Conflict conflict : history.occupied) {
            findings.add(conflict.partition(), conflict.offset(),
                "offset " + conflict.offset() + " of " + conflict.partition() + " has " + conflict.send() + ", too");
        }
    }
}
