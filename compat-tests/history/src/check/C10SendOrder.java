package check;

import java.util.HashMap;
import java.util.Map;

/** What one idempotent producer sent to one partition lies there in the order of its calls, as far as it was acknowledged. */
final class C10SendOrder implements Check {
    @Override
    public void judge(History history, Findings findings) {
        for (Partition partition : history.partitions()) {
            Map<Session, Send> latest = new HashMap<>();
            for (Send send : partition.sends) {
                if (!send.isAcknowledged() || send.partition != partition) {
                    continue;
                }
                findings.examine();
                Send before = latest.put(send.session, send);
                if (before == null || before.firstOffset <= send.firstOffset) {
                    continue;
                }
                if (send.session.isIdempotent) {
                    findings.add(partition, send.firstOffset, send + " was sent behind " + before + " by " + send.session
                        + " and lies before it, at " + send.firstOffset);
                } else {
                    findings.report();
                }
            }
        }
    }
}
