#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "coordinator/assignor/assignor_errors.h"
#include "coordinator/assignor/target.h"
#include "coordinator/assignor/uniform.h"

namespace moldau::coordinator {
namespace {

/// Each member has the same number of partitions, its quota, and as many members as there are partitions left
/// over have one more. First each keeps what it has, up to its quota; then the members that are below theirs
/// are filled up, one after the other.
class UniformHomogeneous {
 public:
  explicit UniformHomogeneous(const GroupSpec& spec)
      : spec_(spec),
        subscribed_(JavaHashSet<Uuid>::of(spec.members.front().subscribed->topic_ids,
                                          spec.members.front().subscribed->name_count)),
        targets_(targets_of(spec)) {}

  Result<GroupAssignment> build() {
    if (subscribed_.empty()) return GroupAssignment(spec_.members.size());
    if (Result<void> found = find_unassigned(); !found) return fail(std::move(found).error());
    for (std::size_t member = 0; member < targets_.size(); ++member)
      keep_up_to_quota(member);
    if (!fill_up()) return partitions_left_over();
    return take_all(targets_);
  }

 private:
  struct Partition {
    Uuid topic_id;
    std::int32_t number;
  };

  struct Unfilled {
    std::size_t member;
    std::size_t missing;
  };

  /// Which partitions of the subscribed topics some member has, by number.
  std::unordered_map<Uuid, std::vector<bool>> find_assigned() const {
    std::unordered_map<Uuid, std::vector<bool>> assigned;
    for (const auto& [topic_id, count] : spec_.partition_counts) {
      assigned.try_emplace(topic_id, static_cast<std::size_t>(count));
    }
    for (const Target& target : targets_) {
      for (const TopicAssignment& topic : target.assigned()) {
        const auto of_topic = assigned.find(topic.topic_id);
        if (of_topic == assigned.end()) continue;
        for (const std::int32_t partition : topic.partitions) {
          const auto at = static_cast<std::size_t>(partition);
          if (at < of_topic->second.size()) of_topic->second[at] = true;
        }
      }
    }
    return assigned;
  }

  /// Lists what nobody has, and works out the quota.
  Result<void> find_unassigned() {
    const std::unordered_map<Uuid, std::vector<bool>> assigned = find_assigned();
    std::size_t partition_count = 0;
    for (const Uuid& topic_id : subscribed_.keys()) {
      const auto of_topic = assigned.find(topic_id);
      if (of_topic == assigned.end()) return no_such_topic(topic_id);
      partition_count += of_topic->second.size();
      for (std::size_t number = 0; number < of_topic->second.size(); ++number) {
        if (!of_topic->second[number]) unassigned_.push_back({topic_id, static_cast<std::int32_t>(number)});
      }
    }
    quota_ = partition_count / targets_.size();
    members_with_one_more_ = partition_count % targets_.size();
    return {};
  }

  /// Takes from the member what is beyond its quota or of a topic that is no longer subscribed.
  void keep_up_to_quota(std::size_t member) {
    Target& target = targets_[member];
    bool has_one_more = members_with_one_more_ > 0;
    std::size_t quota = quota_ + (has_one_more ? 1 : 0);
    PartitionsByTopic old = partitions_by_topic(target.assigned());
    old.for_each([&](const Uuid& topic_id, const PartitionSet& partitions) {
      if (!subscribed_.contains(topic_id)) {
        target.remove(topic_id);
      } else if (partitions.size() <= quota) {
        quota -= partitions.size();
      } else {
        for (const std::int32_t partition : partitions.keys()) {
          if (quota > 0) {
            --quota;
          } else {
            target.remove(topic_id, partition);
            unassigned_.push_back({topic_id, partition});
          }
        }
      }
    });
    // One more is left to a later member, who may have it already, as long as enough of them come.
    if (quota > 0 && has_one_more && targets_.size() - member > members_with_one_more_) {
      --quota;
      has_one_more = false;
    }
    if (quota > 0) unfilled_.push_back({member, quota});
    if (has_one_more) --members_with_one_more_;
  }

  /// Gives the unassigned partitions to the members below their quota; false if some remain.
  bool fill_up() {
    auto next = unassigned_.begin();
    for (const auto& [member, missing] : unfilled_) {
      for (std::size_t i = 0; i < missing && next != unassigned_.end(); ++i, ++next) {
        targets_[member].add(next->topic_id, next->number);
      }
    }
    return next == unassigned_.end();
  }

  const GroupSpec& spec_;
  JavaHashSet<Uuid> subscribed_;
  std::vector<Target> targets_;
  std::vector<Partition> unassigned_;
  std::vector<Unfilled> unfilled_;
  std::size_t quota_ = 0;
  std::size_t members_with_one_more_ = 0;
};

}  // namespace

Result<GroupAssignment> assign_uniform_homogeneous(const GroupSpec& spec) {
  return UniformHomogeneous(spec).build();
}

}  // namespace moldau::coordinator
