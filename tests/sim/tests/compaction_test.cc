// A broker compacts its logs beside its other work (docs/compaction.md).

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "log/cleaner_checkpoint.h"
#include "log/file_names.h"
#include "tests/sim/tests/upkeep.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

const TopicSettings kCompacted = {{"cleanup.policy", "compact"},
                                  {"segment.ms", "5000"},
                                  {"min.cleanable.dirty.ratio", "0.01"},
                                  {"delete.retention.ms", "10000"}};
const std::string kEager = "log.cleaner.backoff.ms=2000\n";

std::vector<std::string> values_of(Upkeep& upkeep) {
  std::vector<std::string> values;
  for (const ReadRecord& record : upkeep.client().read_all(upkeep.topic(), 0).value())
    values.push_back(record.value);
  return values;
}

/// Ends the segment, which holds records older than `segment.ms` by then.
void end_segment(Upkeep& upkeep) {
  upkeep.world().run_for(6s);
  upkeep.produce("ends a segment", std::string("."));
}

std::optional<std::int64_t> checkpoint(Upkeep& upkeep) {
  io::sim::SimHost host(upkeep.world(), upkeep.disk(), {.name = "somebody"});
  const auto log_dir = host.open_root(BrokerProcess::kDataPath).value();
  const auto offsets = log::read_offset_checkpoint(*log_dir, log::kCleanerCheckpointName).value();
  return log::compacted_up_to(offsets, {"t", 0});
}

TEST_CASE("The latest record of each key stays, and all that is in the active segment") {
  Upkeep upkeep(kCompacted, kEager);
  for (const char* value : {"1", "2", "3"}) {
    upkeep.produce("a", value);
    upkeep.produce("b", value);
  }
  end_segment(upkeep);
  upkeep.produce("a", "4");
  upkeep.world().run_for(10s);
  CHECK(values_of(upkeep) == std::vector<std::string>{"3", "3", ".", "4"});
  for (const bool power_is_cut : {false, true}) {
    upkeep.end_and_start(power_is_cut);
    CHECK(values_of(upkeep) == std::vector<std::string>{"3", "3", ".", "4"});
  }
}

TEST_CASE("A tombstone takes its key away, and goes itself behind delete.retention.ms") {
  Upkeep upkeep(kCompacted, kEager);
  upkeep.produce("a", "1");
  upkeep.produce("b", "1");
  upkeep.produce("a", std::nullopt);
  end_segment(upkeep);
  upkeep.world().run_for(8s);
  CHECK(values_of(upkeep) == std::vector<std::string>{"1", "", "."});
  for (int i = 0; i < 3; ++i)
    end_segment(upkeep);
  upkeep.world().run_for(8s);
  // Of the records that end segments the latest, and the latest before the active segment.
  CHECK(values_of(upkeep) == std::vector<std::string>{"1", ".", "."});
}

TEST_CASE("Up to where a log is compacted is written down, and forgotten with its topic") {
  Upkeep upkeep(kCompacted, kEager);
  upkeep.produce("a", "1");
  upkeep.produce("a", "2");
  end_segment(upkeep);
  upkeep.world().run_for(15s);
  REQUIRE(upkeep.process()->stop());
  upkeep.process().reset();
  CHECK(checkpoint(upkeep) == 2);
  upkeep.restart();
  REQUIRE(upkeep.process()->start());
  REQUIRE(upkeep.client().connect());
  auto& partitions = upkeep.process()->broker().node().partitions(runtime::ShardId(0));
  CHECK(partitions.checkpoints().front().compacted.at({"t", 0}) == 2);
  REQUIRE(upkeep.client().delete_topic("t") == ErrorCode::kNone);
  upkeep.world().run_for(10s);
  REQUIRE(upkeep.process()->stop());
  upkeep.process().reset();
  CHECK_FALSE(checkpoint(upkeep).has_value());
}

TEST_CASE("A topic that is compacted and deleted from loses what is old, too") {
  Upkeep upkeep({{"cleanup.policy", "compact,delete"}, {"segment.ms", "5000"}, {"retention.ms", "20000"}},
                kEager);
  upkeep.produce("a", "1");
  end_segment(upkeep);
  upkeep.world().run_for(30s);
  CHECK(upkeep.client().log_start("t", 0).value() == 2);
}

TEST_CASE("A topic that is only compacted keeps what is old") {
  Upkeep upkeep({{"cleanup.policy", "compact"}, {"segment.ms", "5000"}, {"retention.ms", "1000"}},
                kEager + "log.retention.check.interval.ms=5000\n");
  upkeep.produce("a", "1");
  end_segment(upkeep);
  upkeep.world().run_for(60s);
  CHECK(upkeep.client().log_start("t", 0).value() == 0);
  CHECK(values_of(upkeep) == std::vector<std::string>{"1", "."});
}

TEST_CASE("Several threads compact several logs, and a stop in the middle of it harms none") {
  for (const Duration after : {0ms, 1500ms, 2100ms, 2200ms, 2500ms, 3000ms}) {
    CAPTURE(after.count());
    Upkeep upkeep(kCompacted, kEager + "log.cleaner.threads=3\n");
    for (int round = 0; round < 3; ++round) {
      for (int key = 0; key < 5; ++key)
        upkeep.produce("key " + std::to_string(key), std::to_string(round));
    }
    end_segment(upkeep);
    upkeep.world().run_for(after);
    REQUIRE(upkeep.process()->stop());
    upkeep.end_and_start(false);
    upkeep.world().run_for(10s);
    CHECK(values_of(upkeep) == std::vector<std::string>{"2", "2", "2", "2", "2", "."});
  }
}

TEST_CASE("A cleaner keeps to log.cleaner.io.max.bytes.per.second") {
  Upkeep upkeep(kCompacted, kEager + "log.cleaner.io.max.bytes.per.second=100\n");
  upkeep.produce("a", std::string(10'000, 'x'));
  upkeep.produce("a", "2");
  end_segment(upkeep);
  upkeep.world().run_for(30s);
  // Each of 20 KB read and copied takes its time.
  CHECK(values_of(upkeep).size() == 3);
  upkeep.world().run_for(400s);
  CHECK(values_of(upkeep) == std::vector<std::string>{"2", "."});
}

}  // namespace
}  // namespace moldau::sim
