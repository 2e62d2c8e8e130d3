// What a node does by itself as time goes by, and what a stop leaves that comes before the logs are open.

#include "tests/sim/tests/upkeep.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "log/clean_shutdown_marker.h"
#include "log/file_names.h"
#include "log/offset_checkpoint.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

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

TEST_CASE("A segment that ends during a sync is synced, too, without another record") {
  Upkeep upkeep({{"segment.bytes", "1048576"}});
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 3; ++i)
      upkeep.produce(std::string(600'000, '.'));
    upkeep.world().run_for(1s);
    const std::int64_t active_base = upkeep.log().segments().value().back().base_offset;
    REQUIRE(upkeep.log().recovery_point() >= active_base);
  }
}

TEST_CASE("Without flush.ms nothing is synced by time") {
  Upkeep upkeep({});
  upkeep.produce("one");
  upkeep.world().run_for(60s);
  CHECK(upkeep.log().recovery_point() == 0);
  CHECK(upkeep.log().log_end_offset() == 1);
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

TEST_CASE("The expiration time of producers follows the cluster's setting") {
  Upkeep upkeep({}, "producer.id.expiration.check.interval.ms=20000\n");
  upkeep.produce("one");
  upkeep.world().run_for(90s);
  REQUIRE(upkeep.log().producers().size() == 1);
  const metadata::ConfigResource all = metadata::cluster_resource();
  REQUIRE(upkeep.client().set_config(all, "producer.id.expiration.ms", "60000") == ErrorCode::kNone);
  upkeep.world().run_for(21s);
  CHECK(upkeep.log().producers().size() == 0);
}

TEST_CASE("Records go when retention.ms has passed, and their files when that is on disk") {
  Upkeep upkeep({{"retention.ms", "60000"}, {"segment.ms", "20000"}},
                "log.retention.check.interval.ms=5000\n");
  upkeep.produce("first");
  upkeep.world().run_for(30s);
  upkeep.produce("second");
  upkeep.world().run_for(25s);
  CHECK(upkeep.client().log_start("t", 0).value() == 0);
  upkeep.world().run_for(25s);
  CHECK(upkeep.client().log_start("t", 0).value() == 1);
  CHECK(upkeep.client().read_all(upkeep.topic(), 0).error().code == ErrorCode::kOffsetOutOfRange);
  CHECK(upkeep.client().read_all(upkeep.topic(), 0, 1)->front().value == "second");
  CHECK(upkeep.files(".log") == std::vector<std::string>{"00000000000000000001.log"});
  CHECK(upkeep.files(".snapshot") == std::vector<std::string>{"00000000000000000001.snapshot"});
  upkeep.world().run_for(40s);
  // Nothing is left.
  CHECK(upkeep.files(".log") == std::vector<std::string>{"00000000000000000002.log"});
  for (const bool power_is_cut : {false, true}) {
    upkeep.end_and_start(power_is_cut);
    CHECK(upkeep.client().log_start("t", 0).value() == 2);
  }
  // After a restart the producer is as new to the broker as to Apache Kafka.
  upkeep.produce("third");
  CHECK(upkeep.client().read_all(upkeep.topic(), 0, 2)->front().value == "third");
}

TEST_CASE("Of a topic with retention.bytes whole segments go, as long as that many bytes stay") {
  Upkeep upkeep({{"retention.bytes", "2200000"}, {"segment.bytes", "1048576"}},
                "log.retention.check.interval.ms=5000\n");
  for (int i = 0; i < 8; ++i)
    upkeep.produce(std::string(500'000, 'x'));
  // Four segments of two records each.
  REQUIRE(upkeep.files(".log").size() == 4);
  upkeep.world().run_for(45s);
  CHECK(upkeep.client().log_start("t", 0).value() == 2);
  CHECK(upkeep.files(".log").size() == 3);
}

TEST_CASE("A last segment whose records were all deleted frees the disk when its time has come") {
  Upkeep upkeep({{"retention.ms", "60000"}}, "log.retention.check.interval.ms=5000\n");
  upkeep.produce("deleted");
  REQUIRE(upkeep.client().delete_records("t", 0, -1)->value() == 1);
  upkeep.world().run_for(50s);
  CHECK(upkeep.files(".log") == std::vector<std::string>{"00000000000000000000.log"});
  upkeep.world().run_for(40s);
  CHECK(upkeep.files(".log") == std::vector<std::string>{"00000000000000000001.log"});
  CHECK(upkeep.client().log_start("t", 0).value() == 1);
}

TEST_CASE("A jitter that is larger than segment.ms leaves segments their time") {
  Upkeep upkeep({{"segment.ms", "600000"}}, "log.roll.jitter.hours=240\n");
  for (int i = 0; i < 20; ++i)
    upkeep.produce("one of many");
  CHECK(upkeep.files(".log").size() == 1);
}

TEST_CASE("A topic without a cleanup.policy keeps old records") {
  Upkeep upkeep({{"cleanup.policy", ""}, {"retention.ms", "1000"}, {"retention.bytes", "1"}},
                "log.retention.check.interval.ms=5000\n");
  upkeep.produce("kept");
  upkeep.world().run_for(60s);
  CHECK(upkeep.client().read_all(upkeep.topic(), 0)->size() == 1);
}

TEST_CASE("DeleteRecords frees the disk once the new start of the log is on it") {
  Upkeep upkeep({{"segment.bytes", "1048576"}});
  for (int i = 0; i < 6; ++i)
    upkeep.produce(std::string(500'000, 'x'));
  REQUIRE(upkeep.files(".log").size() == 3);
  REQUIRE(upkeep.client().delete_records("t", 0, 5)->value() == 5);
  CHECK(upkeep.files(".log").size() == 3);
  upkeep.world().run_for(10s);
  CHECK(upkeep.files(".log") == std::vector<std::string>{"00000000000000000004.log"});
  upkeep.end_and_start(true);
  CHECK(upkeep.client().log_start("t", 0).value() == 5);
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
