#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "coordinator/assignor/assignor.h"
#include "coordinator/consumer/assigned_records.h"
#include "coordinator/consumer/shared_values.h"
#include "coordinator/topics_view.h"

namespace moldau::coordinator {

/// A member for which a target is to be found. All of it belongs to the group and outlives the call.
struct TargetMember {
  using Names = std::set<std::string, std::less<>>;

  std::string_view id;
  std::optional<std::string_view> instance_id = {};
  const Names* topics = nullptr;             ///< that it subscribes to by name
  const Names* matching_topics = nullptr;    ///< by a regular expression; nullptr for none
  const MemberAssignment* target = nullptr;  ///< until now
};

/// A group for which targets are to be found.
struct TargetRequest {
  std::int32_t epoch = 0;
  std::vector<TargetMember> members = {};  ///< by id
  bool is_homogeneous = true;
  /// Share groups: the partitions that have their state; without it, all.
  std::optional<std::map<Uuid, std::set<std::int32_t>>> assignable = {};
};

/// Members and their targets, in the order of their records.
using Targets = std::vector<std::pair<std::string, MemberAssignment>>;

/// The target of every member. UNKNOWN_SERVER_ERROR where the assignor fails.
Result<Targets> compute_targets(const TargetRequest& request, const TopicsView& topics,
                                Result<GroupAssignment> (*assign)(const GroupSpec& spec));

/// Says that the targets of an epoch cannot be computed, and why: UNKNOWN_SERVER_ERROR.
Error target_failure(std::int32_t epoch, std::string_view reason);

/// Whether the next target may be computed: not before an interval has passed since the last, where there is
/// one whose time is known (0: it is not).
constexpr bool is_target_due(TimestampMs computed_ms, std::int32_t interval_ms, TimestampMs now_ms) {
  return computed_ms == 0 || interval_ms == 0 || now_ms >= computed_ms + interval_ms;
}

/// Writes targets that are others than `before`, and that they are of the group's epoch. `Update` is the
/// group's.
template <class Update>
void write_targets(Update& update, Targets targets, const SharedByName<MemberAssignment>& before,
                   TimestampMs now_ms) {
  for (auto& [member, target] : targets) {
    const MemberAssignment* old = find_shared(before, member);
    if (old == nullptr || !is_same_assignment(*old, target)) {
      update.write(TargetRecord{member, std::move(target)});
    }
  }
  update.write(
      TargetEpochRecord{TargetEpochRecord::Value{.epoch = update.group().epoch(), .timestamp_ms = now_ms}});
}

}  // namespace moldau::coordinator
