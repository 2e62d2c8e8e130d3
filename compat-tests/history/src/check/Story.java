package check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A history written by hand, in one line each step: PROC WORD ARGUMENT.... Time is the number of the line. What follows a word says what
 * is known of it: nothing, that it came back at once; `>` that it was called, `<` that it came back, `?` that it came back with an
 * unknown outcome, `!` that it failed.
 *
 *   1 producer | producer plain                 a new producer, idempotent or not
 *   2 consumer | consumer rc | final | final rc  a new consumer of everything or of what is committed; one of the final read
 *   1 send a/0 v1 5 [T1] [key=x] [tombstone] [from=b/0:7] [d=1]    a value to a partition, and where it lies
 *   2 poll a/0:5=v1 a/0:6=v2/9                   what a poll returned; behind the slash another digest than 0
 *   2 seek a/0:5 | assign a/0:0 | rebalance a/0                  positions; without an offset, to where is not known
 *   2 out_of_range a/0:5                         it was told that its position is outside of the log
 *   1 begin T1 | commit T1 | abort T1
 *   1 offsets g a/0:6 [T1]                       a group's offset is committed; `auto` in place of the mark: perhaps
 *   1 fetched g a/0:6 [loose]                    what a group had committed; loose: without waiting for transactions
 *   1 list a/0:0:10                              first offset and high watermark
 *   1 delete a/0:5 5                             DeleteRecords before an offset, and where the log begins then
 *   0 fault> broker killed                       and `fault<`, when it is back
 *   0 compacted a/0 5                            a topic, and delete.retention.ms in lines
 */
final class Story {
    private final StringBuilder json = new StringBuilder();
    private final Map<String, Long> numbers = new HashMap<>();
    private long time;

    /** The events of the lines, as JSONL. */
    static String events(List<String> lines) {
        Story story = new Story();
        lines.forEach(story::tell);
        return story.json.toString();
    }

    private void tell(String line) {
        String[] words = line.trim().split("\\s+");
        String word = words[1];
        char mark = word.charAt(word.length() - 1);
        String name = Character.isLetter(mark) ? word : word.substring(0, word.length() - 1);
        List<String> arguments = List.of(words).subList(2, words.length);
        String proc = words[0];
        time += 1_000_000;
        switch (name) {
            case "producer" -> event(proc, "ok", "session",
                "\"role\":\"producer\",\"idempotent\":" + !arguments.contains("plain"));
            case "consumer", "final" -> event(proc, "ok", "session", "\"role\":\"consumer\",\"committed\":" + arguments.contains("rc")
                + ",\"final\":" + name.equals("final"));
            case "out_of_range", "seek", "assign", "rebalance" -> event(proc, "ok", name, ops(arguments));
            case "begin" -> event(proc, "ok", "txn_begin", "\"txn\":" + number(arguments.get(0)));
            case "compacted" -> event(proc, "ok", "topic", "\"compacted\":true,\"delete_retention_ms\":" + arguments.get(1) + ","
                + ops(arguments.subList(0, 1)));
            case "auto" -> event(proc, "invoke", "commit_offsets", "\"auto\":true," + offsets(arguments));
            default -> call(proc, name, mark, arguments);
        }
    }

    private void call(String proc, String name, char mark, List<String> arguments) {
        String function = switch (name) {
            case "offsets" -> "commit_offsets";
            case "fetched" -> "fetch_committed";
            case "list" -> "list_offsets";
            case "delete" -> "delete_records";
            default -> name;
        };
        if (mark != '<') {
            event(proc, "invoke", function, invoked(name, arguments));
        }
        if (mark != '>') {
            time += 100_000;
            event(proc, mark == '?' ? "info" : mark == '!' ? "fail" : "ok", function, ended(name, arguments));
        }
    }

    private String invoked(String name, List<String> arguments) {
        return switch (name) {
            case "send" -> send(arguments);
            case "commit", "abort" -> "\"txn\":" + number(arguments.get(0));
            case "offsets" -> offsets(arguments);
            case "fault" -> "\"what\":" + quote(String.join(" ", arguments));
            case "delete" -> "\"k\":" + quote(partition(arguments.get(0))) + ",\"off\":" + arguments.get(0).split(":")[1];
            default -> "\"n\":0";
        };
    }

    private String ended(String name, List<String> arguments) {
        return switch (name) {
            case "send" -> "\"v\":" + number(arguments.get(1)) + offset(arguments);
            case "poll", "list" -> ops(arguments);
            case "commit", "abort" -> "\"txn\":" + number(arguments.get(0));
            case "fetched" -> "\"group\":" + quote(arguments.get(0)) + ",\"stable\":" + !arguments.contains("loose") + ","
                + ops(arguments.subList(1, arguments.size()));
            case "delete" -> "\"off\":" + (arguments.size() > 1 ? arguments.get(1) : "-1");
            default -> "\"n\":0";
        };
    }

    private static String offset(List<String> arguments) {
        boolean isGiven = arguments.size() > 2 && Character.isDigit(arguments.get(2).charAt(0));
        return isGiven ? ",\"off\":" + arguments.get(2) : "";
    }

    private String send(List<String> arguments) {
        StringBuilder fields = new StringBuilder("\"k\":" + quote(arguments.get(0)) + ",\"v\":" + number(arguments.get(1)));
        for (String argument : arguments.subList(2, arguments.size())) {
            if (argument.startsWith("T")) {
                fields.append(",\"txn\":").append(number(argument));
            } else if (argument.startsWith("key=")) {
                fields.append(",\"key\":").append(quote(argument.substring(4)));
            } else if (argument.startsWith("from=")) {
                String[] place = argument.substring(5).split(":");
                fields.append(",\"from\":").append(quote(place[0])).append(",\"from_off\":").append(place[1]);
            } else if (argument.startsWith("d=")) {
                fields.append(",\"d\":").append(argument.substring(2));
            } else if (argument.equals("tombstone")) {
                fields.append(",\"tombstone\":true");
            }
        }
        return fields.toString();
    }

    private String offsets(List<String> arguments) {
        String last = arguments.get(arguments.size() - 1);
        return "\"group\":" + quote(arguments.get(0)) + "," + ops(arguments.subList(1, arguments.size()))
            + (last.startsWith("T") ? ",\"txn\":" + number(last) : "");
    }

    /** Of a/0, a/0:5, a/0:5:6, a/0:5=v1 and a/0:5=v1/9; other words are not of it. */
    private String ops(List<String> arguments) {
        List<String> ops = new ArrayList<>();
        for (String argument : arguments) {
            if (!argument.contains("/")) {
                continue;
            }
            StringBuilder op = new StringBuilder("[").append(quote(partition(argument)));
            String[] record = argument.substring(partition(argument).length()).split("=");
            if (!record[0].isEmpty()) {
                op.append(record[0].replace(':', ','));
            }
            if (record.length > 1) {
                String[] value = record[1].split("/");
                op.append(',').append(number(value[0])).append(',').append(value.length > 1 ? value[1] : "0");
            }
            ops.add(op.append(']').toString());
        }
        return "\"ops\":[" + String.join(",", ops) + "]";
    }

    private static String partition(String argument) {
        return argument.split(":")[0];
    }

    /** Of a name like v1 or T1; `none` is a value that cannot be told. */
    private long number(String name) {
        return name.equals("none") ? -1 : numbers.computeIfAbsent(name, at -> (1L << 40) + numbers.size() + 1);
    }

    private void event(String proc, String type, String function, String fields) {
        json.append("{\"t\":").append(time).append(",\"proc\":").append(proc).append(",\"type\":").append(quote(type))
            .append(",\"f\":").append(quote(function)).append(',').append(fields).append("}\n");
    }

    private static String quote(String text) {
        return "\"" + text + "\"";
    }
}
