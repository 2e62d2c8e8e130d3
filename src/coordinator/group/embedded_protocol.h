#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "coordinator/assignor/assignor.h"
#include "coordinator/topics_view.h"

/// The consumer protocol that is embedded in JoinGroup and SyncGroup of classic groups: a version, then a
/// message of that version. A later version than those known is read as the latest.
namespace moldau::coordinator {

/// Partitions by topic name.
using PartitionsByName = std::map<std::string, std::vector<std::int32_t>>;

/// What a consumer says of itself when it joins.
struct EmbeddedSubscription {
  std::vector<std::string> topics;
  PartitionsByName owned;
  std::optional<std::string> rack_id;
};

/// nullopt where it cannot be read.
std::optional<EmbeddedSubscription> parse_subscription(ByteView metadata);

/// The topics a member's data subscribes to; nullopt when they cannot be read. All versions begin with them,
/// so that the rest need not be whole.
std::optional<std::vector<std::string>> subscribed_topics_of(ByteView metadata);

/// What a consumer is to read.
struct EmbeddedAssignment {
  PartitionsByName partitions;
  bool has_user_data = false;  ///< of an assignor of the clients' own
};

/// nullopt where it cannot be read.
std::optional<EmbeddedAssignment> parse_assignment(ByteView bytes);

/// The partitions by topic id, in the order of the names; topics that are gone are left out.
MemberAssignment to_assignment(const PartitionsByName& partitions, const TopicsView& topics);

/// The assignment in the version of the member's `metadata`; nullopt where that cannot be read.
std::optional<std::string> encode_assignment(const PartitionsByName& partitions, ByteView metadata);

}  // namespace moldau::coordinator
