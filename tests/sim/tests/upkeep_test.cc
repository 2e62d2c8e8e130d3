// What a node does by itself as time goes by, and what a stop leaves that comes before the logs are open.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "log/clean_shutdown_marker.h"
#include "log/file_names.h"
#include "log/offset_checkpoint.h"
#include "tests/sim/broker_process.h"
#include "tests/sim/run_log.h"
#include "tests/sim/script_client.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

/// A broker with the topic "t" of one partition, and a client.
class Upkeep {
 public:
  explicit Upkeep(const TopicSettings& topic_settings, std::string properties = {})
      : properties_(std::move(properties)) {
    restart();
    REQUIRE(process_->start());
    client_ = std::make_unique<ScriptClient>(world_, [] { return true; });
    REQUIRE(client_->connect());
    topic_ = client_->create_topic("t", 1, topic_settings).value();
    producer_ = {.producer_id = client_->new_producer_id().value(), .epoch = 0, .sequence = 0};
  }

  /// A new process on the same disk, not started yet.
  void restart() {
    process_ =
        std::make_unique<BrokerProcess>(world_, disk_, BrokerProcess::Settings{.properties = properties_});
  }

  void produce(const std::string& value) {
    std::optional<ScriptClient::Produced> produced;
    client_->produce(topic_, 0, batch_of({value}, world_.wall_ms(), producer_), 0,
                     [&](std::optional<ScriptClient::Produced> answer) { produced = answer; });
    REQUIRE(world_.run_until([&] { return produced.has_value(); }, 10s));
    REQUIRE(produced->error == ErrorCode::kNone);
    ++producer_.sequence;
  }

  log::PartitionLog& log() {
    return process_->broker().node().partitions(runtime::ShardId(0)).find(topic_, 0)->log();
  }

  io::sim::World& world() { return world_; }
  io::sim::Disk& disk() { return disk_; }
  std::unique_ptr<BrokerProcess>& process() { return process_; }

 private:
  std::string properties_;
  io::sim::World world_{1};
  RunLog run_log_{world_};
  io::sim::Disk disk_{world_.seed(), "broker disk"};
  std::unique_ptr<BrokerProcess> process_;
  std::unique_ptr<ScriptClient> client_;
  Uuid topic_;
  ProducerPlace producer_;
};

TEST_CASE("With flush.ms a record is on disk that long after it was appended, without another one") {
  Upkeep upkeep({{"flush.ms", "1000"}});
  upkeep.produce("synced with the files that are new");
  upkeep.world().run_for(5s);
  REQUIRE(upkeep.log().recovery_point() == 1);
  upkeep.produce("first");
  upkeep.world().run_for(500ms);
  upkeep.produce("second");
  upkeep.world().run_for(400ms);
  CHECK(upkeep.log().recovery_point() == 1);
  upkeep.world().run_for(200ms);
  CHECK(upkeep.log().recovery_point() == 3);
  upkeep.produce("third");
  upkeep.world().run_for(900ms);
  CHECK(upkeep.log().recovery_point() == 3);
  upkeep.world().run_for(200ms);
  CHECK(upkeep.log().recovery_point() == 4);
}

TEST_CASE("Without flush.ms nothing is synced by time") {
  Upkeep upkeep({});
  upkeep.produce("synced with the files that are new");
  upkeep.world().run_for(5s);
  upkeep.produce("one");
  upkeep.world().run_for(60s);
  CHECK(upkeep.log().recovery_point() == 1);
  CHECK(upkeep.log().log_end_offset() == 2);
}

TEST_CASE("A producer that has not written for its expiration time is forgotten at the next check") {
  Upkeep upkeep({},
                "producer.id.expiration.ms=60000\n"
                "producer.id.expiration.check.interval.ms=20000\n");
  upkeep.produce("one");
  upkeep.world().run_for(50s);
  CHECK(upkeep.log().producers().size() == 1);
  upkeep.world().run_for(31s);
  CHECK(upkeep.log().producers().size() == 0);
}

TEST_CASE("A stop while the logs are being opened leaves no mark of a clean one, and loses no checkpoint") {
  int marked = 0;
  int unmarked = 0;
  for (const Duration after : {0us, 500us, 1000us, 2000us, 5000us, 20000us, 100000us, 500000us, 2000000us}) {
    CAPTURE(after.count());
    Upkeep upkeep({});
    upkeep.produce("one");
    REQUIRE(upkeep.process()->stop());
    upkeep.restart();
    REQUIRE(upkeep.process()->start_and_stop(after));
    upkeep.process().reset();
    {
      io::sim::SimHost host(upkeep.world(), upkeep.disk(), {.name = "somebody"});
      const auto log_dir = host.open_root(BrokerProcess::kDataPath).value();
      ++(log::read_clean_shutdown(*log_dir)->is_marked ? marked : unmarked);
      const auto points = log::read_offset_checkpoint(*log_dir, log::kRecoveryPointCheckpointName).value();
      REQUIRE(points.contains({"t", 0}));
      CHECK(points.at({"t", 0}) == 1);
    }
    upkeep.restart();
    REQUIRE(upkeep.process()->start());
    CHECK(upkeep.log().log_end_offset() == 1);
  }
  CHECK(marked > 0);
  CHECK(unmarked > 0);
}

}  // namespace
}  // namespace moldau::sim
