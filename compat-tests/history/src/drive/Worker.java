package drive;

import java.util.SplittableRandom;
import org.apache.kafka.common.KafkaException;

/** A thread of a driver with a proc of its own: one session behind the other until the run ends. */
abstract class Worker implements Runnable {
    private static final int VALUE_BITS = 40;

    final Run run;
    final SplittableRandom chance;
    private final long proc;
    private long values;

    Worker(Run run) {
        this.run = run;
        proc = run.nextProc();
        chance = new SplittableRandom(run.seed() ^ proc * 0x9E3779B97F4A7C15L);
    }

    /** One life of its clients; returns when the run ends, or the clients are to be replaced. */
    abstract void live() throws InterruptedException;

    @Override
    public void run() {
        try {
            while (!run.isOver()) {
                try {
                    live();
                } catch (KafkaException error) {
                    line("info", "crash").with("what", "gave up").with(error).write();
                    Thread.sleep(100);
                }
            }
        } catch (InterruptedException ended) {
            return;
        } catch (RuntimeException | Error mistake) {
            mistake.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    Recorder.Line line(String type, String function) {
        return run.recorder().line(proc, type, function);
    }

    /** No other in the run is the same. */
    synchronized long nextValue() {
        return proc << VALUE_BITS | ++values;
    }

    boolean oneIn(int times) {
        return chance.nextInt(times) == 0;
    }

    /** Lets so many operations be in a second, on average. */
    void pace(int perSecond) throws InterruptedException {
        Thread.sleep(chance.nextInt(2000 / perSecond + 1));
    }
}
