#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

namespace moldau::bench {

/// Offsets that many groups have committed again and again: a busy `__consumer_offsets` before it is
/// compacted.
struct OffsetsShape {
  std::string topic = "committed";
  std::size_t groups = 500;
  std::int32_t partitions = 100;            ///< of the topic, all of which each group commits
  std::int32_t partitions_per_commit = 20;  ///< of them in a request
  std::int64_t commits = 100;               ///< of each partition by each group

  std::string group(std::size_t number) const { return "group-" + std::to_string(number); }
  /// What each group committed last, in each partition; -1 where nothing is committed.
  std::int64_t last_offset() const { return commits - 1; }
};

/// Options of the modes that write them and read them.
void add_offsets_shape(CLI::App& command, OffsetsShape& shape);

}  // namespace moldau::bench
