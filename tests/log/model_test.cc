#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include "log/file_names.h"
#include "logs.h"
#include "protocol/records/codec.h"

namespace moldau::log {
namespace {

using namespace testing;

/// Numbers that are the same on every run.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 2 + 1) {}

  /// From [0, sides).
  int roll(int sides) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<int>(state_ % static_cast<std::uint64_t>(sides));
  }

 private:
  std::uint64_t state_;
};

/// One appended batch, as the model remembers it.
struct Appended {
  std::int64_t base_offset = 0;
  std::int64_t last_offset = 0;
  std::int32_t epoch = 0;
  TimestampMs max_timestamp_ms = 0;
  Bytes bytes;
};

/// A log next to a plain list of its batches: whatever is done to both, they agree.
class Model {
 public:
  explicit Model(std::uint64_t seed) : dice_(seed) { log_ = open(folder_, settings()); }

  void step() {
    switch (dice_.roll(40)) {
      case 0:
        return truncate();
      case 1:
        return reopen_clean();
      case 2:
        return reopen_killed(false);
      case 3:
        return reopen_killed(true);
      case 4:
        return advance_start();
      case 5:
        REQUIRE(log_->roll(now_ms_));
        return;
      case 6:
        return flush();
      case 7:
        ++epoch_;
        return;
      default:
        return append_some();
    }
  }

  void compare() {
    REQUIRE(log_->log_end_offset() == end_);
    REQUIRE(log_->log_start_offset() == start_);
    compare_reads();
    compare_epochs();
    compare_times();
  }

 private:
  static OpenOptions settings() {
    OpenOptions settings = options(1500, 200);
    settings.config.segment.index_size_max_bytes = 96;
    return settings;
  }

  void append_some() {
    now_ms_ += dice_.roll(20);
    Bytes batch =
        batch_of(1 + dice_.roll(4), now_ms_ - dice_.roll(50), static_cast<std::size_t>(dice_.roll(150)));
    const auto info = log_->append_as_leader(batch, epoch_, now_ms_).value();
    REQUIRE(info.base_offset == end_);
    const auto view = records::BatchView::parse(batch).value();
    end_ = info.last_offset + 1;
    batches_.push_back({info.base_offset, info.last_offset, epoch_, view.max_timestamp(), batch});
  }

  void truncate() {
    const std::int64_t to = start_ + dice_.roll(static_cast<int>(end_ - start_) + 1);
    REQUIRE(log_->truncate_to(to, now_ms_));
    if (to >= end_) return;
    std::erase_if(batches_, [&](const Appended& batch) { return batch.last_offset >= to; });
    end_ = to;
    ++epoch_;
  }

  void reopen_clean() {
    REQUIRE(log_->close_clean());
    OpenOptions clean = settings();
    clean.had_clean_shutdown = true;
    reopen(clean);
    forget_gap();
  }

  /// What a new process finds, with a few bytes of the last append missing if `torn`.
  void reopen_killed(bool torn) {
    OpenOptions killed = settings();
    killed.recovery_point = log_->recovery_point();
    const std::int64_t active_base = log_->segments()->back().base_offset;
    if (torn && !batches_.empty() && batches_.back().base_offset >= active_base &&
        batches_.back().last_offset >= killed.recovery_point) {
      folder_ = folder_->copy();
      Bytes& file = folder_->content(offset_file_name(active_base, kLogSuffix));
      file.resize(file.size() - 1 - static_cast<std::size_t>(dice_.roll(60)));
      end_ = batches_.back().base_offset;
      batches_.pop_back();
    }
    reopen(killed);
    forget_gap();
  }

  void reopen(OpenOptions reopened) {
    reopened.log_start_offset = start_;
    reopened.now_ms = now_ms_;
    folder_ = folder_->copy();
    log_ = open(folder_, reopened);
  }

  /// Behind a truncation into a batch the log's end lies above its last batch, which only memory knows.
  void forget_gap() {
    if (log_->log_end_offset() == end_) return;
    const std::int64_t behind_last = batches_.empty() ? start_ : batches_.back().last_offset + 1;
    const std::int64_t active_base = log_->segments()->back().base_offset;
    REQUIRE(log_->log_end_offset() == std::max({behind_last, active_base, start_}));
    end_ = log_->log_end_offset();
  }

  void advance_start() {
    const std::int64_t to = start_ + dice_.roll(static_cast<int>(end_ - start_) / 4 + 1);
    REQUIRE(log_->advance_log_start(to));
    log_->drop_segments_below(to);
    start_ = to;
    std::erase_if(batches_, [&](const Appended& batch) { return batch.last_offset < start_; });
  }

  void flush() {
    testing::flush(*log_);
    REQUIRE(log_->recovery_point() == end_);
  }

  void compare_reads() {
    std::int64_t offset = start_;
    for (const Appended& batch : batches_) {
      const std::int64_t asked = std::clamp(batch.base_offset + dice_.roll(2), start_, batch.last_offset);
      const auto found = log_->read(asked, 1, kNoBound, true).value();
      REQUIRE(found.base_offset == batch.base_offset);
      REQUIRE(log_->read_bytes(asked, 1, kNoBound, true).value() == batch.bytes);
      offset = batch.last_offset + 1;
    }
    REQUIRE(log_->read_bytes(std::min(offset, end_), 1 << 20, kNoBound, true)->empty());
    REQUIRE(log_->read(end_ + 1, 1, kNoBound, true).error().code == ErrorCode::kOffsetOutOfRange);
  }

  void compare_epochs() {
    for (const Appended& batch : batches_) {
      REQUIRE(log_->epochs().epoch_for_offset(std::max(batch.base_offset, start_)) == batch.epoch);
    }
  }

  void compare_times() {
    const TimestampMs wanted = now_ms_ - dice_.roll(200);
    const auto expected = std::ranges::find_if(
        batches_, [&](const Appended& batch) { return batch.max_timestamp_ms >= wanted; });
    const auto found = log_->offset_for_timestamp(wanted, decoders_).value();
    REQUIRE(found.has_value() == (expected != batches_.end()));
    if (!found) return;
    REQUIRE(found->offset >= expected->base_offset);
    REQUIRE(found->offset <= expected->last_offset);
    REQUIRE(found->timestamp_ms >= wanted);
  }

  Dice dice_;
  std::shared_ptr<MemoryDirectory> folder_ = std::make_shared<MemoryDirectory>();
  std::unique_ptr<PartitionLog> log_;
  moldau::records::DecoderSet decoders_;
  std::vector<Appended> batches_;
  std::int64_t start_ = 0;
  std::int64_t end_ = 0;
  std::int32_t epoch_ = 0;
  TimestampMs now_ms_ = 1000000;
};

TEST_CASE("Whatever is done to a log, it holds what a list of its batches holds") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    Model model(seed);
    for (int step = 0; step < 200; ++step) {
      CAPTURE(step);
      model.step();
      model.compare();
    }
  }
}

}  // namespace
}  // namespace moldau::log
