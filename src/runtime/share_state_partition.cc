#include "runtime/share_state_partition.h"

#include <string>

#include "coordinator/append_error.h"
#include "observe/log.h"
#include "protocol/records/builder.h"
#include "runtime/coordinator_log.h"
#include "runtime/waiter.h"

namespace moldau::runtime {
namespace {

/// As the coordinator runtime of Apache Kafka stamps its batches.
constexpr std::int32_t kFirstSequence = 0;
/// How many share partitions are changed in one turn.
constexpr std::size_t kChangesPerTurn = 64;

/// An append's failure as a client is told of it.
Error client_error(const Error& error) {
  return {.code = coordinator::error_for_client(error.code), .message = error.message};
}

}  // namespace

ShareStatePartition::ShareStatePartition(Shard& shard, std::shared_ptr<Partition> partition,
                                         const coordinator::ShareCoordinatorConfig& config)
    : shard_(shard), partition_(std::move(partition)), coordinator_(config) {}

coordinator::ShareMoment ShareStatePartition::moment() const {
  return {.wall_ms = shard_.wall_ms(), .next_offset = partition_->log().log_end_offset()};
}

Task<void> ShareStatePartition::load() {
  const auto self = shared_from_this();
  const auto done = co_await replay_log(
      shard_, partition_, [this] { return is_resigned_; },
      [this](const records::BatchView& batch, const records::RecordView& record) -> Result<void> {
        if (batch.is_control() || !record.key) return {};
        return coordinator_.replay(record.offset, *record.key, record.value);
      });
  if (is_resigned_) co_return;
  if (!done) {
    observe::error("the share state of {} cannot be loaded: {}", partition_->display_name(),
                   done.error().message);
    co_return;
  }
  const std::int64_t end = partition_->log().log_end_offset();
  coordinator_.appended(end);
  coordinator_.committed_up_to(partition_->high_watermark());
  is_loaded_ = true;
  const auto committed = co_await commit(end);
  if (!committed && !is_resigned_) {
    observe::warn("after loading share state: {}", committed.error().message);
  }
}

void ShareStatePartition::resign() {
  is_resigned_ = true;
  is_loaded_ = false;
}

Result<void> ShareStatePartition::check_serving() const {
  if (is_resigned_) return fail(ErrorCode::kNotCoordinator, "This is not the correct coordinator.");
  if (!is_loaded_) {
    return fail(ErrorCode::kCoordinatorLoadInProgress,
                "The coordinator is loading and hence can't process requests.");
  }
  return {};
}

Result<std::int64_t> ShareStatePartition::append(const std::optional<coordinator::Record>& record) {
  if (!record) return partition_->log().log_end_offset();
  records::BatchBuilder builder({.base_sequence = kFirstSequence});
  builder.append({.timestamp_ms = shard_.wall_ms(),
                  .key = ByteView(record->key),
                  .value = record->value ? std::optional(ByteView(*record->value)) : std::nullopt});
  Buffer batch = std::move(builder).build();
  const auto end = partition_->append_own(batch.bytes());
  if (!end) {
    coordinator_.append_failed_locally();
    return fail(client_error(end.error()));
  }
  coordinator_.appended(*end);
  return *end;
}

Task<Result<void>> ShareStatePartition::commit(std::int64_t end) {
  const auto self = shared_from_this();
  const auto committed = co_await partition_->committed(end);
  if (auto serving = check_serving(); !serving) co_return serving;
  if (!committed) co_return fail(client_error(committed.error()));
  coordinator_.committed_up_to(end);
  co_return Result<void>{};
}

Task<void> ShareStatePartition::change_all(std::vector<coordinator::SharePartitionKey> keys, Change change) {
  const auto self = shared_from_this();
  std::int64_t end = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i > 0 && i % kChangesPerTurn == 0) {
      Waiter pause(shard_, shard_.now());
      co_await pause;
    }
    if (!is_loaded_) co_return;
    const auto appended = append((coordinator_.*change)(moment(), keys[i]));
    if (!appended) {
      observe::warn("share state of {}: {}", partition_->display_name(), appended.error().message);
      co_return;
    }
    end = *appended;
  }
  const auto committed = co_await commit(end);
  if (!committed && !is_resigned_) {
    observe::warn("share state of {}: {}", partition_->display_name(), committed.error().message);
  }
}

void ShareStatePartition::snapshot_cold() {
  if (!is_loaded_) return;
  auto cold = coordinator_.cold(shard_.wall_ms());
  if (cold.empty()) return;
  shard_.tasks().spawn(change_all(std::move(cold), &coordinator::ShareCoordinator::snapshot));
}

void ShareStatePartition::topics_deleted(const std::set<Uuid>& topics) {
  if (!is_loaded_) return;
  auto keys = coordinator_.of_topics(topics);
  if (keys.empty()) return;
  shard_.tasks().spawn(change_all(std::move(keys), &coordinator::ShareCoordinator::forget));
}

void ShareStatePartition::prune() {
  if (!is_loaded_) return;
  const auto offset = coordinator_.redundant_before();
  if (!offset || *offset == pruned_before_) return;
  const DeleteOutcome outcome = partition_->delete_records_before(*offset);
  if (outcome.error == ErrorCode::kNone) {
    pruned_before_ = *offset;
  } else {
    observe::warn("records of {} before {} are not deleted: {}", partition_->display_name(), *offset,
                  error_name(outcome.error));
  }
}

}  // namespace moldau::runtime
