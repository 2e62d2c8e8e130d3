#include "runtime/transaction_partition.h"

#include <chrono>
#include <utility>

#include "observe/log.h"
#include "protocol/records/builder.h"
#include "runtime/coordinator_log.h"
#include "runtime/together.h"
#include "runtime/waiter.h"

namespace moldau::runtime {
namespace {

constexpr auto kRetryPause = std::chrono::milliseconds(20);

/// What a client is told where a record of the coordinator could not be written.
ErrorCode client_error(ErrorCode error) {
  switch (error) {
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kNotEnoughReplicas:
    case ErrorCode::kNotEnoughReplicasAfterAppend:
    case ErrorCode::kRequestTimedOut:
      return ErrorCode::kCoordinatorNotAvailable;
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kKafkaStorageError:
      return ErrorCode::kNotCoordinator;
    case ErrorCode::kMessageTooLarge:
    case ErrorCode::kRecordListTooLarge:
      return ErrorCode::kUnknownServerError;
    default:
      return error;
  }
}

/// What a marker's outcome means for its transaction.
enum class MarkerFate { kDone, kRetry, kGiveUp };

MarkerFate fate_of(ErrorCode error) {
  switch (error) {
    case ErrorCode::kNone:
    case ErrorCode::kUnknownTopicOrPartition:  // the topic is deleted, and what was written to it
    case ErrorCode::kUnsupportedForMessageFormat:
      return MarkerFate::kDone;
    case ErrorCode::kInvalidProducerEpoch:
    case ErrorCode::kTransactionCoordinatorFenced:  // another coordinator ends it, or has ended it
      return MarkerFate::kGiveUp;
    default:
      return MarkerFate::kRetry;
  }
}

}  // namespace

TransactionPartition::TransactionPartition(const Surroundings& around, std::shared_ptr<Partition> partition)
    : around_(around), partition_(std::move(partition)), coordinator_(around.config) {}

coordinator::TransactionMoment TransactionPartition::moment(
    std::optional<std::int64_t> fresh_producer_id) const {
  return {.wall_ms = around_.shard->wall_ms(),
          .transaction_version = around_.transaction_version(),
          .fresh_producer_id = fresh_producer_id};
}

Task<void> TransactionPartition::load() {
  const auto self = shared_from_this();
  const auto done = co_await replay_log(
      *around_.shard, partition_, [this] { return is_resigned_; },
      [this](const records::BatchView& batch, const records::RecordView& record) -> Result<void> {
        if (batch.is_control() || !record.key) return {};
        return coordinator_.replay(*record.key, record.value);
      });
  if (is_resigned_) co_return;
  if (!done) {
    // What was read is served, as Apache Kafka does.
    observe::error("transactions of {} cannot all be loaded: {}", partition_->display_name(),
                   done.error().message);
  }
  is_loaded_ = true;
  for (const std::string& id : coordinator_.unfinished()) {
    around_.shard->tasks().spawn(finish(id));
  }
}

void TransactionPartition::resign() {
  is_resigned_ = true;
  is_loaded_ = false;
}

Task<TransactionPartition::Answer> TransactionPartition::answer(std::string transactional_id, Decide decide) {
  const auto self = shared_from_this();
  if (is_resigned_) co_return Answer{.error = ErrorCode::kNotCoordinator};
  if (!is_loaded_) co_return Answer{.error = ErrorCode::kCoordinatorLoadInProgress};
  coordinator::TransactionDecision decision = decide(coordinator_, moment(std::nullopt));
  if (decision.wants_producer_id) {
    const auto fresh = co_await around_.fresh_producer_id();
    if (is_resigned_) co_return Answer{.error = ErrorCode::kNotCoordinator};
    // Apache Kafka too makes the client try again while no block of ids can be had.
    if (!fresh) co_return Answer{.error = ErrorCode::kCoordinatorLoadInProgress};
    decision = decide(coordinator_, moment(*fresh));
  }
  if (decision.record) {
    const ErrorCode error = co_await commit(std::move(transactional_id), *std::move(decision.record));
    if (error != ErrorCode::kNone) co_return Answer{.error = error};
  }
  if (decision.error != ErrorCode::kNone) co_return Answer{.error = decision.error};
  co_return Answer{.producer_id = decision.producer_id, .producer_epoch = decision.producer_epoch};
}

Task<ErrorCode> TransactionPartition::commit(std::string transactional_id, coordinator::Record record) {
  records::BatchBuilder builder({});
  builder.append(as_written(record, around_.shard->wall_ms()));
  const ErrorCode error = co_await append(std::move(builder).build());
  if (is_resigned_) co_return ErrorCode::kNotCoordinator;
  if (error != ErrorCode::kNone) {
    coordinator_.failed(transactional_id);
    co_return error;
  }
  coordinator_.committed(transactional_id);
  if (coordinator_.markers(transactional_id)) {
    around_.shard->tasks().spawn(finish(std::move(transactional_id)));
  }
  co_return ErrorCode::kNone;
}

Task<ErrorCode> TransactionPartition::append(Buffer batch) {
  const auto end = partition_->append_own(batch.bytes());
  if (!end) co_return client_error(end.error().code);
  const auto committed = co_await partition_->committed(*end);
  co_return committed ? ErrorCode::kNone : client_error(committed.error().code);
}

Task<void> TransactionPartition::pause() {
  Waiter pause(*around_.shard, around_.shard->now() + kRetryPause);
  co_await pause;
}

Task<bool> TransactionPartition::write_markers(std::string transactional_id,
                                               coordinator::TransactionMarkers markers) {
  const log::TransactionMarker marker{.producer_id = markers.producer_id,
                                      .producer_epoch = markers.producer_epoch,
                                      .coordinator_epoch = partition_->leader_epoch(),
                                      .is_commit = markers.commit,
                                      .transaction_version = markers.transaction_version};
  bool goes_on = true;
  const auto write = [&](const coordinator::TopicPartition& partition) -> Task<void> {
    const ErrorCode error = co_await around_.write_marker(partition, marker);
    const MarkerFate fate = fate_of(error);
    if (fate == MarkerFate::kDone) coordinator_.marker_written(transactional_id, partition);
    if (fate != MarkerFate::kGiveUp) co_return;
    observe::warn("the end of {}'s transaction is refused by {}-{}: {}", transactional_id, partition.topic,
                  partition.partition, error_name(error));
    goes_on = false;
  };
  TaskList tasks;
  for (const coordinator::TopicPartition& partition : markers.partitions) {
    tasks.push_back(write(partition));
  }
  co_await together(*around_.shard, std::move(tasks));
  co_return goes_on;
}

Task<void> TransactionPartition::finish(std::string transactional_id) {
  const auto self = shared_from_this();
  while (!is_resigned_) {
    const auto markers = coordinator_.markers(transactional_id);
    if (!markers) co_return;
    if (!markers->partitions.empty()) {
      if (!co_await write_markers(transactional_id, *markers)) co_return;
      if (is_resigned_) co_return;
    }
    auto decision = coordinator_.complete(moment(std::nullopt), transactional_id);
    if (decision.record) {
      const ErrorCode error = co_await commit(transactional_id, *std::move(decision.record));
      if (error != ErrorCode::kCoordinatorNotAvailable) co_return;
    }
    co_await pause();
  }
}

void TransactionPartition::abort_timed_out() {
  if (!is_loaded_) return;
  for (const std::string& id : coordinator_.timed_out(around_.shard->wall_ms())) {
    around_.shard->tasks().spawn(abort(id));
  }
}

Task<void> TransactionPartition::abort(std::string transactional_id) {
  const Answer outcome =
      co_await answer(transactional_id, [transactional_id](coordinator::TransactionCoordinator& coordinator,
                                                           const coordinator::TransactionMoment& at) {
        return coordinator.abort_timed_out(at, transactional_id);
      });
  if (outcome.error == ErrorCode::kNone) {
    observe::info("the transaction of {} has timed out and is aborted", transactional_id);
  }
}

void TransactionPartition::forget_expired() {
  if (!is_loaded_) return;
  const TimestampMs wall_ms = around_.shard->wall_ms();
  const auto max_batch_bytes = static_cast<std::size_t>(partition_->config().max_message_bytes);
  std::vector<std::string> ids;
  records::BatchBuilder builder({});
  const auto write = [&] {
    if (ids.empty()) return;
    Buffer batch = std::exchange(builder, records::BatchBuilder({})).build();
    around_.shard->tasks().spawn(forget(std::exchange(ids, {}), std::move(batch)));
  };
  for (std::string& id : coordinator_.expired(wall_ms)) {
    const auto tombstone = coordinator_.forget(wall_ms, id);
    if (!tombstone) continue;
    const records::RecordData record = as_written(*tombstone, wall_ms);
    if (builder.size_bytes() + builder.size_of_next(record) > max_batch_bytes) write();
    builder.append(record);
    ids.push_back(std::move(id));
  }
  write();
}

Task<void> TransactionPartition::forget(std::vector<std::string> ids, Buffer tombstones) {
  const auto self = shared_from_this();
  const ErrorCode error = co_await append(std::move(tombstones));
  if (is_resigned_) co_return;
  if (error != ErrorCode::kNone) observe::warn("expired transactional ids: {}", error_name(error));
  for (const std::string& id : ids) {
    error == ErrorCode::kNone ? coordinator_.committed(id) : coordinator_.failed(id);
  }
}

}  // namespace moldau::runtime
