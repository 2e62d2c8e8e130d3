#include "runtime/group_partition.h"

#include "base/assert.h"
#include "coordinator/group/error_replies.h"
#include "observe/log.h"
#include "protocol/records/batch.h"
#include "protocol/records/record_iterator.h"
#include "runtime/coordinator_log.h"

namespace moldau::runtime {
namespace {

/// Keys whose offsets are kept back while a log is loaded: some megabytes at most.
constexpr std::size_t kMostKeptOffsets = 16384;

}  // namespace

GroupPartition::GroupPartition(Shard& shard, std::shared_ptr<Partition> partition,
                               coordinator::GroupCoordinatorConfig config,
                               const AppendQueue::Settings& appends)
    : shard_(shard),
      partition_(std::move(partition)),
      coordinator_(std::move(config)),
      queue_(shard, partition_, appends,
             {.taken_up = [this](std::int64_t log_end) { coordinator_.seal(log_end); },
              .appended = [this](std::int64_t log_end) { shard_.tasks().spawn(follow(log_end)); },
              .failed = [this](std::int64_t offset, const Error& error) { append_failed(offset, error); }}) {}

GroupPartition::~GroupPartition() = default;

coordinator::Moment GroupPartition::moment() const {
  return {.now = shard_.now(), .wall_ms = shard_.wall_ms(), .next_offset = queue_.next_offset()};
}

Task<void> GroupPartition::load() {
  const auto self = shared_from_this();
  coordinator::OffsetReplay offsets;
  auto done = co_await replay_log(
      shard_, partition_, [this] { return resigned_; },
      [&](const records::BatchView& batch, const records::RecordView& record) {
        return replay(batch, record, offsets);
      });
  if (resigned_) co_return;
  if (done) done = release(offsets);
  if (!done) {
    observe::error("groups of {} cannot be loaded: {}", partition_->display_name(), done.error().message);
    unready_ = ErrorCode::kNotCoordinator;
    co_return;
  }
  const log::PartitionLog& log = partition_->log();
  coordinator_.seal(log.log_end_offset());
  coordinator_.committed_up_to(partition_->high_watermark());
  shard_.tasks().spawn(follow(log.log_end_offset()));
  loaded_ = true;
  carry_out(coordinator_.loaded(moment()));
}

Result<void> GroupPartition::replay(const records::BatchView& batch, const records::RecordView& record,
                                    coordinator::OffsetReplay& offsets) {
  const bool is_plain = !batch.is_control() && !batch.is_transactional();
  if (is_plain && record.key && offsets.keep(record.offset, *record.key, record.value, record.timestamp_ms)) {
    return offsets.size() < kMostKeptOffsets ? Result<void>() : release(offsets);
  }
  if (auto released = release(offsets); !released) return released;
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

Result<void> GroupPartition::release(coordinator::OffsetReplay& offsets) {
  return offsets.release([this](const coordinator::OffsetReplay::Commit& commit) {
    return coordinator_.replay(commit.offset, -1, commit.key, commit.value, commit.wall_ms);
  });
}

void GroupPartition::resign() {
  if (resigned_) return;
  resigned_ = true;
  loaded_ = false;
  unready_ = ErrorCode::kNotCoordinator;
  queue_.give_up(ErrorCode::kNotLeaderOrFollower);
  coordinator::Effects effects = coordinator_.unloaded(moment());
  for (coordinator::Completion& completion : effects.completions) {
    complete(std::move(completion));
  }
  // Of those whose answer hangs on an append that nobody follows any more.
  for (const auto& [token, slot] : std::exchange(parked_, {}))
    slot->waiter->wake();
  timers_.clear();
}

AppendQueue::AppendPtr GroupPartition::carry_out(coordinator::Effects effects) {
  for (const coordinator::TimerEffect& timer : effects.timers) {
    set_timer(timer);
  }
  for (coordinator::Completion& completion : effects.completions) {
    complete(std::move(completion));
  }
  auto append = queue_.add(effects.records, effects.is_atomic);
  if (effects.append) shard_.tasks().spawn(hand_back(append, *std::move(effects.append)));
  return append;
}

void GroupPartition::append_failed(std::int64_t offset, const Error& error) {
  observe::warn("groups of {}: {}", partition_->display_name(), error.message);
  coordinator_.revert(offset);
}

Task<void> GroupPartition::follow(std::int64_t log_end) {
  const auto self = shared_from_this();
  const auto committed = co_await partition_->committed(log_end);
  if (committed && !resigned_) coordinator_.committed_up_to(log_end);
}

Task<void> GroupPartition::hand_back(AppendQueue::AppendPtr append, coordinator::Append left) {
  const auto self = shared_from_this();
  const auto done = co_await committed(std::move(append));
  if (resigned_) co_return;
  carry_out(done ? coordinator_.append_committed(moment(), left)
                 : coordinator_.append_failed(moment(), left, done.error().code));
}

Task<Result<void>> GroupPartition::committed(AppendQueue::AppendPtr append) {
  const auto log_end = co_await AppendQueue::written(shard_, std::move(append));
  if (!log_end) co_return fail(log_end.error());
  co_return co_await partition_->committed(*log_end);
}

Task<coordinator::Reply<protocol::OffsetFetchResponse::OffsetFetchResponseGroup>>
GroupPartition::fetch_offsets(
    const protocol::OffsetFetchRequest::OffsetFetchRequestGroup& request, bool require_stable,
    std::move_only_function<protocol::OffsetFetchResponse::OffsetFetchResponseGroup(ErrorCode)> refuse) {
  using Group = protocol::OffsetFetchResponse::OffsetFetchResponseGroup;
  const auto self = shared_from_this();
  if (!loaded_) co_return Reply<Group>(refuse(unready_));
  auto reply = coordinator_.fetch_offsets(request, require_stable);
  if (!require_stable) co_return reply;
  co_return co_await answer_when_committed<Group>(std::move(reply), queue_.add({}), std::move(refuse));
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
  if (!loaded_) co_return Reply<Response>(refuse(unready_));
  (void)queue_.write();
  context.at = moment();
  auto decided = coordinator_.commit_transactional_offsets(context, request);
  // Without a producer it is a plain commit, as in Apache Kafka.
  const bool is_plain = request.producer_id.value() == records::kNoProducerId;
  auto append = is_plain ? carry_out(std::move(decided.effects))
                         : queue_.add_transactional(decided.effects.records,
                                                    {.producer_id = request.producer_id.value(),
                                                     .producer_epoch = request.producer_epoch,
                                                     .verification = *verification});
  co_return co_await answer_when_committed<Response>(std::move(decided.reply), std::move(append), refuse);
}

Task<ErrorCode> GroupPartition::complete_transaction(log::TransactionMarker marker) {
  const auto self = shared_from_this();
  if (!loaded_) co_return ErrorCode::kNotLeaderOrFollower;
  if (const auto before = queue_.write(); !before) co_return before.error().code;
  const auto log_end = partition_->append_marker(marker);
  if (!log_end) co_return log_end.error().code;
  coordinator_.replay_end_transaction(marker.producer_id, marker.is_commit);
  coordinator_.seal(*log_end);
  shard_.tasks().spawn(follow(*log_end));
  const auto committed = co_await partition_->committed(*log_end);
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
  carry_out(coordinator_.timer_passed(moment(), key));
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
  if (!slot.completion) {
    Response refused;
    refused.error_code = ErrorCode::kNotCoordinator;
    co_return Reply<Response>(std::move(refused));
  }
  co_return std::move(std::get<coordinator::Reply<Response>>(slot.completion->reply));
}

Task<coordinator::Reply<protocol::JoinGroupResponse>> GroupPartition::join(
    coordinator::RequestContext context, const protocol::JoinGroupRequest& request) {
  const auto self = shared_from_this();
  if (!loaded_) {
    protocol::JoinGroupResponse refused;
    refused.error_code = unready_;
    refused.member_id = request.member_id;
    co_return Reply<protocol::JoinGroupResponse>(std::move(refused));
  }
  const coordinator::Token token = next_token_++;
  Waiter waiter(shard_, Instant::never());
  Parked slot{.waiter = &waiter, .completion = {}};
  parked_.emplace(token, &slot);
  carry_out(coordinator_.join(context, request, token));
  auto joined = co_await parked<protocol::JoinGroupResponse>(token, slot, waiter);
  if (joined.message.error_code == ErrorCode::kNotCoordinator) joined.message.member_id = request.member_id;
  co_return joined;
}

Task<coordinator::Reply<protocol::SyncGroupResponse>> GroupPartition::sync(
    coordinator::RequestContext context, const protocol::SyncGroupRequest& request) {
  const auto self = shared_from_this();
  if (!loaded_) {
    protocol::SyncGroupResponse refused;
    refused.error_code = unready_;
    co_return Reply<protocol::SyncGroupResponse>(std::move(refused));
  }
  const coordinator::Token token = next_token_++;
  Waiter waiter(shard_, Instant::never());
  Parked slot{.waiter = &waiter, .completion = {}};
  parked_.emplace(token, &slot);
  carry_out(coordinator_.sync(context, request, token));
  co_return co_await parked<protocol::SyncGroupResponse>(token, slot, waiter);
}

void GroupPartition::topics_deleted(std::span<const coordinator::DeletedTopic> topics) {
  if (!loaded_) return;
  carry_out(coordinator_.topics_deleted(moment(), topics));
}

}  // namespace moldau::runtime
