#include "runtime/group_partition.h"

#include <algorithm>

#include "base/assert.h"
#include "coordinator/group/error_replies.h"
#include "observe/log.h"
#include "protocol/records/batch.h"
#include "protocol/records/builder.h"
#include "protocol/records/record_iterator.h"
#include "runtime/coordinator_log.h"

namespace moldau::runtime {
namespace {

/// Records of one batch; a decision has few, the sweep of expired offsets may have many.
constexpr std::size_t kRecordsPerBatch = 1000;

/// As the coordinator runtime of Apache Kafka stamps its batches.
constexpr std::int32_t kFirstSequence = 0;

/// Whether a batch can bear this producer; a client may name any where nobody verifies its transaction.
Result<void> check_producer(std::int64_t producer_id, std::int16_t producer_epoch) {
  if (producer_id < 0 || producer_epoch == records::kNoProducerEpoch) {
    return fail(ErrorCode::kUnknownServerError, "a transactional batch names its producer");
  }
  if (producer_epoch < 0) return fail(ErrorCode::kInvalidProducerEpoch, "epochs are not negative");
  return {};
}

}  // namespace

GroupPartition::GroupPartition(Shard& shard, std::shared_ptr<Partition> partition,
                               coordinator::GroupCoordinatorConfig config)
    : shard_(shard), partition_(std::move(partition)), coordinator_(std::move(config)) {}

GroupPartition::~GroupPartition() = default;

coordinator::Moment GroupPartition::moment() const {
  return {
      .now = shard_.now(), .wall_ms = shard_.wall_ms(), .next_offset = partition_->log().log_end_offset()};
}

Task<void> GroupPartition::load() {
  const auto self = shared_from_this();
  const auto done = co_await replay_log(
      shard_, partition_, [this] { return resigned_; },
      [this](const records::BatchView& batch, const records::RecordView& record) {
        return replay(batch, record);
      });
  if (resigned_) co_return;
  if (!done) {
    observe::error("groups of {} cannot be loaded: {}", partition_->display_name(), done.error().message);
    co_return;
  }
  const log::PartitionLog& log = partition_->log();
  coordinator_.appended(log.log_end_offset());
  coordinator_.committed_up_to(partition_->high_watermark());
  shard_.tasks().spawn(follow(log.log_end_offset(), std::nullopt));
  loaded_ = true;
  const auto outcome = carry_out(coordinator_.loaded(moment()));
  if (!outcome) observe::warn("after loading groups: {}", outcome.error().message);
}

Result<void> GroupPartition::replay(const records::BatchView& batch, const records::RecordView& record) {
  if (batch.is_control()) {
    const auto type = records::parse_control_key(record.key.value_or(ByteView()));
    if (!type) return fail(type.error());
    const bool is_commit = *type == records::ControlType::kCommit;
    if (is_commit || *type == records::ControlType::kAbort) {
      coordinator_.replay_end_transaction(batch.producer_id(), is_commit);
    }
    return {};
  }
  if (!record.key) return {};
  const std::int64_t producer_id = batch.is_transactional() ? batch.producer_id() : -1;
  return coordinator_.replay(record.offset, producer_id, *record.key, record.value, record.timestamp_ms);
}

void GroupPartition::resign() {
  if (resigned_) return;
  resigned_ = true;
  loaded_ = false;
  coordinator::Effects effects = coordinator_.unloaded(moment());
  for (coordinator::Completion& completion : effects.completions) {
    complete(std::move(completion));
  }
  timers_.clear();
}

Result<std::int64_t> GroupPartition::carry_out(coordinator::Effects effects,
                                               const std::optional<Writer>& writer) {
  for (const coordinator::TimerEffect& timer : effects.timers) {
    set_timer(timer);
  }
  for (coordinator::Completion& completion : effects.completions) {
    complete(std::move(completion));
  }
  if (effects.records.empty()) {
    if (effects.append)
      shard_.tasks().spawn(follow(partition_->log().log_end_offset(), std::move(effects.append)));
    return partition_->log().log_end_offset();
  }
  auto end = append(std::move(effects.records), writer);
  if (!end) {
    coordinator_.append_failed_locally();
    if (effects.append) {
      const auto outcome = carry_out(coordinator_.append_failed(moment(), *effects.append, end.error().code));
      if (!outcome) observe::warn("a group's failed append: {}", outcome.error().message);
    }
    return end;
  }
  coordinator_.appended(*end);
  shard_.tasks().spawn(follow(*end, std::move(effects.append)));
  return end;
}

Result<std::int64_t> GroupPartition::append(std::vector<coordinator::Record> records,
                                            const std::optional<Writer>& writer) {
  const TimestampMs now_ms = shard_.wall_ms();
  const Writer by = writer.value_or(Writer());
  if (writer) {
    if (const auto valid = check_producer(by.producer_id, by.producer_epoch); !valid)
      return fail(valid.error());
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

Task<void> GroupPartition::follow(std::int64_t end, std::optional<coordinator::Append> append) {
  const auto self = shared_from_this();
  const auto committed = co_await partition_->committed(end);
  if (resigned_) co_return;
  coordinator::Effects effects;
  if (committed) {
    coordinator_.committed_up_to(end);
    if (append) effects = coordinator_.append_committed(moment(), *append);
  } else if (append) {
    effects = coordinator_.append_failed(moment(), *append, committed.error().code);
  }
  const auto outcome = carry_out(std::move(effects));
  if (!outcome) observe::warn("after a group's append: {}", outcome.error().message);
}

Task<coordinator::Reply<protocol::OffsetFetchResponse::OffsetFetchResponseGroup>>
GroupPartition::fetch_offsets(
    const protocol::OffsetFetchRequest::OffsetFetchRequestGroup& request, bool require_stable,
    std::move_only_function<protocol::OffsetFetchResponse::OffsetFetchResponseGroup(ErrorCode)> refuse) {
  using Group = protocol::OffsetFetchResponse::OffsetFetchResponseGroup;
  const auto self = shared_from_this();
  if (!loaded_) co_return Reply<Group>(refuse(ErrorCode::kCoordinatorLoadInProgress));
  auto reply = coordinator_.fetch_offsets(request, require_stable);
  if (!require_stable) co_return reply;
  const auto committed = co_await partition_->committed(partition_->log().log_end_offset());
  if (committed) co_return reply;
  co_return Reply<Group>(refuse(coordinator::GroupCoordinator::client_error(committed.error().code)));
}

Task<Result<Verification>> GroupPartition::verified(log::TransactionalBatch batch, Verifier verify) {
  if (!verify) co_return Verification{.is_required = false};
  const auto guard = partition_->begin_verification(batch);
  if (!guard) co_return fail(guard.error());
  if (*guard) {
    if (const ErrorCode error = co_await verify(); error != ErrorCode::kNone) {
      co_return fail(error, "the transaction does not take in " + partition_->display_name());
    }
  }
  co_return Verification{.guard = *guard};
}

Task<coordinator::Reply<protocol::TxnOffsetCommitResponse>> GroupPartition::commit_transactional_offsets(
    coordinator::RequestContext context, const protocol::TxnOffsetCommitRequest& request, Verifier verify) {
  using Response = protocol::TxnOffsetCommitResponse;
  const auto self = shared_from_this();
  const auto refuse = [&request](ErrorCode error) {
    return coordinator::reply_with_error<Response>(request, error);
  };
  if (request.group_id.value().empty()) co_return Reply<Response>(refuse(ErrorCode::kInvalidGroupId));
  const auto verification =
      co_await verified({.producer_id = request.producer_id.value(),
                         .producer_epoch = request.producer_epoch,
                         .supports_epoch_bump = context.api_version >= kFirstVersionThatAdds},
                        std::move(verify));
  if (!verification) {
    co_return Reply<Response>(refuse(coordinator::GroupCoordinator::client_error(verification.error().code)));
  }
  if (!loaded_) co_return Reply<Response>(refuse(ErrorCode::kCoordinatorLoadInProgress));
  context.at = moment();
  // Without a producer it is a plain commit, as in Apache Kafka.
  std::optional<Writer> writer;
  if (request.producer_id.value() != records::kNoProducerId) {
    writer = Writer{.producer_id = request.producer_id.value(),
                    .producer_epoch = request.producer_epoch,
                    .verification = *verification};
  }
  co_return co_await answer_when_committed<Response>(
      coordinator_.commit_transactional_offsets(context, request), writer, refuse);
}

Task<ErrorCode> GroupPartition::complete_transaction(log::TransactionMarker marker) {
  const auto self = shared_from_this();
  if (!loaded_) co_return ErrorCode::kNotLeaderOrFollower;
  const auto end = partition_->append_marker(marker);
  if (!end) co_return end.error().code;
  coordinator_.replay_end_transaction(marker.producer_id, marker.is_commit);
  coordinator_.appended(*end);
  shard_.tasks().spawn(follow(*end, std::nullopt));
  const auto committed = co_await partition_->committed(*end);
  co_return committed ? ErrorCode::kNone : committed.error().code;
}

void GroupPartition::set_timer(const coordinator::TimerEffect& effect) {
  if (!effect.deadline) {
    timers_.erase(effect.key);
    return;
  }
  auto& deadline = timers_[effect.key];
  if (deadline && effect.keeps_earlier) return;
  if (!deadline) deadline = std::make_unique<Deadline>(*this, effect.key);
  shard_.arm(*deadline, *effect.deadline);
}

void GroupPartition::timer_passed(const coordinator::TimerKey& key) {
  const auto self = shared_from_this();
  // It may be set anew by what is decided; of a member that is gone nothing else would remove it.
  timers_.erase(key);
  const auto outcome = carry_out(coordinator_.timer_passed(moment(), key));
  if (!outcome) observe::warn("a group's timer: {}", outcome.error().message);
}

void GroupPartition::complete(coordinator::Completion completion) {
  const auto found = parked_.find(completion.token);
  if (found == parked_.end()) return;
  Parked& slot = *found->second;
  parked_.erase(found);
  slot.completion = std::move(completion);
  slot.waiter->wake();
}

template <class Response>
Task<coordinator::Reply<Response>> GroupPartition::parked(coordinator::Token token, Parked& slot,
                                                          Waiter& waiter) {
  co_await waiter;
  parked_.erase(token);
  require(slot.completion.has_value(), "a parked request is woken by its answer");
  co_return std::move(std::get<coordinator::Reply<Response>>(slot.completion->reply));
}

Task<coordinator::Reply<protocol::JoinGroupResponse>> GroupPartition::join(
    coordinator::RequestContext context, const protocol::JoinGroupRequest& request) {
  const auto self = shared_from_this();
  if (!loaded_) {
    protocol::JoinGroupResponse refused;
    refused.error_code = ErrorCode::kCoordinatorLoadInProgress;
    refused.member_id = request.member_id;
    co_return Reply<protocol::JoinGroupResponse>(std::move(refused));
  }
  const coordinator::Token token = next_token_++;
  Waiter waiter(shard_, Instant::never());
  Parked slot{.waiter = &waiter, .completion = {}};
  parked_.emplace(token, &slot);
  const auto outcome = carry_out(coordinator_.join(context, request, token));
  if (!outcome) observe::warn("a group's join: {}", outcome.error().message);
  co_return co_await parked<protocol::JoinGroupResponse>(token, slot, waiter);
}

Task<coordinator::Reply<protocol::SyncGroupResponse>> GroupPartition::sync(
    coordinator::RequestContext context, const protocol::SyncGroupRequest& request) {
  const auto self = shared_from_this();
  if (!loaded_) {
    protocol::SyncGroupResponse refused;
    refused.error_code = ErrorCode::kCoordinatorLoadInProgress;
    co_return Reply<protocol::SyncGroupResponse>(std::move(refused));
  }
  const coordinator::Token token = next_token_++;
  Waiter waiter(shard_, Instant::never());
  Parked slot{.waiter = &waiter, .completion = {}};
  parked_.emplace(token, &slot);
  const auto outcome = carry_out(coordinator_.sync(context, request, token));
  if (!outcome) observe::warn("a group's sync: {}", outcome.error().message);
  co_return co_await parked<protocol::SyncGroupResponse>(token, slot, waiter);
}

void GroupPartition::topics_deleted(std::span<const coordinator::DeletedTopic> topics) {
  if (!loaded_) return;
  const auto outcome = carry_out(coordinator_.topics_deleted(moment(), topics));
  if (!outcome) observe::warn("offsets of deleted topics: {}", outcome.error().message);
}

}  // namespace moldau::runtime
