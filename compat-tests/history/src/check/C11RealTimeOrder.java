package check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What was acknowledged before another send was called lies before it. */
final class C11RealTimeOrder implements Check {
    @Override
    public void judge(History history, Findings findings) {
        for (Partition partition : history.partitions()) {
            judge(partition, findings);
        }
    }

    private static void judge(Partition partition, Findings findings) {
        List<Send> byInvoked = new ArrayList<>();
        for (Send send : partition.sends) {
            if (send.isAcknowledged() && send.partition == partition) {
                byInvoked.add(send);
            }
        }
        List<Send> byEnded = new ArrayList<>(byInvoked);
        byInvoked.sort(Comparator.comparingLong(send -> send.invoked));
        byEnded.sort(Comparator.comparingLong(send -> send.ended));
        Send highest = null;
        int next = 0;
        for (Send send : byInvoked) {
            for (; next < byEnded.size() && byEnded.get(next).ended < send.invoked; next++) {
                if (highest == null || byEnded.get(next).firstOffset > highest.firstOffset) {
                    highest = byEnded.get(next);
                }
            }
            findings.examine();
            if (highest != null && highest.firstOffset > send.lastOffset && !isOfC10(highest, send)) {
                findings.add(partition, send.firstOffset, highest + " at " + highest.firstOffset + " was acknowledged before " + send
                    + " was sent, which lies at " + send.firstOffset);
            }
        }
    }

    private static boolean isOfC10(Send one, Send other) {
        return one.session == other.session && one.session.isIdempotent;
    }
}
