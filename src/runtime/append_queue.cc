#include "runtime/append_queue.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/assert.h"
#include "protocol/records/builder.h"

namespace moldau::runtime {
namespace {

/// Records of one batch; a decision has few, the sweep of expired offsets may have many.
constexpr std::size_t kRecordsPerBatch = 1000;
/// What is gathered is written when it has come to this size, well below the 1 MiB of a batch.
constexpr std::size_t kMostGatheredBytes = std::size_t{512} << 10;

/// As the coordinator runtime of Apache Kafka stamps its batches.
constexpr std::int32_t kFirstSequence = 0;

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
  void fired() override { queue_.write(); }

  AppendQueue& queue_;
};

AppendQueue::AppendQueue(Shard& shard, std::shared_ptr<Partition> partition, std::int32_t linger_ms,
                         Events events)
    : shard_(shard),
      partition_(std::move(partition)),
      linger_ms_(linger_ms),
      events_(std::move(events)),
      linger_(std::make_unique<Linger>(*this)) {}

AppendQueue::~AppendQueue() = default;

std::int64_t AppendQueue::next_offset() const {
  return partition_->log().log_end_offset() + static_cast<std::int64_t>(records_.size());
}

AppendQueue::AppendPtr AppendQueue::add(std::vector<coordinator::Record> records) {
  if (records.empty()) {
    if (gathered_) return gathered_;
    auto nothing = std::make_shared<Append>();
    nothing->outcome = partition_->log().log_end_offset();
    return nothing;
  }
  if (!gathered_) {
    gathered_ = std::make_shared<Append>();
    if (linger_ms_ > 0) shard_.arm(*linger_, shard_.now() + std::chrono::milliseconds(linger_ms_));
  }
  for (const coordinator::Record& record : records)
    size_bytes_ += record.key.size() + (record.value ? record.value->size() : 0);
  std::ranges::move(records, std::back_inserter(records_));
  const AppendPtr added = gathered_;
  if (linger_ms_ <= 0 || records_.size() >= kRecordsPerBatch || size_bytes_ >= kMostGatheredBytes) write();
  return added;
}

AppendQueue::AppendPtr AppendQueue::add_transactional(const std::vector<coordinator::Record>& records,
                                                      const Writer& writer) {
  require(!gathered_, "decisions before this one have been written");
  auto alone = std::make_shared<Append>();
  if (records.empty()) {
    alone->outcome = partition_->log().log_end_offset();
    return alone;
  }
  finish(*alone, append(records, writer));
  return alone;
}

void AppendQueue::write() {
  if (!gathered_) return;
  TimerWheel::cancel(*linger_);
  const AppendPtr gathered = std::exchange(gathered_, nullptr);
  const auto records = std::exchange(records_, {});
  size_bytes_ = 0;
  finish(*gathered, append(records, std::nullopt));
}

void AppendQueue::give_up(ErrorCode error) {
  if (!gathered_) return;
  TimerWheel::cancel(*linger_);
  const AppendPtr gathered = std::exchange(gathered_, nullptr);
  records_.clear();
  size_bytes_ = 0;
  gathered->outcome = fail(error);
  gathered->waiting.wake_all();
}

void AppendQueue::finish(Append& append, Result<std::int64_t> outcome) {
  append.outcome = std::move(outcome);
  if (*append.outcome) {
    events_.appended(**append.outcome);
  } else {
    events_.failed(append.outcome->error());
  }
  append.waiting.wake_all();
}

Result<std::int64_t> AppendQueue::append(const std::vector<coordinator::Record>& records,
                                         const std::optional<Writer>& writer) {
  const TimestampMs now_ms = shard_.wall_ms();
  const Writer by = writer.value_or(Writer());
  if (writer) {
    if (const auto valid = check_writer(by); !valid) return fail(valid.error());
  }
  std::int64_t end = partition_->log().log_end_offset();
  for (std::size_t begin = 0; begin < records.size(); begin += kRecordsPerBatch) {
    records::BatchBuilder builder({.producer_id = by.producer_id,
                                   .producer_epoch = by.producer_epoch,
                                   .base_sequence = kFirstSequence,
                                   .is_transactional = writer.has_value()});
    const std::size_t behind = std::min(records.size(), begin + kRecordsPerBatch);
    for (std::size_t i = begin; i < behind; ++i) {
      const coordinator::Record& record = records[i];
      builder.append({.timestamp_ms = now_ms,
                      .key = ByteView(record.key),
                      .value = record.value ? std::optional(ByteView(*record.value)) : std::nullopt});
    }
    Buffer batch = std::move(builder).build();
    const auto appended = partition_->append_own(batch.bytes(), by.verification);
    if (!appended) return fail(appended.error());
    end = *appended;
  }
  return end;
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
