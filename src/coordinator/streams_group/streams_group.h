#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "base/persistent_map.h"
#include "base/time.h"
#include "coordinator/consumer/shared_values.h"
#include "coordinator/streams_group/streams_group_records.h"

namespace moldau::coordinator {

/// States of a streams group.
enum class StreamsGroupState : std::uint8_t { kEmpty, kNotReady, kAssigning, kReconciling, kStable };

/// "Empty", "NotReady", "Assigning", "Reconciling" or "Stable", as groups are described and listed. Static
/// storage.
std::string_view state_name(StreamsGroupState state);

/// Which clients have a task, by the records of their members.
class TaskOwners {
 public:
  /// nullptr while nobody has the active task.
  const std::string* active(const std::string& subtopology, std::int32_t partition) const;
  /// Whether the client has a copy of the task, as a standby or a warm-up task.
  bool has_copy(const std::string& process, const std::string& subtopology, std::int32_t partition) const;

  void add(const AssignedTasks& tasks, const std::string& process);
  /// Leaves active tasks that another client has by now.
  void remove(const AssignedTasks& tasks, const std::string& process);

  bool operator==(const TaskOwners& other) const = default;

 private:
  using ActiveTask = std::pair<std::string, std::int32_t>;
  using Copy = std::tuple<std::string, std::int32_t, std::string>;
  using Copies = PersistentMap<Copy, std::monostate>;

  PersistentMap<ActiveTask, std::string> active_;
  Copies standby_;
  Copies warmup_;
};

/// A streams group (KIP-1071) as its records tell of it, with what follows from them. A value that shares
/// storage with its earlier versions: copying is cheap. Changed by records alone, so that what is decided on
/// is what will be read back.
class StreamsGroup {
 public:
  /// Takes a record of this group. Nothing happens where a tombstone finds nothing. The tombstone of type 17
  /// ends the group: the caller drops it.
  void apply(const StreamsGroupChange& change);

  std::int32_t epoch() const { return epoch_.epoch; }
  std::int64_t metadata_hash() const { return epoch_.metadata_hash; }
  /// Of the topology that fitted the cluster's topics, or -1.
  std::int32_t validated_topology_epoch() const { return epoch_.validated_topology_epoch; }
  const TextMap& assignment_configs() const { return epoch_.assignment_configs; }
  std::int32_t target_epoch() const { return target_epoch_.epoch; }
  /// When the target was computed; 0 where that is not known.
  TimestampMs target_timestamp_ms() const { return target_epoch_.timestamp_ms; }

  /// nullptr while there is none.
  const StreamsTopology* topology() const { return topology_.get(); }
  /// Whether a topic's offsets are of use to members.
  bool is_subscribed_to(std::string_view topic) const;
  /// Whether the topic's changes may change the group: it reads or writes the topic.
  bool requires_topic(std::string_view topic) const;

  const SharedByName<StreamsMember>& members() const { return members_; }
  /// nullptr where there is none.
  const StreamsMember* find(std::string_view member) const { return find_shared(members_, member); }
  bool is_empty() const { return members_.empty(); }

  const SharedByName<Tasks>& targets() const { return targets_; }
  /// The member's target; empty where it has none.
  const Tasks& target(std::string_view member) const;
  const TaskOwners& owners() const { return owners_; }

  StreamsGroupState state() const;

  /// Whether both tell of the same group.
  bool operator==(const StreamsGroup& other) const;

 private:
  void apply_one(const StreamsEpochRecord& record);
  void apply_one(const StreamsMemberRecord& record);
  void apply_one(const TargetEpochRecord& record);
  void apply_one(const StreamsTargetRecord& record);
  void apply_one(const StreamsCurrentRecord& record);
  void apply_one(const StreamsTopologyRecord& record);

  void put_member(StreamsMember member);
  void forget_tasks(const StreamsMember& member);

  StreamsEpochRecord::Value epoch_{.epoch = 1, .validated_topology_epoch = 0};
  TargetEpochRecord::Value target_epoch_{.epoch = 1, .timestamp_ms = 0};
  std::shared_ptr<const StreamsTopology> topology_;
  SharedByName<StreamsMember> members_;
  SharedByName<Tasks> targets_;
  TaskOwners owners_;
};

}  // namespace moldau::coordinator
