// The admin port of a broker (docs/metrics.md).

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/io/endpoint.h"
#include "tests/sim/tests/upkeep.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kAdminPort = 9464;
constexpr const char* kListener = "moldau.admin.listener=10.0.0.1:9464\n";

/// The answer to GET `path`, head and body.
std::string ask(io::sim::World& world, const std::string& path) {
  io::sim::Disk disk{world.seed(), "no disk"};
  io::sim::SimHost host(world, disk, {.name = "scraper", .machine = "10.0.0.3"});
  std::unique_ptr<io::testing::Endpoint> end;
  host.loop(0).connect({BrokerProcess::kMachine, kAdminPort}, [&](Result<std::unique_ptr<io::Stream>> made) {
    REQUIRE(made.has_value());
    end = std::make_unique<io::testing::Endpoint>(*std::move(made));
    Buffer bytes;
    bytes.append(as_bytes("GET " + path + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"));
    std::vector<io::Piece> pieces;
    pieces.emplace_back(std::move(bytes));
    end->stream->send(std::move(pieces));
  });
  REQUIRE(world.run_until([&] { return end && end->ended; }, 10s));
  return std::string(as_text(end->received));
}

/// The value of the sample that is written so; -1 where there is none.
double sample(const std::string& text, const std::string& name) {
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

TEST_CASE("Produced and fetched records show in the metrics, by topic and in sum") {
  Upkeep upkeep({}, kListener);
  const std::string topic = "{topic=\"t\"}";
  const std::string partition = "{topic=\"t\",partition=\"0\"}";
  const std::string before = ask(upkeep.world(), "/metrics");
  CHECK(before.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4"));
  CHECK(sample(before, "kafka_server_brokertopicmetrics_messagesin_total" + topic) == 0);
  for (int i = 0; i < 3; ++i)
    upkeep.produce("some value");
  REQUIRE(upkeep.client().read_all(upkeep.topic(), 0)->size() == 3);
  const std::string text = ask(upkeep.world(), "/metrics");
  CHECK(sample(text, "kafka_server_brokertopicmetrics_messagesin_total" + topic) == 3);
  CHECK(sample(text, "kafka_server_brokertopicmetrics_messagesin_total") == 3);
  CHECK(sample(text, "kafka_server_brokertopicmetrics_totalproducerequests_total" + topic) == 3);
  CHECK(sample(text, "kafka_server_brokertopicmetrics_failedproducerequests_total" + topic) == 0);
  const double size_bytes = sample(text, "kafka_log_log_size" + partition);
  CHECK(size_bytes > 3 * 10);
  CHECK(sample(text, "kafka_server_brokertopicmetrics_bytesin_total" + topic) == size_bytes);
  CHECK(sample(text, "kafka_server_brokertopicmetrics_bytesout_total" + topic) >= size_bytes);
  CHECK(sample(text, "kafka_log_log_logendoffset" + partition) == 3);
  CHECK(sample(text, "kafka_log_log_numlogsegments" + partition) == 1);
  CHECK(sample(text, "kafka_network_requestmetrics_totaltimems_count{request=\"Produce\"}") == 3);
  CHECK(sample(text,
               "kafka_network_requestmetrics_totaltimems{request=\"FetchConsumer\",quantile=\"0.99\"}") > 0);
  CHECK(sample(text, "kafka_server_replicamanager_leadercount") == 1);
  CHECK(sample(text, "kafka_server_replicamanager_underreplicatedpartitions") == 0);
  CHECK(sample(text, "kafka_controller_kafkacontroller_activecontrollercount") == 1);
  CHECK(sample(text, "kafka_controller_kafkacontroller_globaltopiccount") == 1);
  CHECK(sample(text, "kafka_controller_kafkacontroller_activebrokercount") == 1);
  CHECK(sample(text, "kafka_server_kafkaserver_brokerstate") == 3);
  CHECK(sample(text,
               "kafka_server_socket_server_metrics_connection_count{listener=\"PLAINTEXT\","
               "networkProcessor=\"0\"}") == ScriptClient::kConnections);
}

TEST_CASE("The sums go on when a topic is gone, and its own samples end") {
  Upkeep upkeep({}, kListener);
  upkeep.produce("one");
  REQUIRE(upkeep.client().delete_topic("t") == ErrorCode::kNone);
  upkeep.world().run_for(1s);
  const std::string text = ask(upkeep.world(), "/metrics");
  CHECK(sample(text, "kafka_server_brokertopicmetrics_messagesin_total") == 1);
  CHECK(sample(text, "kafka_server_brokertopicmetrics_messagesin_total{topic=\"t\"}") == -1);
  CHECK(sample(text, "kafka_server_replicamanager_partitioncount") == 0);
}

TEST_CASE("A fetch that waits for more counts what it sends once") {
  Upkeep upkeep({}, kListener);
  upkeep.produce("one");
  upkeep.produce("two");
  REQUIRE(upkeep.client().read_all(upkeep.topic(), 0)->size() == 2);
  const std::string text = ask(upkeep.world(), "/metrics");
  const double fetches =
      sample(text, "kafka_server_brokertopicmetrics_totalfetchrequests_total{topic=\"t\"}");
  CHECK(fetches > 0);
  CHECK(fetches == sample(text, "kafka_network_requestmetrics_totaltimems_count{request=\"FetchConsumer\"}"));
}

TEST_CASE("A node is healthy while it serves, and says what keeps it from that") {
  Upkeep upkeep({}, kListener);
  CHECK(ask(upkeep.world(), "/healthz").ends_with("\r\n\r\nok\n"));
  CHECK(ask(upkeep.world(), "/elsewhere").starts_with("HTTP/1.1 404"));
  upkeep.client().disconnect();
  bool stopped = false;
  upkeep.process()->broker().stop([&](const Result<void>&) { stopped = true; });
  const std::string answer = ask(upkeep.world(), "/healthz");
  CHECK(answer.starts_with("HTTP/1.1 503"));
  CHECK(answer.ends_with("stopping\n"));
  REQUIRE(upkeep.world().run_until([&] { return stopped; }, 10s));
}

TEST_CASE("An admin address that another one has does not keep the broker from serving") {
  io::sim::World world(1);
  RunLog run_log(world);
  io::sim::Disk disk{world.seed(), "broker disk"};
  BrokerProcess process(
      world, disk,
      {.properties = "moldau.admin.listener=10.0.0.1:" + std::to_string(BrokerProcess::kPort) + "\n"});
  REQUIRE(process.start());
  CHECK_FALSE(process.broker().admin_address());
}

}  // namespace
}  // namespace moldau::sim
