// A replica moves from one log directory to another while it is served (KIP-113).

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/sim/tests/move_run.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

constexpr const char* kRate = "replica.alter.log.dirs.io.max.bytes.per.second";

void set_rate(SeveralDisks& node, const std::optional<std::string>& bytes_per_second) {
  REQUIRE(node.client().set_config(metadata::broker_resource(node.node().id()), kRate, bytes_per_second) ==
          ErrorCode::kNone);
  node.world().run_for(100ms);
}

TEST_CASE("A replica moves while it is written and read, and the old folder goes") {
  for (const std::size_t loops : {std::size_t{1}, std::size_t{2}}) {
    SeveralDisks node(loops);
    node.start();
    Moving moving(node, {{"segment.bytes", "1048576"}, {"file.delete.delay.ms", "10000"}});
    moving.produce(30, 100'000);
    const std::size_t before = moving.acknowledged();
    REQUIRE(before == 30);
    CHECK(moving.move_to("/second") == ErrorCode::kNone);
    CHECK(moving.move_to("/second") == ErrorCode::kNone);
    moving.produce_until_in("/second");
    moving.produce(3);
    moving.check();
    CHECK(moving.acknowledged() > before + 3);
    CHECK(node.folders("/data").size() == 1);
    CHECK(node.folders("/data").front().ends_with("-delete"));
    CHECK(node.folders("/second") == std::vector<std::string>{"t-0"});
    node.world().run_for(15s);
    CHECK(node.folders("/data").empty());
    node.kill();
    node.start();
    moving.check();
    moving.produce(1);
    CHECK(moving.is_in("/second"));
    CHECK(moving.move_to("/second") == ErrorCode::kNone);
    CHECK(moving.move_to("/data") == ErrorCode::kNone);
    moving.produce_until_in("/data");
    node.stop();
    node.start();
    moving.check();
  }
}

TEST_CASE("What a move is refused for") {
  SeveralDisks node;
  node.start();
  Moving moving(node);
  CHECK(moving.move_to("/nowhere") == ErrorCode::kLogDirNotFound);
  CHECK(node.client().move_replica("t", 1, "/second") == ErrorCode::kUnknownTopicOrPartition);
  CHECK(node.client().move_replica(std::string(249, 'x'), 0, "/second") == ErrorCode::kInvalidTopicException);
  const auto broker = metadata::broker_resource(node.node().id());
  REQUIRE(node.client().set_config(broker, "cordoned.log.dirs", "/third") == ErrorCode::kNone);
  node.world().run_for(1s);
  CHECK(moving.move_to("/third") == ErrorCode::kInvalidReplicaAssignment);
  break_disk(node.second);
  REQUIRE(node.client().set_config(broker, "cordoned.log.dirs", std::nullopt) == ErrorCode::kNone);
  (void)node.client().create_topic("u", 3, {});
  node.world().run_for(1s);
  CHECK(moving.move_to("/second") == ErrorCode::kKafkaStorageError);
  // A copy of it may be in the directory that is offline.
  CHECK(moving.move_to("/third") == ErrorCode::kKafkaStorageError);
  moving.produce(1);
  CHECK(moving.acknowledged() == 1);
}

TEST_CASE("A replica that is not there yet is made where it was to move") {
  SeveralDisks node;
  node.start();
  CHECK(node.client().move_replica("later", 0, "/third") == ErrorCode::kUnknownTopicOrPartition);
  const Uuid later = node.client().create_topic("later", 1, {}).value();
  CHECK(node.directories_of(later, 1) == std::map<std::string, int>{{"/third", 1}});
}

TEST_CASE("A move is given up for another one, for none, and with its topic") {
  SeveralDisks node;
  node.start();
  Moving moving(node, {{"file.delete.delay.ms", "1000"}});
  moving.produce(10, 50'000);
  set_rate(node, "20000");
  REQUIRE(moving.move_to("/second") == ErrorCode::kNone);
  node.world().run_for(2s);
  REQUIRE(node.folders("/second").size() == 1);
  CHECK(node.folders("/second").front().ends_with("-future"));
  SUBCASE("for another one") {
    CHECK(moving.move_to("/third") == ErrorCode::kNone);
    set_rate(node, std::nullopt);
    moving.produce_until_in("/third");
    moving.check();
  }
  SUBCASE("for none") {
    CHECK(moving.move_to("/data") == ErrorCode::kNone);
    node.world().run_for(5s);
    CHECK(moving.is_in("/data"));
    moving.check();
  }
  SUBCASE("with its topic") {
    REQUIRE(node.client().delete_topic("t") == ErrorCode::kNone);
    node.world().run_for(5s);
    CHECK(node.folders("/data").empty());
  }
  node.world().run_for(3s);
  CHECK(node.folders("/second").empty());
}

TEST_CASE("A move that a stop or a kill interrupts goes on") {
  for (const bool is_killed : {false, true}) {
    SeveralDisks node;
    node.start();
    Moving moving(node);
    moving.produce(10, 50'000);
    set_rate(node, "50000");
    REQUIRE(moving.move_to("/third") == ErrorCode::kNone);
    node.world().run_for(5s);
    is_killed ? node.kill() : node.stop();
    const auto copies = node.folders("/third");
    REQUIRE(copies.size() == 1);
    CHECK(copies.front().ends_with("-future"));
    node.start();
    moving.check();
    set_rate(node, std::nullopt);
    moving.produce_until_in("/third");
    moving.check();
    CHECK(node.folders("/third") == std::vector<std::string>{"t-0"});
  }
}

TEST_CASE("What a producer has done is known behind the move, and where the log starts") {
  SeveralDisks node;
  node.start();
  Moving moving(node);
  ProducerPlace place{.producer_id = node.client().new_producer_id().value(), .epoch = 0, .sequence = 0};
  std::vector<Buffer> sent;
  const auto send = [&](const Buffer& batch) {
    const auto base = std::make_shared<std::optional<std::int64_t>>();
    node.client().produce(moving.topic(), 0, batch, 0, [base](std::optional<ScriptClient::Produced> answer) {
      *base = answer && answer->error == ErrorCode::kNone ? answer->base_offset : -1;
    });
    node.world().run_until([&] { return base->has_value(); }, 30s);
    return **base;
  };
  for (; place.sequence < 5; ++place.sequence) {
    sent.push_back(batch_of({"a value"}, node.world().wall_ms(), place));
    REQUIRE(send(sent.back()) == place.sequence);
  }
  REQUIRE(node.client().delete_records("t", 0, 3).value() == 3);
  REQUIRE(moving.move_to("/second") == ErrorCode::kNone);
  REQUIRE(node.world().run_until([&] { return moving.is_in("/second"); }, 10s));
  CHECK(send(sent.back()) == 4);
  CHECK(send(batch_of({"a value"}, node.world().wall_ms(), place)) == 5);
  CHECK(node.client().log_start("t", 0).value() == 3);
  node.stop();
  node.start();
  CHECK(node.client().log_start("t", 0).value() == 3);
  CHECK(node.client().read_all(moving.topic(), 0, 3).value().size() == 3);
}

TEST_CASE("Whatever ends the process during a move, nothing acknowledged is lost") {
  for (const Ending ending : {Ending::kKill, Ending::kPowerCut}) {
    for (const bool at_target : {false, true}) {
      const auto calls = run_move(ending, at_target, 0).calls;
      REQUIRE(calls >= 5);
      for (io::sim::CallNumber call = 1; call <= calls; ++call) {
        CAPTURE(call);
        CAPTURE(at_target);
        run_move(ending, at_target, call);
      }
    }
  }
}

TEST_CASE("Whenever one of the disks of a move fails, nothing acknowledged is lost") {
  for (const bool at_target : {false, true}) {
    const auto calls = run_move(Ending::kFailure, at_target, 0).calls;
    for (io::sim::CallNumber call = 1; call <= calls; ++call) {
      CAPTURE(call);
      CAPTURE(at_target);
      run_move(Ending::kFailure, at_target, call);
    }
  }
}

TEST_CASE("A copy whose log is gone takes its place, if the controller has heard of it") {
  CHECK(run_without_source() > 0);
}

}  // namespace
}  // namespace moldau::sim
