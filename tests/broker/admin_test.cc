#include <csignal>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "admin_cases.h"
#include "broker/program.h"
#include "server_process.h"
#include "temp_folder.h"

using namespace moldau::broker;
using namespace moldau::broker::testing;

namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// Apache Kafka's node 0, which the cases were recorded with.
std::string node_file(const TempFolder& folder) {
  return "process.roles=broker,controller\nnode.id=0\ncontroller.listener.names=CONTROLLER\n"
         "listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0\n"
         "controller.quorum.voters=0@127.0.0.1:9093\nlog.dirs=" +
         folder.path() + "/data\n";
}

/// Which keys a broker serves differs; how they are written is a test of the room tools.
bool names_keys(const AdminCase& recorded) {
  return recorded.line == "api-versions --bootstrap-server @B@";
}

/// Help is our own.
bool is_usage(const AdminCase& recorded) {
  return recorded.complaint.ends_with("describe, or change a topic.") ||
         recorded.complaint.starts_with("This tool helps to");
}

/// Where Java's own words stand in for a sentence, or the order of a hash set is told.
bool says_it_differently(const AdminCase& recorded) {
  return recorded.line.find("--topic-id x") != std::string::npos ||
         recorded.complaint.starts_with("Option combination ");
}

}  // namespace

TEST_CASE("topics and api-versions print what Apache Kafka's tools print, with the same status") {
  const TempFolder folder;
  folder.write("server.properties", node_file(folder));
  const std::string file = folder.path() + "/server.properties";
  std::ostringstream ignored;
  REQUIRE(run_program({"storage", "format", "-c", file, "-t", "bW9sZGF1LWNvbXBhdC0xMQ"}, ignored, ignored) ==
          0);
  ServerProcess server({file});
  const std::string bootstrap = server.read_bootstrap();
  REQUIRE_FALSE(bootstrap.empty());
  const std::regex topic_id("TopicId: [A-Za-z0-9_-]{22}");
  const auto cases = admin_cases();
  REQUIRE(cases.size() > 150);
  for (const AdminCase& recorded : cases) {
    CAPTURE(recorded.line);
    std::vector<std::string> arguments;
    for (const std::string& argument : recorded.arguments)
      arguments.push_back(replaced(argument, "@B@", bootstrap));
    std::ostringstream out;
    std::ostringstream err;
    CHECK(run_program(arguments, out, err) == recorded.status);
    if (names_keys(recorded)) {
      CHECK(out.str().starts_with(bootstrap +
                                  " (id: 0 rack: null isFenced: false) -> (\n\tProduce(0): 0 to 1"));
      continue;
    }
    const std::string printed = replaced(out.str(), bootstrap, "@B@");
    if (is_usage(recorded) || says_it_differently(recorded)) continue;
    CHECK(std::regex_replace(printed, topic_id, "TopicId: @ID@") == recorded.printed);
    const std::string complaint = replaced(err.str(), bootstrap, "@B@");
    CHECK(complaint.substr(0, complaint.find('\n')) == recorded.complaint);
  }
  CHECK(server.stop(SIGTERM) == 0);
}

TEST_CASE("tools without arguments tell how they are used, with status 1") {
  std::ostringstream out;
  std::ostringstream err;
  CHECK(run_program({"topics"}, out, err) == 1);
  CHECK(run_program({"topics", "--help"}, out, err) == 1);
  CHECK(run_program({"api-versions"}, out, err) == 1);
  CHECK(out.str().empty());
  CHECK(err.str().find("--bootstrap-server") != std::string::npos);
}
