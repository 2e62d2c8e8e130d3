import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The cases, good and bad. */
final class StorageCases {
    private static final String ID = "bW9sZGF1LWNvbXBhdC0xMQ";
    private static final String CONFIG = "server.properties";
    private final GoldenStorage golden;

    private StorageCases(GoldenStorage golden) {
        this.golden = golden;
    }

    static void addAll(GoldenStorage golden) throws IOException {
        StorageCases cases = new StorageCases(golden);
        cases.quorums();
        cases.initialControllers();
        cases.releases();
        cases.features();
        cases.credentials();
        cases.brokenCredentials();
        cases.directories();
        cases.formattedBefore();
        cases.commandLines();
        cases.info();
        cases.lookUps();
    }

    private static List<String> common(String roles, String... more) {
        List<String> lines = new ArrayList<>(List.of("process.roles=" + roles, "node.id=1", "log.dirs=$DIR/a",
            "controller.listener.names=CONTROLLER"));
        lines.addAll(List.of(more));
        return lines;
    }

    private static String[] fixed(String... more) {
        List<String> lines = common("broker,controller", "listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093",
            "controller.quorum.voters=1@127.0.0.1:9093");
        lines.addAll(List.of(more));
        return lines.toArray(new String[0]);
    }

    private static String[] dynamic(String... more) {
        List<String> lines = common("broker,controller", "listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093",
            "controller.quorum.bootstrap.servers=127.0.0.1:9093");
        lines.addAll(List.of(more));
        return lines.toArray(new String[0]);
    }

    private static String[] brokerOnly(String... more) {
        List<String> lines = common("broker", "listeners=PLAINTEXT://127.0.0.1:9092",
            "controller.quorum.bootstrap.servers=127.0.0.1:9093");
        lines.addAll(List.of(more));
        return lines.toArray(new String[0]);
    }

    private static String[] controllerOnly(String... more) {
        List<String> lines = common("controller", "controller.quorum.bootstrap.servers=127.0.0.1:9093");
        lines.addAll(List.of(more));
        return lines.toArray(new String[0]);
    }

    private static GoldenStorage.Case with(String[] config) {
        return new GoldenStorage.Case().file(CONFIG, config);
    }

    private static String[] format(String... more) {
        List<String> arguments = new ArrayList<>(List.of("format", "--config", CONFIG, "--cluster-id", ID));
        arguments.addAll(List.of(more));
        return arguments.toArray(new String[0]);
    }

    private void format(String name, String[] config, String... more) throws IOException {
        golden.add(name, with(config).run(format(more)));
    }

    private void quorums() throws IOException {
        format("static quorum", fixed());
        format("static quorum, standalone", fixed(), "--standalone");
        format("static quorum, initial controllers", fixed(), "-I", "1@h:1:vO-8Ok0tSU6Mg1aQESmC3w");
        format("static quorum, no initial controllers", fixed(), "--no-initial-controllers");
        format("dynamic quorum, nothing said", dynamic());
        format("dynamic quorum, standalone", dynamic(), "--standalone");
        format("dynamic quorum, no initial controllers", dynamic(), "-N");
        format("broker alone", brokerOnly());
        format("broker alone, standalone", brokerOnly(), "-s");
        format("broker alone, no initial controllers", brokerOnly(), "-N");
        format("broker alone, initial controllers", brokerOnly(), "-I", "3@h:1:vO-8Ok0tSU6Mg1aQESmC3w");
        format("controller alone, standalone", controllerOnly("listeners=CONTROLLER://:9093"), "-s");
        format("controller alone, advertised", controllerOnly("listeners=CONTROLLER://:9093",
            "advertised.listeners=CONTROLLER://other.example:1234"), "-s");
        format("controller alone, two listeners", controllerOnly("listeners=FIRST://:9093,SECOND://[::1]:9094",
            "controller.listener.names=SECOND,FIRST",
            "listener.security.protocol.map=FIRST:PLAINTEXT,SECOND:PLAINTEXT"), "-s");
        format("controller alone, nothing said", controllerOnly("listeners=CONTROLLER://:9093"));
    }

    private void initialControllers() throws IOException {
        String self = "1@example.com:8082:JEXY6aqzQY-32P5TStzaFg";
        String two = "2@[::1]:8083:MvDxzVmcRsaTz33bUuRU6A";
        String three = "3@10.0.0.3:0:07R5amHmR32VDA6jHkGbTA";
        String[] lists = {self, three + "," + self + "," + two, two + "," + three, " " + self + ",", "," + self + ",,",
            "", ",", self + "," + self, "1", "@h:1:JEXY6aqzQY-32P5TStzaFg", "x@h:1:JEXY6aqzQY-32P5TStzaFg",
            "-1@h:1:JEXY6aqzQY-32P5TStzaFg", "1@", "1@[::1:1:JEXY6aqzQY-32P5TStzaFg", "1@h", "1@h:1", "1@[::1]x:1:A",
            "1@h:x:JEXY6aqzQY-32P5TStzaFg", "1@h:65536:JEXY6aqzQY-32P5TStzaFg", "1@h:-1:JEXY6aqzQY-32P5TStzaFg",
            "1@h:1:", "1@h:1:JEXY6aqzQY-32P5TStzaFgA", "1@h:1:JEXY6aqzQY-32P5TStza", "1@h:1:JEXY6aqzQY+32P5TStzaFg",
            "1@h:1:AAAAAAAAAAAAAAAAAAAAAA", "1@:1:JEXY6aqzQY-32P5TStzaFg", "+1@h:+1:JEXY6aqzQY-32P5TStzaFg",
            "99999999999@h:1:JEXY6aqzQY-32P5TStzaFg", "1@h:1:JEXY6aqzQY-32P5TStzaFg:x", self + ", " + two};
        for (String list : lists) {
            format("initial controllers '" + list + "'", dynamic(), "--initial-controllers", list);
        }
    }

    private void releases() throws IOException {
        for (String release : List.of("3.3-IV3", "3.3", "3.5-IV1", "3.5-IV2", "3.5", "3.9", "3.9.1", "4.0-IV1", "4.0",
            "4.1", "4.2-IV0", "4.3-IV0", "4.3", "4.3.1", "4.4-IV0", "4.4", "3.2", "5", "", "x", "4.3.", "4.3..", "4..3",
            "4.3-IV0.7")) {
            format("release '" + release + "'", fixed(), "--release-version", release);
            format("release '" + release + "', unstable ones allowed", fixed("unstable.feature.versions.enable=true"),
                "-r", release);
        }
        format("no release, unstable ones allowed", fixed("unstable.feature.versions.enable=true"));
        format("no release, unstable ones allowed by the name of the past",
            fixed("unstable.api.versions.enable=true"));
    }

    private void features() throws IOException {
        for (String feature : List.of("group.version=0", "group.version=1", "group.version=2", "group.version=-1",
            "transaction.version=1", "transaction.version=3", "share.version=0", "streams.version=1",
            "eligible.leader.replicas.version=0", "bogus=1", "test.feature.version=1", "metadata.version=25",
            "metadata.version=30", "metadata.version=31", "metadata.version=6", "metadata.version=0", "kraft.version=0",
            "kraft.version=1", "kraft.version=2", "nothing", "group.version=", "group.version=x", "=1",
            "group.version=32768", " group.version = 0 ", "group.version=1=1", "group.version=+1", "Group.version=1")) {
            format("feature '" + feature + "'", fixed(), "--feature", feature);
        }
        for (String level : List.of("0", "1", "2")) {
            format("dynamic, kraft.version=" + level, dynamic(), "-s", "-f", "kraft.version=" + level);
        }
        format("level 31 where unstable ones are allowed", fixed("unstable.feature.versions.enable=true"), "-f",
            "metadata.version=31");
        format("several features", fixed(), "-f", "group.version=0", "-f", "share.version=0", "-f",
            "group.version=1");
        format("a release and its feature", fixed(), "-r", "3.9", "-f", "metadata.version=25");
        format("ELR before its time", fixed(), "-r", "3.9", "-f", "eligible.leader.replicas.version=1");
        format("ELR at its time", fixed(), "-r", "4.0-IV1", "-f", "eligible.leader.replicas.version=1");
        format("all features below the release's", fixed(), "-r", "3.3-IV3", "-f", "group.version=1", "-f",
            "transaction.version=2", "-f", "share.version=1", "-f", "streams.version=1");
        format("what the tool looks at first", dynamic(), "-r", "x", "-f", "nothing");
        format("what the tool looks at next", dynamic(), "-f", "nothing", "-I", "1");
    }

    private void credentials() throws IOException {
        for (String credential : List.of("SCRAM-SHA-256=[name=alice,salt=\"N3E=\",password=alice-secret]",
            "SCRAM-SHA-512=[name=alice,iterations=8192,salt=\"N3E=\",saltedpassword=\"YCE=\"]",
            "SCRAM-SHA-256=[name=b\u00f6b,iterations=4096,salt=N3E=,password=\u00fc \u20ac]",
            "SCRAM-SHA-512=[name=a=b,salt=,iterations=4097,password=p]", "SCRAM-SHA-512=[name=a,salt=,password=]",
            "  SCRAM-SHA-256=[name=\"q\",salt=N3E=,password=\"quoted\"]  ",
            "SCRAM-SHA-256=[name=alice,name=bob,salt=N3E=,password=x]",
            "SCRAM-SHA-256=[name=alice,salt=N3E=,password=x,saltedpassword=YCE=]",
            "SCRAM-SHA-256=[name=alice,salt=N3E=,iterations=16384,password=x]",
            "SCRAM-SHA-256=[name=,salt=N3E=,password=\"]")) {
            format("credential '" + credential + "'", fixed(), "--add-scram", credential);
        }
        format("two credentials", fixed(), "-S", "SCRAM-SHA-256=[name=alice,salt=N3E=,password=x]", "-S",
            "SCRAM-SHA-512=[name=alice,salt=N3E=,password=x]");
        format("a credential at 3.5-IV2", fixed(), "-r", "3.5-IV2", "-S",
            "SCRAM-SHA-256=[name=alice,salt=N3E=,password=x]");
        format("a credential before its time", fixed(), "-r", "3.5-IV1", "-S",
            "SCRAM-SHA-256=[name=alice,salt=N3E=,password=x]");
    }

    private void brokenCredentials() throws IOException {
        for (String credential : List.of("", "SCRAM-SHA-256", "SCRAM-SHA-1=[name=a,password=b]",
            "SCRAM-SHA-256=name=a,password=b]", "SCRAM-SHA-256=[name=a,password=b", "SCRAM-SHA-256=[]",
            "SCRAM-SHA-256=[name]", "SCRAM-SHA-256=[password=b]", "SCRAM-SHA-256=[name=a]",
            "SCRAM-SHA-256=[name=a,password=b,iterations=4095]", "SCRAM-SHA-256=[name=a,password=b,iterations=16385]",
            "SCRAM-SHA-256=[name=a,password=b,iterations=x]", "SCRAM-SHA-256=[name=a,password=b,iterations=]",
            "SCRAM-SHA-256=[name=a,password=b,salt=!]", "SCRAM-SHA-256=[name=a,password=b,salt=N3]",
            "SCRAM-SHA-256=[name=a,password=b,salt=N]", "SCRAM-SHA-256=[name=a,password=b,salt=N3F=]",
            "SCRAM-SHA-256=[name=a,saltedpassword=YCE=]", "SCRAM-SHA-256=[name=a,salt=N3E=,saltedpassword=]", "SCRAM-SHA-256=[name=a,salt=N3E=,saltedpassword=!]",
            "SCRAM-SHA-256=[name=a,password=b,other=c,another=d]", "SCRAM-SHA-256=[name=a,,password=b]",
            "SCRAM-SHA-256=[ name=a,password=b]", "SCRAM-SHA-256=[name=a,salt=N3E=,password=b,]", "SCRAM-SHA-256=[,]", "scram-sha-256=[name=a,password=b]",
            "SCRAM-SHA-256=[name=a,password=b,salt=N3E==]", "SCRAM-SHA-256=[name=a,password=b,salt=N3 E=]")) {
            format("broken credential '" + credential + "'", fixed(), "--add-scram", credential);
        }
    }

    private static String[] several(String... more) {
        List<String> lines = new ArrayList<>(List.of(dynamic("log.dirs=$DIR/z,$DIR/b/deep,$DIR/c")));
        lines.addAll(List.of(more));
        return lines.toArray(new String[0]);
    }

    private void directories() throws IOException {
        format("several directories", several(), "-s");
        format("several directories and one for metadata", several("metadata.log.dir=$DIR/m"), "-s");
        format("several directories and one of them for metadata", several("metadata.log.dir=$DIR/c"), "-s");
        format("one directory for metadata", fixed("metadata.log.dir=$DIR/m"));
        format("log.dir", fixed("log.dir=$DIR/only"));
        golden.add("a directory that is a file", with(dynamic()).file("a", "no folder").run(format("-s")));
        golden.add("a directory within a file", with(several("log.dirs=$DIR/a/b,$DIR/c")).file("a", "no folder")
            .run(format("-s")));
        golden.add("a directory that holds something", with(fixed()).file("a/other", "content").run(format()));
    }

    private static String[] meta(String... lines) {
        return lines;
    }

    private void formattedBefore() throws IOException {
        golden.add("formatted twice", with(fixed()).run(format()).run(format()));
        golden.add("formatted twice, ignored", with(fixed()).run(format()).run(format("--ignore-formatted")));
        golden.add("formatted for another cluster", with(fixed()).run(format())
            .run("format", "-c", CONFIG, "-t", "other-cluster", "-g"));
        golden.add("formatted for another node", with(fixed()).file("a/meta.properties", meta("version=1", "node.id=2",
            "cluster.id=" + ID, "directory.id=vO-8Ok0tSU6Mg1aQESmC3w")).run(format("-g")));
        golden.add("some directories formatted", with(several()).file("b/deep/meta.properties", meta("version=1",
            "node.id=1", "cluster.id=" + ID, "directory.id=vO-8Ok0tSU6Mg1aQESmC3w")).run(format("-s"))
            .run(format("-s", "-g")).run(format("-s", "-g")));
        golden.add("formatted without a directory id", with(fixed()).file("a/meta.properties", meta("version=1",
            "node.id=1", "cluster.id=" + ID)).run(format("-g")));
        golden.add("formatted by an old release", with(fixed()).file("a/meta.properties", meta("version=0",
            "broker.id=1")).run(format()).run(format("-g")));
        golden.add("an identity without a cluster", with(fixed()).file("a/meta.properties", meta("version=1",
            "node.id=1")).run(format("-g")));
        golden.add("an identity without a node", with(fixed()).file("a/meta.properties", meta("version=1",
            "cluster.id=" + ID)).run(format("-g")));
        golden.add("an identity of a later version", with(fixed()).file("a/meta.properties", meta("version=2",
            "node.id=1", "cluster.id=" + ID)).run(format("-g")));
        golden.add("an identity without a version", with(fixed()).file("a/meta.properties", meta("node.id=1",
            "cluster.id=" + ID)).run(format("-g")));
        golden.add("an identity of nothing", with(several()).file("z/meta.properties").run(format("-s")));
        golden.add("two directories of one id", with(several()).file("z/meta.properties", meta("version=1", "node.id=1",
            "cluster.id=" + ID, "directory.id=vO-8Ok0tSU6Mg1aQESmC3w")).file("c/meta.properties", meta("version=1",
            "node.id=1", "cluster.id=" + ID, "directory.id=vO-8Ok0tSU6Mg1aQESmC3w")).run(format("-s", "-g")));
        golden.add("a reserved directory id", with(several()).file("z/meta.properties", meta("version=1", "node.id=1",
            "cluster.id=" + ID, "directory.id=AAAAAAAAAAAAAAAAAAAAAQ")).run(format("-s", "-g")));
    }

    private void commandLines() throws IOException {
        golden.add("no command", new GoldenStorage.Case().run());
        golden.add("an unknown command", new GoldenStorage.Case().run("reformat"));
        golden.add("an unknown flag", with(fixed()).run(format("--force")));
        golden.add("no cluster id", with(fixed()).run("format", "-c", CONFIG));
        golden.add("no configuration", with(fixed()).run("format", "-t", ID));
        golden.add("two ways to begin a quorum", with(dynamic()).run(format("-s", "-N"))
            .run(format("-s", "-I", "1@h:1:vO-8Ok0tSU6Mg1aQESmC3w")));
        golden.add("a configuration that is not there", new GoldenStorage.Case().run(format()));
        golden.add("a configuration with a wrong value", with(fixed("num.io.threads=0")).run(format()));
        golden.add("a configuration with two wrong values", with(fixed("num.io.threads=x", "log.segment.bytes=1"))
            .run(format()));
        golden.add("a configuration without roles", with(new String[] {"node.id=1", "log.dirs=$DIR/a"}).run(format()));
        golden.add("a configuration without a node", with(new String[] {"process.roles=broker"}).run(format()));
        golden.add("a cluster id that is no uuid", with(fixed()).run("format", "-c", CONFIG, "-t", "my cluster \u00e9="));
        golden.add("an empty cluster id", with(fixed()).run("format", "-c", CONFIG, "-t", ""));
        golden.add("help", new GoldenStorage.Case().run("--help").run("format", "-h"));
    }

    private void info() throws IOException {
        String[] identity = meta("version=1", "node.id=1", "cluster.id=" + ID, "directory.id=vO-8Ok0tSU6Mg1aQESmC3w");
        String[] info = {"info", "-c", CONFIG};
        golden.add("info before", with(fixed()).run(info));
        golden.add("info of a folder that is not formatted", with(fixed()).folder("a").run(info));
        golden.add("info behind", with(fixed()).file("a/meta.properties", identity).run(info));
        golden.add("info of a file", with(fixed()).file("a", "no folder").run(info));
        golden.add("info of several", with(several("metadata.log.dir=$DIR/m")).file("z/meta.properties", identity)
            .file("c/meta.properties", identity).folder("b/deep").run(info));
        golden.add("info of several clusters", with(several()).file("z/meta.properties", identity)
            .file("c/meta.properties", meta("version=1", "node.id=1", "cluster.id=x")).run(info));
        golden.add("info of several nodes", with(several()).file("z/meta.properties", identity)
            .file("c/meta.properties", meta("version=1", "node.id=2", "cluster.id=" + ID)).run(info));
        golden.add("info of an old release", with(fixed()).file("a/meta.properties", meta("version=0", "broker.id=1",
            "cluster.id=" + ID)).run(info));
        golden.add("info with more in it", with(fixed()).file("a/meta.properties", meta("version=1", "node.id=1",
            "cluster.id=a b", "other=x")).run(info));
        golden.add("info of a broken identity", with(fixed()).file("a/meta.properties", meta("version=x")).run(info));
        golden.add("info of an identity without a node", with(fixed()).file("a/meta.properties", meta("version=1",
            "cluster.id=" + ID)).run(info));
        golden.add("info of an identity without a cluster", with(fixed()).file("a/meta.properties", meta("version=1",
            "node.id=1")).run(info));
        golden.add("info without a configuration", new GoldenStorage.Case().run("info"));
    }

    private void lookUps() throws IOException {
        for (String release : List.of("3.3-IV3", "3.5", "3.8", "3.9", "4.0-IV0", "4.0-IV2", "4.1", "4.2", "4.2-IV0",
            "4.3.1", "4.4-IV0", "4.4", "3.2", "x", "")) {
            golden.add("versions of '" + release + "'",
                new GoldenStorage.Case().run("version-mapping", "--release-version", release));
        }
        golden.add("versions of the latest", new GoldenStorage.Case().run("version-mapping"));
        for (String feature : List.of("metadata.version=7", "metadata.version=31", "metadata.version=6",
            "metadata.version=x", "group.version=1", "kraft.version=1", "transaction.version=2",
            "eligible.leader.replicas.version=1", "eligible.leader.replicas.version=0", "share.version=2",
            "bogus=1", "group.version", "group.version=", " group.version = 0 ", "group.version=1=2")) {
            golden.add("dependencies of '" + feature + "'",
                new GoldenStorage.Case().run("feature-dependencies", "-f", feature));
        }
        golden.add("dependencies of several", new GoldenStorage.Case().run("feature-dependencies", "--feature",
            "group.version=1", "--feature", "eligible.leader.replicas.version=1", "-f", "bogus=1"));
        golden.add("dependencies of none", new GoldenStorage.Case().run("feature-dependencies"));
    }
}
