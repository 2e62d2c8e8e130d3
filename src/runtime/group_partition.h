#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/offset_replay.h"
#include "protocol/records/record_iterator.h"
#include "runtime/append_queue.h"
#include "runtime/partition.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/waiter.h"

namespace moldau::runtime {

/// The group coordinator on one partition of __consumer_offsets that this node leads: carries out what the
/// pure coordinator decides. Belongs to the partition's shard.
class GroupPartition : public std::enable_shared_from_this<GroupPartition> {
 public:
  template <class Message>
  using Reply = coordinator::Reply<Message>;

  /// `shard` outlives it.
  GroupPartition(Shard& shard, std::shared_ptr<Partition> partition,
                 coordinator::GroupCoordinatorConfig config, const AppendQueue::Settings& appends);
  ~GroupPartition();

  /// Reads the partition's log; requests are COORDINATOR_LOAD_IN_PROGRESS until it is done, and
  /// NOT_COORDINATOR where that has failed.
  Task<void> load();
  bool is_loaded() const { return loaded_; }
  /// What requests are answered while it is not loaded.
  ErrorCode unready() const { return unready_; }

  /// The partition is not led here any more, or the node stops: parked requests get NOT_COORDINATOR.
  void resign();
  /// The partition is not served any more.
  bool is_retired() const { return partition_->is_retired(); }
  Shard& shard() const { return shard_; }

  /// JoinGroup and SyncGroup: the answer may take as long as a rebalance.
  Task<Reply<protocol::JoinGroupResponse>> join(coordinator::RequestContext context,
                                                const protocol::JoinGroupRequest& request);
  Task<Reply<protocol::SyncGroupResponse>> sync(coordinator::RequestContext context,
                                                const protocol::SyncGroupRequest& request);

  /// A decision whose answer waits until its records are committed; `refuse` makes the answer where the
  /// records cannot be written.
  template <class Message>
  Task<Reply<Message>> answer(
      std::move_only_function<coordinator::Answer<Message>(coordinator::GroupCoordinator&)> decide,
      std::move_only_function<Message(ErrorCode)> refuse);

  /// From this version on TxnOffsetCommit has the transaction take in the partition (KIP-890).
  static constexpr std::int16_t kFirstVersionThatAdds = 5;

  /// Asks the transaction coordinator whether a transaction takes this partition in, or has it do so. NONE,
  /// or what a client is told.
  using Verifier = std::move_only_function<Task<ErrorCode>()>;

  /// TxnOffsetCommit: the offsets count when the transaction commits. `verify` is asked before the first
  /// batch of a transaction; without one nobody is asked, and any transaction may write. A transaction that
  /// ended meanwhile is INVALID_TXN_STATE.
  Task<Reply<protocol::TxnOffsetCommitResponse>> commit_transactional_offsets(
      coordinator::RequestContext context, const protocol::TxnOffsetCommitRequest& request, Verifier verify);

  /// What is committed now.
  const coordinator::GroupCoordinator& state() const { return coordinator_; }

  /// OffsetFetch of one group: what is committed, or with `require_stable` the newest state once that is.
  Task<Reply<protocol::OffsetFetchResponse::OffsetFetchResponseGroup>> fetch_offsets(
      const protocol::OffsetFetchRequest::OffsetFetchRequestGroup& request, bool require_stable,
      std::move_only_function<protocol::OffsetFetchResponse::OffsetFetchResponseGroup(ErrorCode)> refuse);

  /// A transaction has ended: its marker is written behind the offsets that it committed, and these count, or
  /// are forgotten, when it is committed. NOT_LEADER_OR_FOLLOWER until loaded; the errors of
  /// Partition::append_marker().
  Task<ErrorCode> complete_transaction(log::TransactionMarker marker);

  /// How many timers of groups and members are set.
  std::size_t timer_count() const { return timers_.size(); }

  void topics_changed(std::shared_ptr<const coordinator::TopicsView> topics,
                      std::span<const std::string> changed, bool has_new_topics) {
    coordinator_.topics_changed(std::move(topics), changed, has_new_topics);
  }
  void topics_deleted(std::span<const coordinator::DeletedTopic> topics);

  /// When a decision is made; the offset is that of the next record.
  coordinator::Moment moment() const;
  /// A random id for a request.
  Uuid fresh_id() { return shard_.loop().random().uuid(); }

 private:
  /// One deadline of the coordinator.
  class Deadline final : public TimerWheel::Entry {
   public:
    Deadline(GroupPartition& owner, coordinator::TimerKey key) : owner_(owner), key_(std::move(key)) {}

   private:
    /// With a key of its own: this deadline may end meanwhile.
    void fired() override { owner_.timer_passed(coordinator::TimerKey(key_)); }

    GroupPartition& owner_;
    coordinator::TimerKey key_;
  };

  /// A request whose answer comes by another decision.
  struct Parked {
    Waiter* waiter;
    std::optional<coordinator::Completion> completion;
  };

  template <class Response>
  Task<Reply<Response>> parked(coordinator::Token token, Parked& slot, Waiter& waiter);

  /// A decision's answer once the append is committed.
  template <class Message>
  Task<Reply<Message>> answer_when_committed(Reply<Message> reply, AppendQueue::AppendPtr append,
                                             std::move_only_function<Message(ErrorCode)> refuse);
  /// Waits until the append, and all before it, are committed.
  Task<Result<void>> committed(AppendQueue::AppendPtr append);

  /// The guard with which to write, or the refusal.
  Task<Result<Verification>> verified(log::TransactionalBatch batch, Verifier verify);
  /// Carries out effects; gives the append that their records are in.
  AppendQueue::AppendPtr carry_out(coordinator::Effects effects);
  void append_failed(std::int64_t offset, const Error& error);
  /// Tells the coordinator once the log is committed up to there.
  Task<void> follow(std::int64_t log_end);
  /// Hands back what a decision left for when its records are committed or have failed.
  Task<void> hand_back(AppendQueue::AppendPtr append, coordinator::Append left);
  void set_timer(const coordinator::TimerEffect& effect);
  void timer_passed(const coordinator::TimerKey& key);
  void complete(coordinator::Completion completion);
  /// Replays a record of the log, or keeps it back in `offsets`.
  Result<void> replay(const records::BatchView& batch, const records::RecordView& record,
                      coordinator::OffsetReplay& offsets);
  /// Replays what was kept back.
  Result<void> release(coordinator::OffsetReplay& offsets);

  Shard& shard_;
  std::shared_ptr<Partition> partition_;
  coordinator::GroupCoordinator coordinator_;
  AppendQueue queue_;
  std::map<coordinator::TimerKey, std::unique_ptr<Deadline>> timers_;
  std::map<coordinator::Token, Parked*> parked_;
  coordinator::Token next_token_ = 1;
  bool loaded_ = false;
  ErrorCode unready_ = ErrorCode::kCoordinatorLoadInProgress;
  bool resigned_ = false;
};

template <class Message>
Task<coordinator::Reply<Message>> GroupPartition::answer(
    std::move_only_function<coordinator::Answer<Message>(coordinator::GroupCoordinator&)> decide,
    std::move_only_function<Message(ErrorCode)> refuse) {
  const auto self = shared_from_this();
  if (!loaded_) co_return Reply<Message>(refuse(unready_));
  auto decided = decide(coordinator_);
  auto append = carry_out(std::move(decided.effects));
  co_return co_await answer_when_committed<Message>(std::move(decided.reply), std::move(append),
                                                    std::move(refuse));
}

template <class Message>
Task<coordinator::Reply<Message>> GroupPartition::answer_when_committed(
    Reply<Message> reply, AppendQueue::AppendPtr append, std::move_only_function<Message(ErrorCode)> refuse) {
  const auto done = co_await committed(std::move(append));
  if (!done) co_return Reply<Message>(refuse(coordinator::GroupCoordinator::client_error(done.error().code)));
  co_return std::move(reply);
}

}  // namespace moldau::runtime
