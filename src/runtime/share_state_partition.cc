#include "runtime/share_state_partition.h"

#include <string>

#include "coordinator/append_error.h"
#include "observe/log.h"
#include "runtime/coordinator_log.h"
#include "runtime/waiter.h"

namespace moldau::runtime {
namespace {

/// How many share partitions are changed in one turn.
constexpr std::size_t kChangesPerTurn = 64;

/// An append's failure as a client is told of it.
Error client_error(const Error& error) {
  return {.code = coordinator::error_for_client(error.code), .message = error.message};
}

}  // namespace

ShareStatePartition::ShareStatePartition(Shard& shard, std::shared_ptr<Partition> partition,
                                         const coordinator::ShareCoordinatorConfig& config,
                                         const AppendQueue::Settings& appends)
    : shard_(shard),
      partition_(std::move(partition)),
      coordinator_(config),
      queue_(shard, partition_, appends,
             {.taken_up = [this](std::int64_t log_end) { coordinator_.seal(log_end); },
              .appended = [](std::int64_t) {},
              .failed = [this](std::int64_t log_end, const Error&) { coordinator_.revert(log_end); }}) {}

coordinator::ShareMoment ShareStatePartition::moment() const {
  return {.wall_ms = shard_.wall_ms(), .next_offset = queue_.next_offset()};
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
    has_failed_ = true;
    co_return;
  }
  coordinator_.seal(partition_->log().log_end_offset());
  coordinator_.committed_up_to(partition_->high_watermark());
  is_loaded_ = true;
  const auto committed = co_await commit(append({}));
  if (!committed && !is_resigned_) {
    observe::warn("after loading share state: {}", committed.error().message);
  }
}

void ShareStatePartition::resign() {
  is_resigned_ = true;
  is_loaded_ = false;
  queue_.give_up(ErrorCode::kNotLeaderOrFollower);
}

Result<void> ShareStatePartition::check_serving() const {
  if (is_resigned_ || has_failed_)
    return fail(ErrorCode::kNotCoordinator, "This is not the correct coordinator.");
  if (!is_loaded_) {
    return fail(ErrorCode::kCoordinatorLoadInProgress,
                "The coordinator is loading and hence can't process requests.");
  }
  return {};
}

AppendQueue::AppendPtr ShareStatePartition::append(std::optional<coordinator::Record> record) {
  std::vector<coordinator::Record> records;
  if (record) records.push_back(*std::move(record));
  return queue_.add(records);
}

Task<Result<void>> ShareStatePartition::commit(AppendQueue::AppendPtr append) {
  const auto self = shared_from_this();
  const auto end = co_await AppendQueue::written(shard_, std::move(append));
  const auto committed = end ? co_await partition_->committed(*end) : Result<void>(fail(end.error()));
  if (auto serving = check_serving(); !serving) co_return serving;
  if (!committed) co_return fail(client_error(committed.error()));
  coordinator_.committed_up_to(*end);
  co_return Result<void>{};
}

Task<void> ShareStatePartition::change_all(std::vector<coordinator::SharePartitionKey> keys, Change change) {
  const auto self = shared_from_this();
  AppendQueue::AppendPtr last = append({});
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i > 0 && i % kChangesPerTurn == 0) {
      Waiter pause(shard_, shard_.now());
      co_await pause;
    }
    if (!is_loaded_) co_return;
    last = append((coordinator_.*change)(moment(), keys[i]));
  }
  const auto committed = co_await commit(std::move(last));
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
