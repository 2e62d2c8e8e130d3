#include "runtime/shard_reads.h"

#include <algorithm>

#include "runtime/partition_table.h"

namespace moldau::runtime {

void FetchFound::add(const FetchRead& read) {
  bytes += read.found_bytes();
  has_news = has_news || read.outcome.error != ErrorCode::kNone || read.outcome.diverging.has_value();
}

ReadOutcome read_one(Node& node, Shard& there, const FetchRead& read, const ReadCall& call) {
  const auto partition = node.partitions(there.id()).find(read.topic_id, read.partition);
  if (partition && !(*partition)->is_retired()) return (*partition)->read(call);
  ReadOutcome outcome;
  const bool is_known = node.cluster_view(there)->image.topic(read.topic_id) != nullptr;
  const ErrorCode absent = partition ? ErrorCode::kNotLeaderOrFollower : partition.error().code;
  outcome.error = is_known ? absent : ErrorCode::kUnknownTopicOrPartition;
  return outcome;
}

FetchFound read_all(Node& node, Shard& there, FetchReads& reads, const FetchLimits& limits) {
  FetchFound found;
  for (FetchRead& read : reads) {
    ReadCall call = read.call;
    call.at_least_one_batch = found.bytes == 0;
    call.max_bytes = std::min(call.max_bytes, limits.room_behind(found.bytes));
    read.outcome = read_one(node, there, read, call);
    read.call.is_again = true;
    found.add(read);
  }
  return found;
}

void stand_in_all(Node& node, Shard& there, const FetchReads& reads, WaitPlaces& places) {
  for (const FetchRead& read : reads) {
    if (const auto partition = node.partitions(there.id()).find(read.topic_id, read.partition)) {
      places.stand_in((*partition)->progress(), *partition);
    }
  }
}

void count_taken(Node& node, Shard& there, const Uuid& topic_id, std::int32_t partition, std::size_t bytes) {
  if (bytes == 0) return;
  if (const auto found = node.partitions(there.id()).find(topic_id, partition)) {
    (*found)->count_bytes_out(bytes);
  }
}

}  // namespace moldau::runtime
