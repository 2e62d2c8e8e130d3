package drive;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;

/**
 * A process of clients under test: Driver BOOTSTRAP FILE SEED SLOT FIRST-PROC WORKLOAD TOPICS PARTITIONS. The workload is w1, w2, w3,
 * w4source, w4, w5 or final; its topics are w1-0, w1-1 ... with so many partitions each. Writes its events to the file, until a line on
 * standard input, or its end, ends it; that of the final read ends by itself.
 */
public final class Driver {
    private Driver() { }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        String workload = arguments[5];
        Run run = new Run(arguments[0], arguments[1], Long.parseLong(arguments[2]), Integer.parseInt(arguments[3]),
            Integer.parseInt(arguments[4]), workload.equals("w4source") ? "w4" : workload, Integer.parseInt(arguments[6]),
            Integer.parseInt(arguments[7]));
        Thread orders = new Thread(() -> awaitOrder(run));
        orders.setDaemon(true);
        orders.start();
        List<Thread> threads = new ArrayList<>();
        for (Worker worker : workers(workload, run)) {
            threads.add(new Thread(worker));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static List<Worker> workers(String workload, Run run) {
        return switch (workload) {
            case "w1" -> AssignWorkload.workers(run);
            case "w2" -> GroupWorkload.workers(run);
            case "w3" -> TransactionWorkload.workers(run);
            case "w4source" -> List.of(new AssignWorkload.Writer(run));
            case "w4" -> CopyWorkload.workers(run);
            case "w5" -> KeyedWorkload.workers(run);
            case "final" -> List.of(new FinalRead(run));
            default -> throw new IllegalArgumentException(workload);
        };
    }

    private static void awaitOrder(Run run) {
        try {
            new BufferedReader(new InputStreamReader(System.in)).readLine();
        } catch (IOException gone) {
            System.err.println(gone);
        }
        run.end();
    }
}
