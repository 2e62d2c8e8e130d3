#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "coordinator/streams_group/configured_topology.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace moldau::runtime {

class Node;

/// Creates the internal topics of streams groups (KIP-1071), and remembers for a while which of them could
/// not be created. State on shard 0.
class StreamsTopics {
 public:
  /// A topic that could not be created, and why.
  using Failures = std::vector<std::pair<std::string, std::string>>;

  /// `node` outlives it.
  explicit StreamsTopics(Node& node) : node_(node) {}

  /// Begins to create the topics, but for those of which that is under way or has failed not long ago.
  /// Returns the latter, in the order of their names; failures count for `patience`.
  Task<Failures> create(Shard& here, std::vector<coordinator::ConfiguredInternalTopic> topics,
                        Duration patience);

 private:
  struct Failure {
    std::string reason;
    Instant until;
  };

  Failures begin(std::vector<coordinator::ConfiguredInternalTopic> topics, Duration patience);
  Task<void> carry_out(std::vector<coordinator::ConfiguredInternalTopic> topics, Duration patience);

  Node& node_;
  std::map<std::string, Failure, std::less<>> failures_;
  std::set<std::string, std::less<>> under_way_;
};

}  // namespace moldau::runtime
