#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "base/uuid.h"
#include "runtime/node.h"
#include "runtime/partition.h"
#include "runtime/pooled_allocator.h"
#include "runtime/shard.h"
#include "runtime/wait_on_shards.h"

/// The reads of a Fetch request on one shard. All calls are made on `there`, which owns the partitions.
namespace moldau::runtime {

/// A partition that a Fetch request reads, and what was found there last.
struct FetchRead {
  Uuid topic_id;
  std::int32_t partition = 0;
  ReadCall call;
  ReadOutcome outcome = {};

  std::size_t found_bytes() const {
    return outcome.records ? static_cast<std::size_t>(outcome.records->size_bytes) : 0;
  }
};

using FetchReads = std::vector<FetchRead, PooledAllocator<FetchRead>>;

struct FetchLimits {
  std::size_t max_bytes = 0;  ///< of all partitions; the first that has data gives a batch even beyond it
  std::size_t min_bytes = 0;  ///< with less, and nothing else to tell, a request waits
  Instant deadline;           ///< until then

  std::size_t room_behind(std::size_t bytes) const { return max_bytes - std::min(max_bytes, bytes); }
};

/// What was found in some partitions.
struct FetchFound {
  std::size_t bytes = 0;
  bool has_news = false;  ///< beside records: an error, or where logs part

  void add(const FetchRead& read);
  bool is_enough(const FetchLimits& limits, Instant now) const {
    return bytes >= limits.min_bytes || has_news || now >= limits.deadline;
  }
};

/// Reads one partition.
ReadOutcome read_one(Node& node, Shard& there, const FetchRead& read, const ReadCall& call);

/// Reads all in their order, up to the most bytes.
FetchFound read_all(Node& node, Shard& there, FetchReads& reads, const FetchLimits& limits);

/// Has the waiter woken by all partitions, which have just been read.
void stand_in_all(Node& node, Shard& there, const FetchReads& reads, WaitPlaces& places);

/// Counts what a request takes of a partition.
void count_taken(Node& node, Shard& there, const Uuid& topic_id, std::int32_t partition, std::size_t bytes);

}  // namespace moldau::runtime
