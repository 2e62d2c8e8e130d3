package check;

import java.util.Arrays;
import java.util.Iterator;

/** The sends by their values, in the order of their first sight. */
final class ValueTable implements Iterable<Send> {
    private Send[] inOrder = new Send[1024];
    private Send[] slots = new Send[4096];
    private int size;

    /** The one of this value, which is made if need be. */
    Send of(long value) {
        int slot = slotOf(value);
        if (slots[slot] == null) {
            slots[slot] = new Send(value);
            append(slots[slot]);
            if (size * 2 > slots.length) {
                grow();
                return slots[slotOf(value)];
            }
        }
        return slots[slot];
    }

    /** A value that cannot be told from the record; no other is the same. */
    Send unreadable() {
        Send send = new Send(-1);
        append(send);
        return send;
    }

    @Override
    public Iterator<Send> iterator() {
        return Arrays.asList(inOrder).subList(0, size).iterator();
    }

    private void append(Send send) {
        if (size == inOrder.length) {
            inOrder = Arrays.copyOf(inOrder, size * 2);
        }
        inOrder[size++] = send;
    }

    private int slotOf(long value) {
        int mask = slots.length - 1;
        int slot = (int) (value * 0x9E3779B97F4A7C15L >>> 32) & mask;
        while (slots[slot] != null && slots[slot].value != value) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        slots = new Send[slots.length * 2];
        for (Send send : this) {
            if (send.value != -1) {
                slots[slotOf(send.value)] = send;
            }
        }
    }
}
