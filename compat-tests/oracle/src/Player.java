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
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.ResponseHeader;

/** Carries out the steps of one case. The step language is described in docs/oracle.md. */
final class Player {
    private static final int REPLY_TIMEOUT_MS = 30_000;
    private static final int UNTIL_TIMEOUT_MS = 60_000;
    private static final int UNTIL_PAUSE_MS = 50;

    private final String bootstrap;
    private final Map<String, Link> links = new HashMap<>();
    private final Map<String, JsonNode> variables = new TreeMap<>();
    private final List<JsonNode> answers = new ArrayList<>();

    Player(String bootstrap) throws Exception {
        this.bootstrap = bootstrap;
        JsonNode cluster = Shapes.JSON.createObjectNode().put("send", "DescribeCluster").put("version", 0);
        JsonNode reply = ask(cluster, (short) 0).get("reply");
        variables.put("clusterId", reply.get("clusterId"));
        int colon = bootstrap.lastIndexOf(':');
        variables.put("host", TextNode.valueOf(bootstrap.substring(0, colon)));
        variables.put("port", IntNode.valueOf(Integer.parseInt(bootstrap.substring(colon + 1))));
    }

    List<JsonNode> play(JsonNode steps) throws Exception {
        for (int i = 0; i < steps.size(); i++) {
            try {
                step(i, steps.get(i));
            } catch (Exception e) {
                throw new IllegalStateException("step " + i + ": " + steps.get(i), e);
            }
        }
        for (Link link : links.values()) {
            link.close();
        }
        return answers;
    }

    private void step(int number, JsonNode step) throws Exception {
        if (step.has("close")) {
            drop(step.get("close").asText());
        } else if (step.has("frame")) {
            frame(number, step);
        } else if (step.has("await")) {
            ObjectNode answer = answer(number, step).put("await", step.get("await").asText());
            finish(answer, step, receive(step.get("await").asText(), step, answer));
        } else {
            ApiKeys api = api(step);
            for (short version : Oracle.versions(step, api.messageType.lowestSupportedVersion(), api.latestVersion())) {
                variables.put("v", IntNode.valueOf(version));
                request(number, step, version);
            }
        }
    }

    private static ObjectNode answer(int number, JsonNode step) {
        ObjectNode answer = Shapes.JSON.createObjectNode().put("step", number);
        if (step.has("name")) {
            answer.set("name", step.get("name"));
        }
        return answer;
    }

    private void request(int number, JsonNode step, short version) throws Exception {
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
        wishes.fields().forEachRemaining(wish ->
            all[0] &= answer.path("reply").at(wish.getKey()).toString().equals(wish.getValue().toString()));
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
        return step.has("async") ? step.get("async").asText() : step.path("connection").asText("main");
    }

    private static ApiKeys api(JsonNode step) {
        String name = step.get("send").asText();
        return Arrays.stream(ApiKeys.values()).filter(api -> api.name.equals(name)).findFirst().orElseThrow();
    }

    private void send(JsonNode step, short version, boolean replies) throws Exception {
        ApiKeys api = api(step);
        JsonNode request = step.has("request") ? step.get("request") : Shapes.JSON.createObjectNode();
        short known = (short) Math.min(version, api.messageType.highestSupportedVersion(true));
        ByteBuffer body = Shapes.encode(api, known, Trees.fill(request, variables));
        if (step.has("cut")) {
            body.limit(body.limit() - step.get("cut").asInt());
        }
        link(connection(step)).send(api, version, step.path("clientId").asText("oracle"), body, replies);
    }

    private Link link(String name) throws IOException {
        if (!links.containsKey(name)) {
            links.put(name, new Link(bootstrap));
        }
        return links.get(name);
    }

    private void drop(String name) throws IOException {
        Link link = links.remove(name);
        if (link != null) {
            link.close();
        }
    }

    private void frame(int number, JsonNode step) throws Exception {
        String name = connection(step);
        Link link = link(name);
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
        answers.add(answer);
    }

    /** Puts into `answer` what came: {"reply": ...}, or {"came": why there is none}. */
    private ObjectNode receive(String name, JsonNode step, ObjectNode answer) throws Exception {
        Link link = link(name);
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
            addRecords(fetched, json);
        } else if (!MessageUtil.toByteBufferAccessor(reply, version).buffer().equals(ByteBuffer.wrap(body))) {
            answer.put("bytes", HexFormat.of().formatHex(body));
        }
        answer.set("reply", json);
    }

    private static void addRecords(FetchResponseData fetched, JsonNode json) {
        for (int i = 0; i < fetched.responses().size(); i++) {
            var partitions = fetched.responses().get(i).partitions();
            for (int j = 0; j < partitions.size(); j++) {
                ((ObjectNode) json.get("responses").get(i).get("partitions").get(j))
                    .set("records", Batches.describe(partitions.get(j).records()));
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
            variables.put(save.getKey(), value);
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
        }
        answers.add(answer);
    }

    private void hidePorts(JsonNode tree) {
        if (tree.isObject() && tree.has("port") && tree.has("host")
            && tree.get("port").equals(variables.get("port")) && tree.get("host").equals(variables.get("host"))) {
            ((ObjectNode) tree).put("host", "${host}").put("port", "${port}");
        }
        tree.forEach(this::hidePorts);
    }
}
