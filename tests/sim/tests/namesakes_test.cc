// Topics that are deleted and made again under the same name.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/sim/broker_process.h"
#include "tests/sim/run_log.h"
#include "tests/sim/script_client.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t kPartitions = 3;

/// A broker and a client that survives it.
class Namesakes {
 public:
  Namesakes(std::uint64_t seed, std::size_t loops) : world_(seed), settings_{.loop_count = loops} { start(); }

  void start() {
    process_ = std::make_unique<BrokerProcess>(world_, disk_, settings_);
    const auto started = process_->start();
    REQUIRE_MESSAGE(started, log_.text());
    REQUIRE(client_.connect());
  }
  void kill() {
    client_.disconnect();
    process_.reset();
  }

  void produce(const Uuid& topic, std::int32_t partition, int count) {
    for (int i = 0; i < count; ++i) {
      ErrorCode error = try_produce(topic, partition);
      // A shard may not have heard of the topic yet.
      for (int tries = 0; tries < 1000 && error != ErrorCode::kNone; ++tries)
        error = try_produce(topic, partition);
      REQUIRE(error == ErrorCode::kNone);
    }
  }

  io::sim::World& world() { return world_; }
  ScriptClient& client() { return client_; }
  BrokerProcess& process() { return *process_; }
  std::string log() const { return log_.text(); }

 private:
  ErrorCode try_produce(const Uuid& topic, std::int32_t partition) {
    std::optional<ErrorCode> error;
    client_.produce(topic, partition, batch_of({"value"}, world_.wall_ms(), {}), 0,
                    [&](std::optional<ScriptClient::Produced> answer) {
                      error = answer ? answer->error : ErrorCode::kNetworkException;
                    });
    REQUIRE(world_.run_until([&] { return error.has_value(); }, 30s));
    return *error;
  }

  io::sim::World world_;
  RunLog log_{world_};
  io::sim::Disk disk_{world_.seed(), "broker disk"};
  BrokerProcess::Settings settings_;
  std::unique_ptr<BrokerProcess> process_;
  ScriptClient client_{world_, [this] { return process_->is_alive() && !process_->failure(); }};
};

TEST_CASE("A topic made again has nothing of its namesake's checkpoints, whenever the node is killed") {
  for (const std::size_t loops : {std::size_t{1}, std::size_t{2}}) {
    for (const Duration pause : {0us, 200us, 1000us, 3000us, 10000us}) {
      CAPTURE(loops);
      CAPTURE(pause.count());
      Namesakes node(1, loops);
      REQUIRE(*node.client().create_topic("other", kPartitions, {}) != Uuid());
      const Uuid before = node.client().create_topic("t", kPartitions, {}).value();
      for (std::int32_t i = 0; i < kPartitions; ++i) {
        node.produce(before, i, 20);
        REQUIRE(node.client().delete_records("t", i, 15)->value() == 15);
      }
      // Long enough for checkpoints that tell where the log starts.
      node.world().run_for(10s);
      REQUIRE(node.client().delete_topic("other") == ErrorCode::kNone);
      node.world().run_for(pause);
      REQUIRE(node.client().delete_topic("t") == ErrorCode::kNone);
      const Uuid anew = node.client().create_topic("t", kPartitions, {}).value();
      REQUIRE(anew != Uuid());
      for (std::int32_t i = 0; i < kPartitions; ++i) {
        node.produce(anew, i, 5);
      }
      node.kill();
      node.start();
      for (std::int32_t i = 0; i < kPartitions; ++i) {
        CHECK(node.client().log_start("t", i).value() == 0);
        const auto read = node.client().read_all(anew, i);
        REQUIRE(read);
        CHECK(read->size() == 5);
      }
    }
  }
}

TEST_CASE("Topics come and go under one name, whichever shards their partitions belong to") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    Namesakes node(seed, 4);
    for (int round = 0; round < 20; ++round) {
      const Uuid topic = node.client().create_topic("t", kPartitions, {}).value();
      REQUIRE_MESSAGE(!node.process().failure(), node.log());
      REQUIRE(topic != Uuid());
      if (round % 4 == 0) {
        for (std::int32_t i = 0; i < kPartitions; ++i) {
          node.produce(topic, i, 1);
          const auto read = node.client().read_all(topic, i);
          REQUIRE(read);
          CHECK(read->size() == 1);
        }
      }
      REQUIRE(node.client().delete_topic("t") == ErrorCode::kNone);
    }
    node.world().run_for(10s);
    CHECK_MESSAGE(!node.process().failure(), node.log());
  }
}

}  // namespace
}  // namespace moldau::sim
