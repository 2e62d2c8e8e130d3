// What an administrator changes while the broker runs takes effect where records are kept, and outlives it.

#include <memory>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "log/file_names.h"
#include "tests/sim/broker_process.h"
#include "tests/sim/run_log.h"
#include "tests/sim/script_client.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

/// A broker of two loops and a client.
class Administration {
 public:
  Administration() { start(); }

  void start() {
    process_ = std::make_unique<BrokerProcess>(world_, disk_, BrokerProcess::Settings{.loop_count = 2});
    REQUIRE(process_->start());
    client_ = std::make_unique<ScriptClient>(world_, [] { return true; });
    REQUIRE(client_->connect());
  }

  void restart() {
    client_.reset();
    REQUIRE(process_->stop());
    process_.reset();
    start();
  }

  std::shared_ptr<runtime::Partition> partition(const Uuid& topic, std::int32_t index) {
    runtime::Node& node = process_->broker().node();
    return node.partitions(node.shards().owner_of(topic, index)).find(topic, index).value_or(nullptr);
  }

  /// The broker takes a change over on each of its loops.
  void wait_until(const std::function<bool()>& is_so) { REQUIRE(world_.run_until(is_so, 10s)); }

  void set(const metadata::ConfigResource& resource, const std::string& name,
           const std::optional<std::string>& value) {
    REQUIRE(client_->set_config(resource, name, value) == ErrorCode::kNone);
  }

  void produce(const Uuid& topic, std::int32_t index, const std::string& value) {
    std::optional<ScriptClient::Produced> produced;
    client_->produce(topic, index, batch_of({value}, world_.wall_ms(), {}), 0,
                     [&](std::optional<ScriptClient::Produced> answer) { produced = answer; });
    wait_until([&] { return produced.has_value(); });
    REQUIRE(produced->error == ErrorCode::kNone);
  }

  ScriptClient& client() { return *client_; }

 private:
  io::sim::World world_{1};
  RunLog run_log_{world_};
  io::sim::Disk disk_{world_.seed(), "broker disk"};
  std::unique_ptr<BrokerProcess> process_;
  std::unique_ptr<ScriptClient> client_;
};

TEST_CASE("What is set for a topic counts before what is set for its broker, and that before what all have") {
  Administration admin;
  const Uuid t = admin.client().create_topic("t", 4, {}).value();
  const auto retention_ms = [&](std::int32_t index) {
    return admin.partition(t, index)->config().retention_ms;
  };
  const auto settles = [&](std::int64_t expected) {
    for (std::int32_t index = 0; index < 4; ++index)
      admin.wait_until([&] { return retention_ms(index) == expected; });
  };
  const auto topic = metadata::topic_resource("t");
  const auto broker = metadata::broker_resource(BrokerId(1));
  const auto all = metadata::cluster_resource();
  settles(604'800'000);
  admin.set(all, "log.retention.ms", "1000");
  settles(1000);
  admin.set(broker, "log.retention.ms", "2000");
  settles(2000);
  admin.set(topic, "retention.ms", "3000");
  settles(3000);
  admin.set(broker, "log.retention.ms", std::nullopt);
  admin.set(topic, "retention.ms", std::nullopt);
  settles(1000);
  admin.restart();
  settles(1000);
}

TEST_CASE("A log that is open heeds the segment size and the flushing that its topic asks for later") {
  Administration admin;
  const Uuid t = admin.client().create_topic("t", 1, {}).value();
  admin.wait_until([&] { return admin.partition(t, 0) != nullptr; });
  log::PartitionLog& log = admin.partition(t, 0)->log();
  admin.produce(t, 0, std::string(700'000, 'x'));
  admin.produce(t, 0, std::string(700'000, 'x'));
  CHECK(log.segments()->size() == 1);
  admin.set(metadata::topic_resource("t"), "segment.bytes", "1048576");
  admin.set(metadata::topic_resource("t"), "flush.messages", "1");
  admin.wait_until([&] { return admin.partition(t, 0)->config().flush_messages == 1; });
  admin.produce(t, 0, "the next segment's first");
  CHECK(log.segments()->size() == 2);
  CHECK(log.recovery_point() == 3);
}

TEST_CASE("Partitions that are added serve at once, and after a restart") {
  Administration admin;
  const Uuid t = admin.client().create_topic("t", 1, {}).value();
  REQUIRE(admin.client().create_partitions("t", 3) == ErrorCode::kNone);
  admin.wait_until([&] { return admin.partition(t, 1) != nullptr && admin.partition(t, 2) != nullptr; });
  admin.produce(t, 2, "kept");
  admin.restart();
  const auto records = admin.client().read_all(t, 2);
  REQUIRE(records.has_value());
  CHECK(records->size() == 1);
}

TEST_CASE("Deleted records stay deleted when the broker has stopped in order") {
  Administration admin;
  const Uuid t = admin.client().create_topic("t", 1, {}).value();
  admin.wait_until([&] { return admin.partition(t, 0) != nullptr; });
  for (int i = 0; i < 5; ++i)
    admin.produce(t, 0, "record");
  CHECK(admin.client().delete_records("t", 0, 3).value() == 3);
  CHECK(admin.client().delete_records("t", 0, 6).value().error().code == ErrorCode::kOffsetOutOfRange);
  admin.restart();
  CHECK(admin.partition(t, 0)->log().log_start_offset() == 3);
  CHECK(admin.client().delete_records("t", 0, -1).value() == 5);
}

}  // namespace
}  // namespace moldau::sim
