import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The results an example has to give: for each key its values, in their order. */
final class Expected {
    private final Map<String, List<String>> values = new HashMap<>();
    private final boolean onlyLatest;
    private int count;

    private Expected(boolean onlyLatest) {
        this.onlyLatest = onlyLatest;
    }

    /** Every result counts: one too many, too few or in another place of its key is wrong. */
    static Expected each() {
        return new Expected(false);
    }

    /** How often the value of a key changes on its way depends on what is read first; its last one does not. */
    static Expected latest() {
        return new Expected(true);
    }

    void add(String key, String value) {
        List<String> ofKey = values.computeIfAbsent(key, any -> new ArrayList<>());
        if (onlyLatest) {
            ofKey.clear();
        }
        ofKey.add(value);
        count++;
    }

    /** The next value of a key, where every result counts. */
    void addNext(String key) {
        add(key, Integer.toString(values.getOrDefault(key, List.of()).size() + 1));
    }

    boolean isOnlyLatest() {
        return onlyLatest;
    }

    /** How many results, or how many keys where only the latest of each counts. */
    int size() {
        return onlyLatest ? values.size() : count;
    }

    /** Null where the key is to have no such value. */
    String value(String key, int index) {
        List<String> ofKey = values.getOrDefault(key, List.of());
        return index < ofKey.size() ? ofKey.get(index) : null;
    }

    String latest(String key) {
        List<String> ofKey = values.get(key);
        return ofKey == null ? null : ofKey.get(ofKey.size() - 1);
    }
}
