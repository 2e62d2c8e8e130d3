package check;

import java.util.ArrayList;
import java.util.List;

/** What a group's members committed and fetched. */
final class Group {
    final String name;
    final List<OffsetCommit> commits = new ArrayList<>();
    final List<OffsetFetch> fetches = new ArrayList<>();

    Group(String name) {
        this.name = name;
    }
}
