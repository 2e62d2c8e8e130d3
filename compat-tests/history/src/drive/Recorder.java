package drive;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes events to a file, each with one write, so that what was recorded outlives the process. */
final class Recorder {
    private final OutputStream file;

    Recorder(String path) throws IOException {
        file = new FileOutputStream(path);
    }

    /** An event of now. */
    Line line(long proc, String type, String function) {
        return new Line(proc, type, function);
    }

    private synchronized void write(String text) {
        try {
            file.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    /** An event that is being put together. Its fields are those of docs/history.md. */
    final class Line {
        private final StringBuilder text = new StringBuilder(160);
        private StringBuilder ops;

        private Line(long proc, String type, String function) {
            // CLOCK_MONOTONIC on Linux, as in all other processes of the run.
            text.append("{\"t\":").append(System.nanoTime()).append(",\"proc\":").append(proc);
            with("type", type).with("f", function);
        }

        Line with(String name, String content) {
            text.append(",\"").append(name).append("\":\"").append(content.replaceAll("[\"\\\\\\p{Cntrl}]", " ")).append('"');
            return this;
        }

        Line with(String name, long number) {
            text.append(",\"").append(name).append("\":").append(number);
            return this;
        }

        Line with(String name, boolean is) {
            text.append(",\"").append(name).append("\":").append(is);
            return this;
        }

        Line with(Throwable error) {
            return with("err", error.toString());
        }

        Line op(Object partition, long... numbers) {
            ops = ops == null ? new StringBuilder() : ops.append(',');
            ops.append("[\"").append(Names.of(partition)).append('"');
            for (long number : numbers) {
                ops.append(',').append(number);
            }
            ops.append(']');
            return this;
        }

        void write() {
            if (ops != null) {
                text.append(",\"ops\":[").append(ops).append(']');
            }
            Recorder.this.write(text.append("}\n").toString());
        }
    }
}
