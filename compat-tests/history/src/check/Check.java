package check;

import java.util.List;

/** One of the checks of a history. */
interface Check {
    /** In the order of their numbers. */
    List<Check> ALL = List.of(new C01InconsistentOffset(), new C02Duplicate(), new C03LostWrite(), new C04Unseen(), new C05AbortedRead(),
        new C06DirtyRead(), new C07TornTransaction(), new C08PollSkip(), new C09PollOrder(), new C10SendOrder(), new C11RealTimeOrder(),
        new C12Cycles(), new C13CommittedOffsets(), new C14ExactlyOnceCopy(), new C15Content(), new C16Compaction(), new C17LogStart());

    /** As in docs/history.md: C1 to C17. */
    default String name() {
        return "C" + Integer.parseInt(getClass().getSimpleName().substring(1, 3));
    }

    void judge(History history, Findings findings);
}
