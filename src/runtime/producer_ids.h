#pragma once

#include <cstdint>

#include "base/result.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/waiter.h"

namespace moldau::runtime {

class Node;

/// Hands out producer ids, a block from the controller at a time (KIP-730). State on shard 0.
class ProducerIds {
 public:
  /// `node` outlives it.
  explicit ProducerIds(Node& node) : node_(node) {}

  /// An id that no producer of the cluster had before. The controller's error when no block can be had.
  Task<Result<std::int64_t>> next(Shard& here);

 private:
  Task<Result<std::int64_t>> next_on_zero();
  Task<Result<void>> fetch_block();

  Node& node_;
  std::int64_t next_ = 0;
  std::int64_t end_ = 0;
  bool fetching_ = false;
  WaitList fetched_;
};

}  // namespace moldau::runtime
