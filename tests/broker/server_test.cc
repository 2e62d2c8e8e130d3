#include <csignal>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "broker/program.h"
#include "io/uv/host_name.h"
#include "observe/log.h"
#include "server_process.h"
#include "temp_folder.h"

using namespace moldau;
using namespace moldau::broker;
using namespace moldau::broker::testing;

namespace {

/// What the program says when it ends by itself.
struct Outcome {
  int status = 0;
  std::string out;
  std::string err;
  std::string log;
};

Outcome run(const std::vector<std::string>& arguments) {
  Outcome outcome;
  std::ostringstream out;
  std::ostringstream err;
  observe::set_sink([&](observe::Level, std::string_view line) { outcome.log += std::string(line) + "\n"; });
  outcome.status = run_program(arguments, out, err);
  observe::set_sink({});
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

/// Settings of a node that is broker and controller, on free ports, with its data in the folder.
std::string combined_node(const TempFolder& folder) {
  return "process.roles=broker,controller\nnode.id=4\ncontroller.listener.names=CONTROLLER\n"
         "listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0\n"
         "controller.quorum.voters=4@127.0.0.1:9093\nlog.dirs=" +
         folder.path() + "/data\n";
}

bool is_ready(const std::string& bootstrap) {
  return run({"ready", "--bootstrap-server", bootstrap, "--timeout-ms", "20000"}).status == 0;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a server on a free port names it, serves, and stops cleanly when it is told to") {
  const TempFolder folder;
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    ServerProcess server({"--data", folder.path() + "/data", "--port", "0"});
    const std::string line = server.read_line();
    const std::string mark = "Moldau is ready: bootstrap.servers=127.0.0.1:";
    REQUIRE(line.starts_with(mark));
    const std::string bootstrap = line.substr(line.find('=') + 1);
    CHECK(bootstrap != "127.0.0.1:0");
    CHECK(bootstrap != "127.0.0.1:9092");
    CHECK(run({"ready", bootstrap}).out == bootstrap + " is ready\n");
    CHECK(server.stop(signal) == 0);
    CHECK(folder.exists("data/.kafka_cleanshutdown"));
    CHECK(server.read_line().empty());
    const Outcome gone = run({"ready", bootstrap, "--timeout-ms", "1"});
    CHECK(gone.status == 1);
    CHECK(gone.err.starts_with(bootstrap + " is not ready: "));
  }
}

TEST_CASE("two servers on free ports run side by side") {
  const TempFolder folder;
  ServerProcess one({"--data", folder.path() + "/one", "--port", "0"});
  ServerProcess other({"--data", folder.path() + "/other", "--port", "0"});
  const std::string bootstrap_of_one = one.read_bootstrap();
  const std::string bootstrap_of_other = other.read_bootstrap();
  CHECK(bootstrap_of_one != bootstrap_of_other);
  CHECK(is_ready(bootstrap_of_one));
  CHECK(is_ready(bootstrap_of_other));
}

TEST_CASE("a start that fails before anything is written leaves the mark of the clean stop before it") {
  const TempFolder folder;
  const std::string data = folder.path() + "/data";
  ServerProcess clean({"--data", data, "--port", "0"});
  REQUIRE(!clean.read_bootstrap().empty());
  REQUIRE(clean.stop(SIGTERM) == 0);
  ServerProcess other({"--data", folder.path() + "/other", "--port", "0"});
  const std::string taken = other.read_bootstrap();
  ServerProcess failing({"--data", data, "--port", taken.substr(taken.rfind(':') + 1)});
  CHECK(failing.wait_for_end() == 1);
  CHECK(folder.exists("data/.kafka_cleanshutdown"));
}

TEST_CASE("a listener without a host is known by the name of the machine") {
  const TempFolder folder;
  ServerProcess server(
      {"--data", folder.path() + "/data", "--override", "listeners=PLAINTEXT://:0,CONTROLLER://127.0.0.1:0"});
  const std::string bootstrap = server.read_bootstrap();
  CHECK(bootstrap.substr(0, bootstrap.rfind(':')) == io::uv::canonical_host_name());
}

TEST_CASE("a server takes a file and overrides on either side of it, and warns of keys that are not known") {
  const TempFolder folder;
  folder.write("server.properties", combined_node(folder) + "log.segment.bytes=1\nfile.key=x\n");
  const std::string file = folder.path() + "/server.properties";
  REQUIRE(run({"storage", "format", "-c", file, "-t", "bW9sZGF1LWNvbXBhdC0xMQ"}).status == 1);
  folder.write("server.properties", combined_node(folder));
  REQUIRE(run({"storage", "format", "-c", file, "-t", "bW9sZGF1LWNvbXBhdC0xMQ"}).status == 0);
  folder.write("server.properties", combined_node(folder) + "log.segment.bytes=1\nfile.key=x\n");
  ServerProcess server({"--override", "log.segment.bytes=1048576", file, "--override", " override.key = a=b ",
                        "--override=c="});
  CHECK(is_ready(server.read_bootstrap()));
  CHECK(server.stop(SIGTERM) == 0);
  for (const std::string name : {"file.key", "override.key", "c"}) {
    CHECK(contains(server.log(), " W Unknown configuration " + name + " is ignored"));
  }
}

TEST_CASE("a wrong value is named with its key and what is allowed, and nothing is begun") {
  const TempFolder folder;
  const std::string data = folder.path() + "/data";
  for (const auto& [setting, said] : {
           std::pair{"num.io.threads=0",
                     "Invalid value 0 for configuration num.io.threads: Value must be at least 1"},
           {"num.io.threads=many",
            "Invalid value many for configuration num.io.threads: Not a number of type INT"},
           {"auto.create.topics.enable=perhaps",
            "Invalid value perhaps for configuration auto.create.topics.enable: Expected value to be either "
            "true or false"},
           {"compression.type=rar",
            "Invalid value rar for configuration compression.type: String must be one of: uncompressed, "
            "zstd, "
            "lz4, snappy, gzip, producer"},
           {"moldau.produce.validate=none",
            "Invalid value none for configuration moldau.produce.validate: String must be one of: records, "
            "headers"},
           {"just a word", "Invalid value just a word for --override: the form is name=value"},
           {"=1", "Invalid value =1 for --override: the form is name=value"},
       }) {
    CAPTURE(setting);
    const Outcome outcome = run({"server", "--data", data, "--override", setting});
    CHECK(outcome.status == 1);
    CHECK(outcome.log == std::string(said) + "\n");
    CHECK_FALSE(folder.exists("data"));
  }
}

TEST_CASE("a node of one role alone is refused") {
  const TempFolder folder;
  const std::string file = folder.path() + "/server.properties";
  folder.write("server.properties", combined_node(folder));
  for (const std::string role : {"broker", "controller"}) {
    const std::string voters = role == "broker" ? "5@127.0.0.1:9093" : "4@127.0.0.1:9093";
    const std::string listeners = role == "broker" ? "PLAINTEXT://127.0.0.1:0" : "CONTROLLER://127.0.0.1:0";
    const Outcome outcome =
        run({"server", file, "--override", "process.roles=" + role, "--override",
             "controller.quorum.voters=" + voters, "--override", "listeners=" + listeners});
    CHECK(outcome.status == 1);
    CHECK(outcome.log == "Invalid value " + role +
                             " for configuration process.roles: Moldau serves nodes that are both, "
                             "broker,controller\n");
  }
}

TEST_CASE("a node that is to be secured does not start open to everyone") {
  const TempFolder folder;
  const std::string file = folder.path() + "/server.properties";
  folder.write("server.properties", combined_node(folder));
  for (const std::string protocol : {"SSL", "SASL_PLAINTEXT", "SASL_SSL"}) {
    const Outcome outcome =
        run({"server", file, "--override",
             "listeners=PLAINTEXT://127.0.0.1:0,CLIENTS://127.0.0.1:9096,CONTROLLER://127.0.0.1:9093",
             "--override",
             "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENTS:" + protocol});
    CHECK(outcome.status == 1);
    CHECK(
        outcome.log ==
        "Invalid value CLIENTS://127.0.0.1:9096 for configuration listeners: Moldau serves PLAINTEXT, not " +
            protocol + "\n");
  }
  const Outcome outcome =
      run({"server", file, "--override",
           "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer"});
  CHECK(outcome.status == 1);
  CHECK(outcome.log ==
        "Invalid value org.apache.kafka.metadata.authorizer.StandardAuthorizer for configuration "
        "authorizer.class.name: Moldau serves without an authorizer: everyone would be allowed everything\n");
}

TEST_CASE("what lies in tiered storage is not left out in silence") {
  const TempFolder folder;
  const std::string file = folder.path() + "/server.properties";
  folder.write("server.properties", combined_node(folder));
  const Outcome outcome = run({"server", file, "--override", "remote.log.storage.system.enable=true"});
  CHECK(outcome.status == 1);
  CHECK(outcome.log ==
        "Invalid value true for configuration remote.log.storage.system.enable: Moldau serves topics without "
        "tiered storage: what is in it would be out of reach\n");
}

TEST_CASE("a server starts at every release's level that formatting offers, and serves") {
  for (const std::string release : {"3.3", "3.5", "3.7-IV0", "3.9", "4.1"}) {
    CAPTURE(release);
    const TempFolder folder;
    folder.write("server.properties", combined_node(folder));
    const std::string file = folder.path() + "/server.properties";
    REQUIRE(run({"storage", "format", "-c", file, "-t", "moldau", "-r", release}).status == 0);
    ServerProcess server({file});
    CHECK(is_ready(server.read_bootstrap()));
    CHECK(server.stop(SIGTERM) == 0);
  }
}

TEST_CASE("a level that is not stable yet is served where such levels are allowed, and nowhere else") {
  const TempFolder folder;
  const std::string file = folder.path() + "/server.properties";
  folder.write("server.properties", combined_node(folder) + "unstable.feature.versions.enable=true\n");
  REQUIRE(run({"storage", "format", "-c", file, "-t", "moldau", "-f", "metadata.version=31"}).status == 0);
  ServerProcess allowed({file});
  CHECK(is_ready(allowed.read_bootstrap()));
  CHECK(allowed.stop(SIGTERM) == 0);
  ServerProcess not_allowed({file, "--override", "unstable.feature.versions.enable=false"});
  CHECK(not_allowed.read_line().empty());
  CHECK(not_allowed.wait_for_end() == 1);
  CHECK(contains(not_allowed.log(),
                 "The cluster is at metadata.version 31 (4.4-IV0), but this node only "
                 "supports 7 to 30"));
}

TEST_CASE("a server on an IPv6 address names it in brackets") {
  const TempFolder folder;
  ServerProcess server({"--data", folder.path() + "/data", "--override",
                        "listeners=PLAINTEXT://[::1]:0,CONTROLLER://127.0.0.1:0"});
  const std::string bootstrap = server.read_bootstrap();
  REQUIRE(bootstrap.starts_with("[::1]:"));
  CHECK(is_ready(bootstrap));
}

TEST_CASE("a server does not start on what is not there or not formatted") {
  const TempFolder folder;
  const std::string file = folder.path() + "/server.properties";
  const Outcome no_file = run({"server", file});
  CHECK(no_file.status == 1);
  CHECK(no_file.log.starts_with("Cannot read " + file + ": "));
  folder.write("server.properties", combined_node(folder));
  const Outcome not_formatted = run({"server", file});
  CHECK(not_formatted.status == 1);
  CHECK(contains(not_formatted.log, folder.path() + "/data"));
}

TEST_CASE("arguments that are none are refused with a word about them") {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"reserve"},
                                                    {"server", "--force"},
                                                    {"server", "--port", "65535"},
                                                    {"server", "--port", "-1"},
                                                    {"server", "--port", "x"},
                                                    {"server", "--override"},
                                                    {"server", "one.properties", "other.properties"},
                                                    {"ready", "--timeout-ms", "-1"},
                                                    {"ready", "localhost:9092", "other:9092"},
                                                    {"ready", "localhost"},
                                                    {"ready", ":9092"},
                                                    {"ready", "localhost:0"},
                                                    {"ready", "localhost:65536"},
                                                    {"ready", ""}}) {
    const Outcome outcome = run(arguments);
    CHECK(outcome.status == 1);
    CHECK_FALSE(outcome.err.empty());
    CHECK(outcome.out.empty());
  }
  const Outcome help = run({"--help"});
  CHECK(help.status == 0);
  for (const std::string_view command : {"server", "storage", "dump-log", "ready"}) {
    CHECK(contains(help.out, command));
  }
}
