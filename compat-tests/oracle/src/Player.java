import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.requests.ResponseHeader;

/** Carries out the steps of one case. The step language is described in docs/oracle.md. */
final class Player {
    private static final int REPLY_TIMEOUT_MS = 30_000;
    private static final int UNTIL_TIMEOUT_MS = 60_000;
    private static final int UNTIL_PAUSE_MS = 50;

    /** An answer, and the step that asked for it. */
    record Played(ObjectNode answer, JsonNode step) { }

    /** Addresses by the name of the listener: "broker", and "controller" where it is known. */
    private final Map<String, String> listeners = new HashMap<>();
    private final Map<String, Link> links = new HashMap<>();
    private final Map<String, JsonNode> variables = new TreeMap<>();
    private final List<Played> answers = new ArrayList<>();
    private final JsonNode played;
    /** Values of the repeats around the step that is played. */
    private final ObjectNode with = Shapes.JSON.createObjectNode();

    /** BROKER or BROKER,CONTROLLER: host:port each; and the case. */
    Player(String addresses, JsonNode played) throws Exception {
        this.played = played;
        String[] both = addresses.split(",");
        String bootstrap = both[0];
        listeners.put("broker", bootstrap);
        if (both.length > 1) {
            listeners.put("controller", both[1]);
            variables.put("controllerPort", IntNode.valueOf(Integer.parseInt(both[1].substring(both[1].lastIndexOf(':') + 1))));
        }
        JsonNode cluster = Shapes.JSON.createObjectNode().put("send", "DescribeCluster").put("version", 0);
        JsonNode reply = ask(cluster, (short) 0).get("reply");
        variables.put("clusterId", reply.get("clusterId"));
        int colon = bootstrap.lastIndexOf(':');
        variables.put("host", TextNode.valueOf(bootstrap.substring(0, colon)));
        variables.put("port", IntNode.valueOf(Integer.parseInt(bootstrap.substring(colon + 1))));
    }

    List<Played> play() throws Exception {
        play("", played.get("steps"));
        for (Link link : links.values()) {
            link.close();
        }
        return answers;
    }

    private void play(String prefix, JsonNode steps) throws Exception {
        for (int i = 0; i < steps.size(); i++) {
            try {
                step(prefix + i, steps.get(i));
            } catch (Exception e) {
                throw new IllegalStateException("step " + prefix + i + ": " + steps.get(i), e);
            }
        }
    }

    /** The steps of a block for each version of a key, or for each value of a list. */
    private void repeat(String number, JsonNode block) throws Exception {
        List<JsonNode> values = new ArrayList<>();
        String variable = "v";
        if (block.has("over")) {
            variable = block.get("repeat").asText();
            block.get("over").forEach(values::add);
        } else {
            ApiKeys api = api(block.get("repeat").asText());
            Oracle.versions(block, api.messageType.lowestSupportedVersion(), api.latestVersion())
                .forEach(version -> values.add(IntNode.valueOf(version)));
        }
        for (JsonNode value : values) {
            variables.put(variable, Trees.fill(value, variables));
            with.set(variable, value.isTextual() ? TextNode.valueOf(Trees.brief(value.asText(), 40)) : value);
            play(number + ".", block.get("steps"));
        }
        with.remove(variable);
    }

    private void step(String number, JsonNode step) throws Exception {
        if (step.has("repeat")) {
            repeat(number, step);
        } else if (step.has("restart")) {
            restart(Trees.fill(step.get("restart").asText(), variables));
        } else if (step.has("close")) {
            drop(step.get("close").asText());
        } else if (step.has("frame")) {
            frame(number, step);
        } else if (step.has("await")) {
            ObjectNode answer = answer(number, step).put("await", step.get("await").asText());
            finish(answer, step, receive(step.get("await").asText(), step, answer));
        } else {
            ObjectNode filled = step.deepCopy();
            filled.put("send", Trees.fill(step.get("send").asText(), variables));
            ApiKeys api = api(filled.get("send").asText());
            if (step.path("version").isTextual()) {
                filled.set("version", Trees.fill(step.get("version"), variables));
            }
            for (short version : Oracle.versions(filled, api.messageType.lowestSupportedVersion(), api.latestVersion())) {
                if (!with.has("v")) {
                    variables.put("v", IntNode.valueOf(version));
                }
                request(number, filled, version);
            }
        }
    }

    /** Has the broker ended and started anew by the command that ORACLE_RESTART names. */
    private void restart(String kind) throws Exception {
        for (String name : List.copyOf(links.keySet())) {
            drop(name);
        }
        String command = System.getenv("ORACLE_RESTART");
        if (command == null) {
            throw new IllegalStateException("this broker cannot be restarted");
        }
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.add(kind);
        int status = new ProcessBuilder(words).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IllegalStateException("the broker did not start anew: status " + status);
        }
    }

    private ObjectNode answer(String number, JsonNode step) {
        ObjectNode answer = Shapes.JSON.createObjectNode().put("step", number);
        if (!with.isEmpty()) {
            answer.set("with", with.deepCopy());
        }
        if (step.has("name")) {
            answer.set("name", step.get("name"));
        }
        return answer;
    }

    private void request(String number, JsonNode step, short version) throws Exception {
        boolean silent = step.has("async") || !step.path("replies").asBoolean(true);
        if (silent) {
            send(step, version, !step.path("replies").isBoolean());
            return;
        }
        long deadline = System.nanoTime() + UNTIL_TIMEOUT_MS * 1_000_000L;
        ObjectNode answer = ask(step, version);
        while (!satisfies(answer, step.path("until")) && System.nanoTime() < deadline) {
            Thread.sleep(UNTIL_PAUSE_MS);
            answer = ask(step, version);
        }
        ObjectNode named = answer(number, step).put("send", step.get("send").asText()).put("version", version);
        named.setAll(answer);
        finish(named, step, answer);
    }

    private static boolean satisfies(ObjectNode answer, JsonNode wishes) {
        boolean[] all = {true};
        wishes.fields().forEachRemaining(wish -> {
            JsonNode value = answer.path("reply").at(wish.getKey());
            JsonNode wanted = wish.getValue();
            boolean met = wanted.has("$matches") ? value.asText().matches(wanted.get("$matches").asText())
                : value.toString().equals(wanted.toString());
            all[0] &= value.isMissingNode() ? wanted.isNull() : met;
        });
        return all[0];
    }

    private ObjectNode ask(JsonNode step, short version) throws Exception {
        long began = System.nanoTime();
        send(step, version, true);
        ObjectNode answer = Shapes.JSON.createObjectNode();
        receive(connection(step), step, answer);
        if (step.has("atLeastMs")) {
            // Clocks of two processes differ by their granularity.
            answer.put("waited", (System.nanoTime() - began) / 1_000_000 + 5 >= step.get("atLeastMs").asInt());
        }
        return answer;
    }

    private static String connection(JsonNode step) {
        String fallback = step.path("listener").asText("main");
        return step.has("async") ? step.get("async").asText() : step.path("connection").asText(fallback);
    }

    private static ApiKeys api(String name) {
        return Arrays.stream(ApiKeys.values()).filter(api -> api.name.equals(name)).findFirst().orElseThrow();
    }

    private void send(JsonNode step, short version, boolean replies) throws Exception {
        ApiKeys api = api(step.get("send").asText());
        JsonNode request = step.has("request") ? step.get("request") : Shapes.JSON.createObjectNode();
        short known = (short) Math.min(version, api.messageType.highestSupportedVersion(true));
        ByteBuffer body = Shapes.encode(api, known, Trees.fill(request, variables));
        if (step.has("cut")) {
            body.limit(body.limit() - step.get("cut").asInt());
        }
        if (step.has("extra")) {
            byte[] extra = HexFormat.of().parseHex(step.get("extra").asText());
            body = ByteBuffer.allocate(body.remaining() + extra.length).put(body).put(extra).flip();
        }
        String clientId = step.path("clientId").isNull() ? null : step.path("clientId").asText("oracle");
        link(connection(step), step).send(api, version, clientId, body, replies);
    }

    private Link link(String name, JsonNode step) throws IOException {
        if (!links.containsKey(name)) {
            String listener = step.path("listener").asText("broker");
            if (!listeners.containsKey(listener)) {
                throw new IllegalArgumentException("the address of listener " + listener + " is not known");
            }
            links.put(name, new Link(listeners.get(listener)));
        }
        return links.get(name);
    }

    private void drop(String name) throws IOException {
        Link link = links.remove(name);
        if (link != null) {
            link.close();
        }
    }

    private void frame(String number, JsonNode step) throws Exception {
        String name = connection(step);
        Link link = link(name, step);
        link.write(HexFormat.of().parseHex(step.get("frame").asText().replace(" ", "")));
        if (step.path("end").asBoolean()) {
            link.end();
        }
        if (!step.path("replies").asBoolean(true)) {
            return;
        }
        ObjectNode answer = answer(number, step);
        answer.set("frame", step.get("frame"));
        Link.Came came = link.read(step.path("timeoutMs").asInt(10_000));
        if (came.frame() != null) {
            answer.put("bytes", HexFormat.of().formatHex(came.frame().array()));
        } else {
            answer.put("came", came.instead());
            drop(name);
        }
        answers.add(new Played(answer, step));
    }

    /** Puts into `answer` what came: {"reply": ...}, or {"came": why there is none}. */
    private ObjectNode receive(String name, JsonNode step, ObjectNode answer) throws Exception {
        Link link = link(name, step);
        Link.Sent sent = link.next();
        Link.Came came = link.read(step.path("timeoutMs").asInt(REPLY_TIMEOUT_MS));
        if (came.frame() == null) {
            answer.put("came", came.instead());
            drop(name);
            return answer;
        }
        decode(sent, came.frame(), answer);
        return answer;
    }

    private void decode(Link.Sent sent, ByteBuffer frame, ObjectNode answer) throws Exception {
        short version = sent.version();
        if (version > sent.api().messageType.highestSupportedVersion(true)) {
            // Kafka answers an ApiVersions of the future in the layout of version 0.
            version = sent.api() == ApiKeys.API_VERSIONS ? 0 : sent.api().messageType.highestSupportedVersion(true);
        }
        ResponseHeader header = ResponseHeader.parse(frame, sent.api().responseHeaderVersion(version));
        if (header.correlationId() != sent.correlation()) {
            answer.put("correlation", header.correlationId() - sent.correlation());
        }
        byte[] body = new byte[frame.remaining()];
        frame.duplicate().get(body);
        ApiMessage reply;
        try {
            reply = Shapes.decodeReply(sent.api(), version, ByteBuffer.wrap(body));
        } catch (RuntimeException e) {
            answer.put("undecodable", HexFormat.of().formatHex(body));
            return;
        }
        JsonNode json = Shapes.toJson(reply, version);
        if (reply instanceof FetchResponseData fetched) {
            List<List<BaseRecords>> records = new ArrayList<>();
            fetched.responses().forEach(topic -> records.add(topic.partitions().stream()
                .map(FetchResponseData.PartitionData::records).toList()));
            addRecords(records, json);
        } else if (reply instanceof ShareFetchResponseData fetched) {
            List<List<BaseRecords>> records = new ArrayList<>();
            fetched.responses().forEach(topic -> records.add(topic.partitions().stream()
                .map(ShareFetchResponseData.PartitionData::records).toList()));
            addRecords(records, json);
        } else if (!MessageUtil.toByteBufferAccessor(reply, version).buffer().equals(ByteBuffer.wrap(body))) {
            answer.put("bytes", HexFormat.of().formatHex(body));
        }
        answer.set("reply", json);
    }

    /** Shows the records of a fetch, by topic and partition. */
    private static void addRecords(List<List<BaseRecords>> records, JsonNode json) {
        for (int i = 0; i < records.size(); i++) {
            for (int j = 0; j < records.get(i).size(); j++) {
                ((ObjectNode) json.get("responses").get(i).get("partitions").get(j))
                    .set("records", Batches.describe(records.get(i).get(j)));
            }
        }
    }

    /** Saves variables, then makes the answer independent of this broker and this run. */
    private void finish(ObjectNode answer, JsonNode step, ObjectNode from) {
        step.path("save").fields().forEachRemaining(save -> {
            JsonNode value = from.path("reply").at(save.getValue().asText());
            if (value.isMissingNode()) {
                throw new IllegalStateException("nothing at " + save.getValue().asText() + " in " + from);
            }
            variables.put(Trees.fill(save.getKey(), variables), value);
        });
        if (step.path("silent").asBoolean()) {
            return;
        }
        if (answer.has("reply")) {
            answer.set("reply", Trees.unfill(answer.get("reply"), variables));
            step.path("save").fields().forEachRemaining(save -> Trees.change(answer,
                "/reply" + save.getValue().asText(), node -> TextNode.valueOf("${" + save.getKey() + "}")));
            hidePorts(answer.get("reply"));
            Oracle.select(answer, step);
            Oracle.masked(answer, step);
            Oracle.masked(answer, played);
        }
        answers.add(new Played(answer, step));
    }

    private void hidePorts(JsonNode tree) {
        if (tree.isObject() && tree.path("host").equals(variables.get("host"))) {
            for (String port : List.of("port", "controllerPort")) {
                if (tree.path("port").equals(variables.get(port))) {
                    ((ObjectNode) tree).put("host", "${host}").put("port", "${" + port + "}");
                }
            }
        }
        tree.forEach(this::hidePorts);
    }
}
