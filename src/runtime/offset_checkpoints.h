#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"
#include "log/partition_name.h"
#include "runtime/log_dirs.h"
#include "runtime/partition_table.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/waiter.h"

namespace moldau::runtime {

/// What the checkpoint files of a node's log directories say of its logs (docs/formats/checkpoints.md), and
/// who writes them, one after the other. Belongs to shard 0.
class OffsetCheckpoints {
 public:
  /// For each log directory.
  using Offsets = std::vector<PartitionTable::Checkpoints>;
  /// What is to be written; nullopt if that has become superfluous.
  using Gather = std::move_only_function<Task<std::optional<Offsets>>()>;

  /// All of it outlives the object. `is_offline` says which directories are not written to; `lose` is told of
  /// one that cannot be, false if the node cannot do without it.
  struct Surroundings {
    Shard* shard = nullptr;
    std::span<LogDir> log_dirs;
    std::function<bool(std::size_t log_dir)> is_offline;
    std::function<bool(std::size_t log_dir, const Error&)> lose;
  };

  /// The files say what was read of them at the start.
  explicit OffsetCheckpoints(Surroundings surroundings);

  /// Gathers, and writes the files that are to change, when nobody else does either. Fails with what the node
  /// cannot go on without.
  Task<Result<void>> update(Gather gather);

  /// A log that had this name is gone: what is being gathered may have been taken of it.
  void has_gone(const log::PartitionName& name) {
    if (is_busy_ && under_way_ == nullptr) gone_.insert(name);
  }

  /// A log and the directory in which it is to be.
  using Place = std::pair<std::size_t, log::PartitionName>;
  /// Has the files say nothing of logs that had these places before and are gone. Does not wait where they
  /// do not.
  Task<Result<void>> forget(std::vector<Place> places);

 private:
  /// Whether a start might find offsets of a log in that directory that had the name before.
  bool may_mention(const Place& place) const;
  Task<Result<void>> write(std::shared_ptr<const Offsets> all);

  Surroundings surroundings_;
  Offsets written_;
  bool is_busy_ = false;                      ///< somebody gathers or writes
  std::set<log::PartitionName> gone_;         ///< while somebody gathers
  std::shared_ptr<const Offsets> under_way_;  ///< on its way to the disk; nullptr for nothing
  WaitList others_;                           ///< who waits until nobody is busy
};

}  // namespace moldau::runtime
