#include "runtime/append_queue.h"

#include <chrono>
#include <cstddef>
#include <utility>

#include "base/assert.h"
#include "protocol/records/builder.h"
#include "runtime/coordinator_log.h"

namespace moldau::runtime {
namespace {

/// As the coordinator runtime of Apache Kafka stamps its batches.
constexpr std::int32_t kFirstSequence = 0;

/// A batch is full by what its records would come to if compression made them this much larger.
constexpr std::size_t kPercentOfUncompressed = 105;

/// Whether a batch can bear this producer; a client may name any where nobody verifies its transaction.
Result<void> check_writer(const AppendQueue::Writer& writer) {
  if (writer.producer_id < 0 || writer.producer_epoch == records::kNoProducerEpoch) {
    return fail(ErrorCode::kUnknownServerError, "a transactional batch names its producer");
  }
  if (writer.producer_epoch < 0) return fail(ErrorCode::kInvalidProducerEpoch, "epochs are not negative");
  return {};
}

}  // namespace

/// The end of the linger time.
class AppendQueue::Linger final : public TimerWheel::Entry {
 public:
  explicit Linger(AppendQueue& queue) : queue_(queue) {}

 private:
  /// Those who wait hear of a failure.
  void fired() override { (void)queue_.write(); }

  AppendQueue& queue_;
};

/// What is gathered, for one append.
struct AppendQueue::Batch {
  Batch(std::int64_t base_offset, TimestampMs begun_ms, const Writer& writer, records::Codec codec)
      : base_offset(base_offset),
        begun_ms(begun_ms),
        builder({.producer_id = writer.producer_id,
                 .producer_epoch = writer.producer_epoch,
                 .base_sequence = kFirstSequence,
                 .is_transactional = writer.producer_id != records::kNoProducerId,
                 .codec = codec}),
        codec(codec),
        verification(writer.verification) {}

  std::size_t estimated_bytes() const {
    if (codec == records::Codec::kNone) return builder.size_bytes();
    const std::size_t records = builder.size_bytes() - records::kBatchHeaderSize;
    return records::kBatchHeaderSize + records * kPercentOfUncompressed / 100;
  }

  /// What the records of one decision, written together, may add: as Apache Kafka, as if they came with a
  /// batch's header.
  std::size_t size_of_next(const std::vector<coordinator::Record>& records, TimestampMs now_ms) const {
    std::size_t size_bytes = records::kBatchHeaderSize;
    std::int32_t offset_delta = builder.record_count();
    for (const coordinator::Record& record : records)
      size_bytes += records::record_size(offset_delta++, now_ms - begun_ms, as_written(record, now_ms));
    return size_bytes;
  }

  std::int64_t base_offset;  ///< where the log ended when it was begun
  TimestampMs begun_ms;      ///< of its first record
  AppendPtr append = std::make_shared<Append>();
  records::BatchBuilder builder;
  records::Codec codec;
  Verification verification;
};

AppendQueue::AppendQueue(Shard& shard, std::shared_ptr<Partition> partition, const Settings& settings,
                         Events events)
    : shard_(shard),
      partition_(std::move(partition)),
      settings_(settings),
      events_(std::move(events)),
      linger_(std::make_unique<Linger>(*this)) {}

AppendQueue::~AppendQueue() = default;

std::int64_t AppendQueue::next_offset() const {
  return log_end() + (gathered_ ? gathered_->builder.record_count() : 0);
}

AppendQueue::AppendPtr AppendQueue::add(const std::vector<coordinator::Record>& records, bool is_atomic) {
  if (records.empty()) return gathered_ ? gathered_->append : over(log_end());
  const TimestampMs now_ms = shard_.wall_ms();
  if (is_atomic && gathered_) {
    const auto room = make_room(gathered_->size_of_next(records, now_ms));
    if (!room) return over(fail(room.error()));
  }
  for (const coordinator::Record& record : records) {
    const records::RecordData data = as_written(record, now_ms);
    if (!is_atomic && gathered_) {
      const auto room = make_room(gathered_->builder.size_of_next(data));
      if (!room) return over(fail(room.error()));
    }
    if (!gathered_) {
      gathered_ = std::make_unique<Batch>(log_end(), now_ms, Writer(), settings_.codec);
      if (settings_.linger_ms > 0)
        shard_.arm(*linger_, shard_.now() + std::chrono::milliseconds(settings_.linger_ms));
    }
    gathered_->builder.append(data);
  }
  AppendPtr added = gathered_->append;
  events_.taken_up(next_offset());
  if (settings_.linger_ms <= 0 || gathered_->estimated_bytes() >= max_batch_bytes()) (void)write();
  return added;
}

AppendQueue::AppendPtr AppendQueue::add_transactional(const std::vector<coordinator::Record>& records,
                                                      const Writer& writer) {
  require(!gathered_, "decisions before this one have been written");
  if (records.empty()) return over(log_end());
  if (const auto valid = check_writer(writer); !valid) {
    events_.failed(log_end(), valid.error());
    return over(fail(valid.error()));
  }
  const TimestampMs now_ms = shard_.wall_ms();
  gathered_ = std::make_unique<Batch>(log_end(), now_ms, writer, settings_.codec);
  for (const coordinator::Record& record : records)
    gathered_->builder.append(as_written(record, now_ms));
  AppendPtr added = gathered_->append;
  events_.taken_up(next_offset());
  (void)write();
  return added;
}

Result<void> AppendQueue::make_room(std::size_t more_bytes) {
  if (gathered_->estimated_bytes() + more_bytes <= max_batch_bytes()) return {};
  return write();
}

Result<void> AppendQueue::write() {
  if (!gathered_) return {};
  TimerWheel::cancel(*linger_);
  const auto batch = std::exchange(gathered_, nullptr);
  Buffer bytes = std::move(batch->builder).build();
  batch->append->outcome = partition_->append_own(bytes.bytes(), batch->verification);
  const Result<std::int64_t>& outcome = *batch->append->outcome;
  if (outcome) {
    events_.appended(*outcome);
  } else {
    events_.failed(batch->base_offset, outcome.error());
  }
  batch->append->waiting.wake_all();
  if (!outcome) return fail(outcome.error());
  return {};
}

void AppendQueue::give_up(ErrorCode error) {
  if (!gathered_) return;
  TimerWheel::cancel(*linger_);
  const auto batch = std::exchange(gathered_, nullptr);
  batch->append->outcome = fail(error);
  batch->append->waiting.wake_all();
}

AppendQueue::AppendPtr AppendQueue::over(Result<std::int64_t> outcome) {
  auto append = std::make_shared<Append>();
  append->outcome = std::move(outcome);
  return append;
}

std::int64_t AppendQueue::log_end() const {
  return partition_->log().log_end_offset();
}

std::size_t AppendQueue::max_batch_bytes() const {
  return static_cast<std::size_t>(partition_->config().max_message_bytes);
}

Task<Result<std::int64_t>> AppendQueue::written(Shard& shard, AppendPtr append) {
  if (!append->outcome) {
    Waiter waiter(shard, Instant::never());
    append->waiting.add(waiter);
    co_await waiter;
  }
  co_return *append->outcome;
}

}  // namespace moldau::runtime
