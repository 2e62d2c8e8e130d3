#pragma once

#include <cstdint>

namespace moldau::coordinator {

/// What group coordinators did since they were made: the counts of Apache Kafka's group-coordinator-metrics.
struct GroupCounters {
  std::uint64_t committed_offsets = 0;  ///< those in transactions too, whether they commit or not
  std::uint64_t expired_offsets = 0;
  std::uint64_t deleted_offsets = 0;       ///< by OffsetDelete
  std::uint64_t completed_rebalances = 0;  ///< of classic groups
  std::uint64_t consumer_rebalances = 0;   ///< epochs that members of consumer groups began, and so on
  std::uint64_t share_rebalances = 0;
  std::uint64_t streams_rebalances = 0;
};

}  // namespace moldau::coordinator
