#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_code.h"
#include "base/result.h"
#include "base/time.h"
#include "base/uuid.h"
#include "coordinator/consumer/consumer_group.h"
#include "coordinator/consumer/consumer_update.h"
#include "coordinator/effects.h"
#include "coordinator/group/classic_group.h"
#include "coordinator/group/consumer_commits.h"
#include "coordinator/group/decision.h"
#include "coordinator/group/group_config.h"
#include "coordinator/group/group_store.h"
#include "coordinator/group/share_groups.h"
#include "coordinator/group/streams_groups.h"
#include "coordinator/topics_view.h"
#include "protocol/messages/consumer_group_describe_response.h"
#include "protocol/messages/consumer_group_heartbeat_request.h"
#include "protocol/messages/consumer_group_heartbeat_response.h"
#include "protocol/messages/delete_groups_response.h"
#include "protocol/messages/describe_groups_response.h"
#include "protocol/messages/heartbeat_request.h"
#include "protocol/messages/heartbeat_response.h"
#include "protocol/messages/join_group_request.h"
#include "protocol/messages/join_group_response.h"
#include "protocol/messages/leave_group_request.h"
#include "protocol/messages/leave_group_response.h"
#include "protocol/messages/list_groups_response.h"
#include "protocol/messages/offset_commit_request.h"
#include "protocol/messages/offset_commit_response.h"
#include "protocol/messages/offset_delete_request.h"
#include "protocol/messages/offset_delete_response.h"
#include "protocol/messages/offset_fetch_request.h"
#include "protocol/messages/offset_fetch_response.h"
#include "protocol/messages/sync_group_request.h"
#include "protocol/messages/sync_group_response.h"
#include "protocol/messages/txn_offset_commit_request.h"
#include "protocol/messages/txn_offset_commit_response.h"

namespace moldau::coordinator {

/// A deleted topic.
struct DeletedTopic {
  Uuid id;
  std::string name;
};

/// The group coordinator of one partition of __consumer_offsets: classic groups, consumer groups, share
/// groups and committed offsets (KIP-62, KIP-345, KIP-394, KIP-848, KIP-932; Apache Kafka 4.3.1's behaviour).
/// A value machine: requests and timers in, effects out.
///
/// The caller, per partition it leads:
/// 1. replays the log in order by replay() and replay_end_transaction(), calls seal(log end), then loaded(),
///    and carries out its effects; answers COORDINATOR_LOAD_IN_PROGRESS until then;
/// 2. for each request or timer: calls the decision, carries out timers, sends completions, appends records.
///    The decision has taken its own records already, so they are not replayed: seal(the end behind them);
/// 3. after a failed local append: revert(log end), then append_failed() for every `append` of the decisions
///    in it, and answers those decisions' requests with client_error(). Several may share one append;
/// 4. when the high watermark passes an append: committed_up_to(its log end), then append_committed() for
///    each `append`, then sends the answers that waited for it. An answer of a decision without records waits
///    for the appends before it in the same way;
/// 5. on resignation: unloaded(), carries out its completions and drops the coordinator.
///
/// Views in replies point into the request's frame, which the caller keeps until the reply is written, or
/// into the reply itself.
class GroupCoordinator {
 public:
  explicit GroupCoordinator(GroupCoordinatorConfig config) : store_(std::move(config)) {}

  /// The token is completed now or later, by this or another decision.
  Effects join(const RequestContext& context, const protocol::JoinGroupRequest& request, Token token);
  /// As join().
  Effects sync(const RequestContext& context, const protocol::SyncGroupRequest& request, Token token);
  Answer<protocol::HeartbeatResponse> heartbeat(const RequestContext& context,
                                                const protocol::HeartbeatRequest& request);
  Answer<protocol::LeaveGroupResponse> leave(const RequestContext& context,
                                             const protocol::LeaveGroupRequest& request);

  /// A heartbeat that check_heartbeat() has let pass.
  Answer<protocol::ConsumerGroupHeartbeatResponse> consumer_heartbeat(
      const RequestContext& context, const protocol::ConsumerGroupHeartbeatRequest& request);

  /// Topics bear names; ids where known. Authorization and existence of partitions are the caller's.
  Answer<protocol::OffsetCommitResponse> commit_offsets(const RequestContext& context,
                                                        const protocol::OffsetCommitRequest& request);
  /// The records belong into a transactional batch of the request's producer.
  Answer<protocol::TxnOffsetCommitResponse> commit_transactional_offsets(
      const RequestContext& context, const protocol::TxnOffsetCommitRequest& request);
  Answer<protocol::OffsetDeleteResponse> delete_offsets(const RequestContext& context,
                                                        const protocol::OffsetDeleteRequest& request);
  Answer<protocol::DeleteGroupsResponse> delete_groups(const RequestContext& context,
                                                       std::span<const std::string_view> groups);

  /// Offsets of one group, all of them when the request has no topics. With `require_stable` the newest state
  /// is read, the reply waits for the commit of all before it, and partitions of open transactions are
  /// UNSTABLE_OFFSET_COMMIT; else what is committed is read and the reply goes out at once.
  Reply<protocol::OffsetFetchResponse::OffsetFetchResponseGroup> fetch_offsets(
      const protocol::OffsetFetchRequest::OffsetFetchRequestGroup& request, bool require_stable) const;

  /// Committed state of classic groups; goes out at once.
  Reply<protocol::DescribeGroupsResponse> describe_groups(const RequestContext& context,
                                                          std::span<const std::string_view> groups) const;
  /// Committed state of a consumer group; goes out at once.
  Reply<protocol::ConsumerGroupDescribeResponse::DescribedGroup> describe_consumer_group(
      std::string_view group) const;
  /// Filters are in any case; empty ones let all pass.
  Reply<protocol::ListGroupsResponse> list_groups(std::span<const std::string_view> states,
                                                  std::span<const std::string_view> types) const;

  /// A timer set by an effect has passed. Late or stale timers do no harm. The records of kExpiry need not be
  /// appended as one batch, nor those of topics_deleted(): they may be many.
  Effects timer_passed(const Moment& at, const TimerKey& key);
  /// Tombstones for the offsets of deleted topics, and their end in share groups.
  Effects topics_deleted(const Moment& at, std::span<const DeletedTopic> topics);

  /// The cluster's topics are these now. Groups look at those named in `changed` again, and at all names
  /// where topics are new.
  void topics_changed(std::shared_ptr<const TopicsView> topics, std::span<const std::string> changed,
                      bool has_new_topics) {
    store_.topics_changed(std::move(topics), changed, has_new_topics);
  }

  /// Sets the timers of loaded members and of the expiry sweep.
  Effects loaded(const Moment& at);
  /// Answers all parked requests with NOT_COORDINATOR.
  Effects unloaded(const Moment& at);

  /// One record of the log at `offset`; `producer_id` is -1 outside of transactions. kCorruptMessage when a
  /// known type cannot be read: the partition cannot be served. Unknown types are skipped.
  Result<void> replay(std::int64_t offset, std::int64_t producer_id, ByteView key,
                      std::optional<ByteView> value, TimestampMs wall_ms);
  /// A transaction's end marker in the log, or one just written.
  void replay_end_transaction(std::int64_t producer_id, bool commit) {
    store_.offsets().end_transaction(producer_id, commit);
  }

  /// What has changed since the last call is written up to `log_end`, or will be.
  void seal(LogEnd log_end) { store_.seal(log_end); }
  /// What was to be written behind `log_end` is not.
  void revert(LogEnd log_end) { store_.revert(log_end); }
  void committed_up_to(LogEnd log_end) { store_.commit(log_end); }
  Effects append_committed(const Moment& at, const Append& append);
  Effects append_failed(const Moment& at, const Append& append, ErrorCode error);

  /// What a client is told of a failed append.
  static ErrorCode client_error(ErrorCode append_error);

  /// Decisions about share groups; outlived by the coordinator.
  ShareGroups share_groups() { return ShareGroups(store_); }
  /// The same about streams groups.
  StreamsGroups streams_groups() { return StreamsGroups(store_); }

  /// What the coordinator knows.
  const GroupStore& store() const { return store_; }

 private:
  // Groups.
  ClassicGroup& create_classic(std::string_view group, TimestampMs wall_ms);
  /// Writes an offset record and takes it.
  void take(Effects& effects, const Moment& at, std::int64_t producer_id, OffsetRecord record);

  // Joining.
  void join_new(const RequestContext& context, const protocol::JoinGroupRequest& request, ClassicGroup& group,
                Waiting waiting, Effects& effects);
  void join_existing(const RequestContext& context, const protocol::JoinGroupRequest& request,
                     ClassicGroup& group, Waiting waiting, Effects& effects);
  void join_member_in_state(const RequestContext& context, const protocol::JoinGroupRequest& request,
                            ClassicGroup& group, ClassicMember& member, Waiting waiting, Effects& effects);
  void add_member(const RequestContext& context, const protocol::JoinGroupRequest& request,
                  ClassicGroup& group, std::string member_id, Waiting waiting, Effects& effects);
  void update_member(const RequestContext& context, const protocol::JoinGroupRequest& request,
                     ClassicGroup& group, ClassicMember& member, Waiting waiting, Effects& effects);
  void replace_static_member(const RequestContext& context, const protocol::JoinGroupRequest& request,
                             ClassicGroup& group, const std::string& new_member, Waiting waiting,
                             Effects& effects);
  bool accepts(const ClassicGroup& group, std::string_view member) const;

  // Rebalancing.
  void rebalance_or_complete_join(const Moment& at, ClassicGroup& group, Effects& effects);
  void prepare_rebalance(const Moment& at, ClassicGroup& group, Effects& effects);
  void maybe_complete_join(const Moment& at, ClassicGroup& group, Effects& effects);
  void complete_join(const Moment& at, ClassicGroup& group, Effects& effects);
  void initial_delay_passed(const Moment& at, ClassicGroup& group, Effects& effects);
  void sync_phase_passed(const Moment& at, ClassicGroup& group, Effects& effects);
  void session_passed(const Moment& at, ClassicGroup& group, const std::string& member_id, Effects& effects);
  void propagate(const Moment& at, ClassicGroup& group, ErrorCode error, Effects& effects);
  void sync_in_generation(const protocol::SyncGroupRequest& request, ClassicGroup& group, Waiting waiting,
                          Effects& effects);
  void member_synced(ClassicGroup& group, std::string_view member, Effects& effects);
  void leave_classic_group(const RequestContext& context, ClassicGroup* group,
                           std::span<const protocol::LeaveGroupRequest::MemberIdentity> leaving,
                           Answer<protocol::LeaveGroupResponse>& answer);
  void leave_one(ClassicGroup& group, const protocol::LeaveGroupRequest::MemberIdentity& identity,
                 protocol::LeaveGroupResponse::MemberResponse& response, Effects& effects);
  void remove_leaving(ClassicGroup& group, const std::string& member, Effects& effects);

  // Outcomes of appends.
  void finish(const Moment& at, const NewGroupAppend& append, ErrorCode error, Effects& effects);
  void finish(const Moment& at, const AssignmentAppend& append, ErrorCode error, Effects& effects);
  void finish(const Moment& at, const StaticMemberAppend& append, ErrorCode error, Effects& effects);

  // Consumer groups.
  using HeartbeatResponse = protocol::ConsumerGroupHeartbeatResponse;
  ConsumerUpdateContext update_context(const Moment& at, std::string_view group) const;
  /// The group for a member that may create it; a classic group is made a consumer group where it can be.
  Result<ConsumerUpdate> open_consumer_group(std::string_view group, bool creates,
                                             const ConsumerUpdateContext& context) const;
  Result<ConsumerUpdate> upgrade(const ClassicGroup& group, const ConsumerUpdateContext& context) const;
  /// A classic group that is a consumer group now: its members are to join again.
  static void release_members(ClassicGroup& group, Effects& effects);
  /// Whether the group can be a classic one without the leaving members, and with a classic member that takes
  /// the place of one of them where it `is_replaced`.
  bool can_downgrade(const ConsumerGroup& group, std::span<const std::string> leaving,
                     bool is_replaced = false) const;
  /// Makes the updated group a classic one without the leaving members. GROUP_ID_NOT_FOUND where the members'
  /// data cannot be read.
  Result<void> downgrade(const Moment& at, ConsumerUpdate update, std::span<const std::string> leaving,
                         bool rebalance, Effects& effects);
  /// The update's group, records and timers count.
  void take(ConsumerUpdate update, Effects& effects);
  Result<void> fence(const Moment& at, ConsumerUpdate update, std::span<const std::string> members,
                     Effects& effects);
  void fence_on_timeout(const Moment& at, const TimerKey& key, Effects& effects);
  void search_regexes(const Moment& at, const std::string& group, Effects& effects);
  Result<Reply<HeartbeatResponse>> heartbeat_of_member(const RequestContext& context,
                                                       const protocol::ConsumerGroupHeartbeatRequest& request,
                                                       Effects& effects);
  Result<Reply<HeartbeatResponse>> leave_consumer_group(
      const RequestContext& context, const protocol::ConsumerGroupHeartbeatRequest& request,
      Effects& effects);
  void load_consumer_group(const Moment& at, const std::string& id, const ConsumerGroup& group,
                           Effects& effects) const;
  void replay_consumer(const ConsumerRecord& record);
  void remove_consumer_group(const Moment& at, std::string_view group, Effects& effects);

  // Classic members of consumer groups.
  void join_consumer_group(const RequestContext& context, const protocol::JoinGroupRequest& request,
                           const ConsumerGroup& group, Waiting waiting, Effects& effects);
  Result<void> join_as_member(const RequestContext& context, const protocol::JoinGroupRequest& request,
                              const ConsumerGroup& group, std::string_view member, Waiting waiting,
                              Effects& effects);
  void sync_consumer_group(const protocol::SyncGroupRequest& request, const RequestContext& context,
                           const ConsumerGroup& group, Waiting waiting, Effects& effects);
  ErrorCode heartbeat_classic_member(const RequestContext& context, const protocol::HeartbeatRequest& request,
                                     const ConsumerGroup& group, Effects& effects) const;
  void leave_classic_members(const RequestContext& context, std::string_view group,
                             std::span<const protocol::LeaveGroupRequest::MemberIdentity> leaving,
                             Answer<protocol::LeaveGroupResponse>& answer);
  void finish(const Moment& at, const MemberJoinAppend& append, ErrorCode error, Effects& effects);
  void finish(const Moment& at, const MemberSyncAppend& append, ErrorCode error, Effects& effects);

  // Offsets.
  struct Committer {
    std::string_view group;
    std::string_view member;
    std::optional<std::string_view> instance_id;
    std::int32_t generation = -1;
    bool is_transactional = false;
  };
  ErrorCode check_commit(const RequestContext& context, const Committer& committer);
  static ErrorCode check_commit_to(const ClassicGroup& group, const Committer& committer);
  static ConsumerCommitter consumer_committer(const RequestContext& context, const Committer& committer);
  /// Members of consumer groups may commit some partitions with the epoch that they had before.
  template <class Request>
  ErrorCode check_partitions(const RequestContext& context, const Committer& committer,
                             const Request& request) const;
  bool is_subscribed_to(std::string_view group, std::string_view topic) const;
  ErrorCode check_offset_delete(std::string_view group) const;
  bool is_metadata_too_large(std::optional<std::string_view> metadata) const;
  ErrorCode check_delete(std::string_view group) const;
  void delete_group(const Moment& at, std::string_view group, Effects& effects);
  /// The group's tombstones, not those of its offsets.
  void remove_group(const Moment& at, std::string_view group, Effects& effects);
  void sweep(const Moment& at, Effects& effects);
  /// False when the group must stay: an offset or a transaction keeps it.
  bool expire_offsets(const Moment& at, const std::string& group, const GroupEntry& entry, Effects& effects);
  /// Whether an offset of a topic to which nobody subscribes is old enough to go.
  bool is_expired(const Moment& at, const GroupEntry& entry, const StoredOffset& stored) const;

  GroupStore store_;
  std::set<std::string, std::less<>> regex_searches_;  ///< groups whose search is set
};

}  // namespace moldau::coordinator
