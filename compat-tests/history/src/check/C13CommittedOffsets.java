package check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A fetch of a group's offset returns one that was committed, and none that was surely replaced before the fetch was called. */
final class C13CommittedOffsets implements Check {
    /** What came to pass with one partition in one group. */
    private static final class Register {
        final List<OffsetCommit> commits = new ArrayList<>();
        final List<OffsetFetch> fetches = new ArrayList<>();
    }

    @Override
    public void judge(History history, Findings findings) {
        for (Group group : history.groups()) {
            Map<Partition, Register> registers = new HashMap<>();
            for (OffsetCommit commit : group.commits) {
                if (!commit.isVoid()) {
                    registers.computeIfAbsent(commit.partition, at -> new Register()).commits.add(commit);
                }
            }
            for (OffsetFetch fetch : group.fetches) {
                registers.computeIfAbsent(fetch.partition, at -> new Register()).fetches.add(fetch);
            }
            registers.forEach((partition, register) -> judge(group, partition, register, findings));
        }
    }

    private static void judge(Group group, Partition partition, Register register, Findings findings) {
        Map<Long, List<OffsetCommit>> byOffset = new HashMap<>();
        for (OffsetCommit commit : register.commits) {
            byOffset.computeIfAbsent(commit.offset, at -> new ArrayList<>()).add(commit);
        }
        List<OffsetCommit> sure = new ArrayList<>(register.commits);
        sure.removeIf(commit -> !commit.isSure());
        sure.sort(Comparator.comparingLong(OffsetCommit::ends));
        register.fetches.sort(Comparator.comparingLong(fetch -> fetch.invoked));
        // A fetch that does not wait for transactions may miss their commits.
        OffsetCommit latest = null;
        OffsetCommit latestPlain = null;
        int next = 0;
        for (OffsetFetch fetch : register.fetches) {
            findings.examine();
            for (; next < sure.size() && sure.get(next).ends() < fetch.invoked; next++) {
                latest = laterBegun(latest, sure.get(next));
                latestPlain = sure.get(next).transaction == null ? laterBegun(latestPlain, sure.get(next)) : latestPlain;
            }
            OffsetCommit floor = fetch.isStable ? latest : latestPlain;
            if (!isLegal(fetch, byOffset.getOrDefault(fetch.offset, List.of()), floor)) {
                findings.add(group.name + " has " + fetch.offset + " of " + partition + " for " + fetch.session + " at " + fetch.invoked
                    + (floor == null ? ", which nobody committed" : ", though " + floor.offset + " was committed by "
                    + floor.session + " from " + floor.begins() + " to " + floor.ends()));
            }
        }
    }

    private static OffsetCommit laterBegun(OffsetCommit one, OffsetCommit other) {
        return one == null || other.begins() > one.begins() ? other : one;
    }

    private static boolean isLegal(OffsetFetch fetch, List<OffsetCommit> commits, OffsetCommit floor) {
        if (fetch.offset < 0) {
            return floor == null;
        }
        for (OffsetCommit commit : commits) {
            if (commit.begins() <= fetch.ended && (floor == null || commit.ends() >= floor.begins())) {
                return true;
            }
        }
        return false;
    }
}
