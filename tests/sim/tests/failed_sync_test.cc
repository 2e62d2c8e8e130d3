// What a log shows after a failed sync and a new start is on disk, once that start has synced it.

#include <cstdint>
#include <memory>

#include <doctest/doctest.h>

#include "io/sim/disk.h"
#include "io/sim/host.h"
#include "io/sim/world.h"
#include "log/partition_log.h"
#include "protocol/records/batch.h"
#include "tests/sim/script_client.h"

namespace moldau::sim {
namespace {

/// A log on a simulated disk, opened by one process after the other.
class Fixture {
 public:
  explicit Fixture(std::uint64_t seed) : world_(seed), disk_(world_.seed(), "disk") {}

  /// As a new process does that knows the log to be durable up to `recovery_point`.
  log::PartitionLog& open(std::int64_t recovery_point) {
    log_.reset();
    host_ = std::make_unique<io::sim::SimHost>(world_, disk_, io::sim::SimHost::Options{.name = "log"});
    const auto root = host_->open_root("/log").value();
    log::OpenOptions options;
    options.now_ms = world_.wall_ms();
    options.recovery_point = recovery_point;
    log_ = log::PartitionLog::open(root, options).value();
    return *log_;
  }

  void append(int batches) {
    for (int i = 0; i < batches; ++i) {
      const Buffer built = batch_of({"a value of a record"}, world_.wall_ms(), {});
      Bytes batch(built.bytes().begin(), built.bytes().end());
      REQUIRE(log_->append_as_leader(batch, 0, world_.wall_ms()));
    }
  }

  void flush() {
    const auto work = log_->begin_flush().value();
    REQUIRE(work.run());
    log_->flushed(work.ticket);
  }

  io::sim::Disk& disk() { return disk_; }

 private:
  io::sim::World world_;
  io::sim::Disk disk_;
  std::unique_ptr<io::sim::SimHost> host_;
  std::unique_ptr<log::PartitionLog> log_;
};

/// The call of this number from now on fails.
void fail_call(Fixture& fixture, io::sim::CallNumber call) {
  fixture.disk().fail_at({.kind = io::sim::DiskFault::Kind::kIoError, .call = fixture.disk().calls() + call});
}

/// Where the log ends for a process that starts on what a power cut left, once it has read all batches.
std::int64_t end_after_power_cut(Fixture& fixture, std::int64_t recovery_point) {
  fixture.disk().cut_power();
  auto& log = fixture.open(recovery_point);
  const auto all = log.read_bytes(0, 1 << 20, log.log_end_offset(), true);
  REQUIRE(all);
  records::BatchCursor cursor(*all);
  std::int64_t end = 0;
  while (const auto entry = cursor.next()) {
    const auto batch = records::BatchView::parse(entry->bytes);
    REQUIRE(batch);
    CHECK(batch->is_valid());
    end = batch->last_offset() + 1;
  }
  CHECK(end == log.log_end_offset());
  return end;
}

TEST_CASE("A start behind a failed sync makes durable what it shows") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    Fixture fixture(seed);
    auto& log = fixture.open(0);
    fixture.append(40);
    fixture.flush();
    fixture.append(40);
    const auto work = log.begin_flush().value();
    fixture.append(5);
    fail_call(fixture, 1);
    const auto failed = work.run();
    REQUIRE_FALSE(failed.has_value());
    log.fail_flush(failed.error());
    REQUIRE(work.write_again());
    fixture.disk().stop_failing();

    auto& next = fixture.open(40);
    REQUIRE(next.log_end_offset() == 85);
    fixture.flush();
    CHECK(end_after_power_cut(fixture, 85) == 85);
  }
}

TEST_CASE("So does a start behind a stop that failed at any of its calls to the disk") {
  for (io::sim::CallNumber call = 1;; ++call) {
    CAPTURE(call);
    Fixture fixture(call);
    auto& log = fixture.open(0);
    fixture.append(40);
    fixture.flush();
    fixture.append(45);
    fail_call(fixture, call);
    if (log.close_clean()) break;
    fixture.disk().stop_failing();

    auto& next = fixture.open(40);
    REQUIRE(next.log_end_offset() == 85);
    fixture.flush();
    CHECK(end_after_power_cut(fixture, 85) == 85);
  }
}

}  // namespace
}  // namespace moldau::sim
