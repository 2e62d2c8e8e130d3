import java.lang.reflect.Field;
import org.apache.kafka.server.share.fetch.InFlightBatch;
import org.apache.kafka.server.share.fetch.InFlightState;

/** The state that a batch's offsets have in common. */
final class States {
    private static final Field STATE = field();

    private States() { }

    static InFlightState of(InFlightBatch batch) {
        try {
            return (InFlightState) STATE.get(batch);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Field field() {
        try {
            Field field = InFlightBatch.class.getDeclaredField("batchState");
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }
}
