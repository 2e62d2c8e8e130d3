#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "coordinator/effects.h"
#include "coordinator/share_group/share_group.h"
#include "coordinator/topics_view.h"

namespace moldau::coordinator {

/// What holds for one share group: the broker's settings, or the group's own.
struct ShareGroupSettings {
  std::int32_t session_timeout_ms = 45'000;            ///< share.session.timeout.ms
  std::int32_t heartbeat_interval_ms = 5'000;          ///< share.heartbeat.interval.ms
  std::int32_t assignment_interval_ms = 1'000;         ///< share.assignment.interval.ms
  std::int64_t initialize_retry_interval_ms = 30'000;  ///< group.share.initialize.retry.interval.ms
};

/// What an update looks at besides the group. Outlives it.
struct ShareUpdateContext {
  Moment at;
  const TopicsView& topics;
  ShareGroupSettings settings;
};

/// Where share partitions begin, by topic and partition; -1: where the group's share.auto.offset.reset says.
using ShareStartOffsets = std::map<Uuid, std::map<std::int32_t, std::int64_t>>;

/// Partitions whose state the share coordinator is to begin.
struct InitializeShareStates {
  std::string group = {};
  std::int32_t state_epoch = 0;
  ShareStartOffsets start_offsets = {};

  bool operator==(const InitializeShareStates&) const = default;
};

/// A share group while a request or a timer changes it: what is written counts at once, as reading it back
/// would. The group that was there is not touched, so an update that fails is just dropped.
///
/// The steps of a heartbeat in their order (KIP-932): member(), subscribe(), update_metadata(),
/// update_target(), reconcile_member(), initialize_states().
class ShareGroupUpdate {
 public:
  /// `context` outlives it.
  ShareGroupUpdate(std::string id, ShareGroup group, const ShareUpdateContext& context);

  const std::string& id() const { return id_; }
  const ShareGroup& group() const { return group_; }
  std::vector<Record>& records() { return records_; }
  std::vector<TimerEffect>& timers() { return timers_; }

  void write(const ShareGroupChange& change);

  /// The member that asks; a new one, which is not in the group yet, where it may join. UNKNOWN_MEMBER_ID,
  /// FENCED_MEMBER_EPOCH.
  Result<ShareMember> member(std::string_view id, std::int32_t epoch, bool may_join) const;

  /// Takes what the member wants. True if it subscribes to other topics than before.
  bool subscribe(const ShareMember& member, ShareSubscription subscription);

  /// Whether partitions have got their state since the target was computed.
  bool has_new_states() const;
  /// Begins the group's next epoch where it has to, or where its topics have changed. Gives whether it has.
  bool update_metadata(bool has_to);
  /// Computes the next target if the epoch asks for it and the last one is old enough. UNKNOWN_SERVER_ERROR
  /// where the assignor fails.
  Result<void> update_target();
  /// The member gets its target at once: partitions may be shared.
  void reconcile_member(std::string_view member, bool has_new_subscription);

  /// The partitions of subscribed topics that have no state and are to get it; nullopt where there is none.
  std::optional<InitializeShareStates> initialize_states();
  /// The share coordinator has their state.
  void states_initialized(const PartitionSets& partitions);
  /// The share coordinator refused: they are asked for again.
  void states_refused(const PartitionSets& partitions);

  /// Partitions of known topics begin anew: their state is to be initialized as given.
  InitializeShareStates alter_offsets(const ShareStartOffsets& start_offsets);
  /// The state of all partitions is about to go; gives those whose state is to be deleted.
  PartitionSets begin_deletion();
  /// Whether there is state of the topic's partitions, or some was about to go.
  bool has_state_to_delete(const Uuid& topic_id) const;
  /// As begin_deletion(), of those topics alone.
  PartitionSets begin_offsets_deletion(const std::set<Uuid>& topics);
  /// The state of those topics is gone.
  void finish_offsets_deletion(const std::set<Uuid>& topics);
  /// Topics that are gone take their state with them.
  void topics_deleted(const std::set<Uuid>& topics);

  /// Removes a member and begins the next epoch.
  void fence(const std::string& member);
  /// Tombstones for all of the group.
  void remove_group();

 private:
  ShareStates states() const;
  void write_states(ShareStates states);
  void begin_initializing(const std::map<Uuid, ShareTopic>& topics);
  void add_all_partitions(const Uuid& topic_id, PartitionSets& partitions) const;
  std::string name_of(const Uuid& topic_id) const;

  std::string id_;
  ShareGroup group_;
  const ShareUpdateContext& context_;
  SharedByName<MemberAssignment> old_targets_;
  std::vector<Record> records_;
  std::vector<TimerEffect> timers_;
};

}  // namespace moldau::coordinator
