#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "coordinator/group/group_coordinator.h"
#include "log/partition_log.h"
#include "runtime/node.h"
#include "tests/sim/led_coordinators.h"

namespace moldau::sim {

/// What the log can say of a member of a classic group.
struct ClassicMemberImage {
  std::optional<std::string> instance_id;
  std::string client_id;
  std::string client_host;
  std::int32_t session_timeout_ms = 0;
  std::int32_t rebalance_timeout_ms = 0;
  std::string metadata;  ///< for the protocol that the group has chosen

  bool operator==(const ClassicMemberImage&) const = default;
};

/// What the log can say of a classic group. Not in it: who has been told an id and has not come with it yet,
/// parked requests, timers.
struct ClassicImage {
  coordinator::ClassicState state = coordinator::ClassicState::kEmpty;
  std::int32_t generation = 0;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::optional<std::string> leader;
  std::map<std::string, ClassicMemberImage> members;
  std::map<std::string, std::string, std::less<>> assignments;

  bool operator==(const ClassicImage&) const = default;
};

/// A group of any kind.
struct GroupImage {
  coordinator::GroupType type = coordinator::GroupType::kClassic;
  ClassicImage classic = {};
  std::shared_ptr<const coordinator::ConsumerGroup> consumer = {};
  std::shared_ptr<const coordinator::ShareGroup> share = {};
  std::shared_ptr<const coordinator::StreamsGroup> streams = {};
};

/// What one coordinator knows, or what its log says, up to an end of that log.
struct CoordinatorImage {
  std::int64_t log_end = 0;
  std::map<std::string, GroupImage> groups;
  std::map<coordinator::OffsetKey, coordinator::StoredOffset> offsets;
  std::vector<std::pair<coordinator::OffsetKey, coordinator::StoredOffset>> open_offsets;
};

/// By partition of __consumer_offsets.
using CoordinatorImages = std::map<std::int32_t, CoordinatorImage>;

/// Everything that the coordinator has decided, whether it is committed or not.
CoordinatorImage image_of(const coordinator::GroupCoordinator& coordinator, std::int64_t log_end);

/// What a fresh coordinator makes of the log below `log_end`. The record at offset `without` is left out.
Result<CoordinatorImage> replayed(log::PartitionLog& log, const coordinator::GroupCoordinatorConfig& config,
                                  std::int64_t log_end, std::int64_t without = -1);

/// How what is live differs from what was read back; empty where it does not. Within a rebalance a classic
/// group is ahead of its last record, and only has to be there.
std::string difference(const CoordinatorImage& live, const CoordinatorImage& read_back);

/// The group coordinators of a node with their logs.
class NodeCoordinators {
 public:
  /// `node` outlives it.
  explicit NodeCoordinators(runtime::Node& node) : node_(node) {}

  /// Whether each partition of __consumer_offsets, of which there are `partitions`, has been read.
  bool are_loaded(std::int32_t partitions);
  CoordinatorImages live();
  /// How the logs differ, up to where they ended then, from what was live then; empty where they do not.
  std::string difference_to(const CoordinatorImages& then);
  /// How often the log without one of its records says something else than the coordinator, and how many
  /// records there are.
  Result<std::pair<int, int>> notice_missing_records();

 private:
  std::vector<LedCoordinator<runtime::GroupPartition>> led();

  runtime::Node& node_;
};

}  // namespace moldau::sim
