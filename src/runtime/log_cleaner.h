#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "config/sections.h"
#include "io/host.h"
#include "io/stop_flag.h"
#include "runtime/log_compaction.h"
#include "runtime/partition_table.h"
#include "runtime/shards.h"
#include "runtime/task.h"
#include "runtime/waiter.h"

namespace moldau::runtime {

/// The threads that compact logs, the dirtiest first, as long as there is one that is to be. On shard 0.
class LogCleaner {
 public:
  /// All of it outlives the cleaner. `settings` are those in force, with what was set since the start; they
  /// are asked for anew before each log.
  struct Surroundings {
    io::Host* host = nullptr;
    Shards* shards = nullptr;
    std::vector<PartitionTable*> tables;  ///< of the shards
    std::function<config::CleanerSection()> settings;
    std::function<void(const Error&)> on_failure;
  };

  explicit LogCleaner(Surroundings surroundings);

  void start();
  /// Ends once no log is being compacted any more: what was being written is given up, what is being put in
  /// its place is.
  Task<void> stop();

 private:
  struct Choice {
    std::size_t shard = 0;
    PartitionTable::Dirty dirty;
  };
  struct Thread {
    io::LaneId lane;
    bool is_running = false;
    std::shared_ptr<CleanerDesk> desk = nullptr;
    config::CleanerSection made_for = {};
  };

  Shard& zero() const { return (*surroundings_.shards)[ShardId(0)]; }
  /// As many as `log.cleaner.threads` says.
  void start_missing();
  Task<void> run(std::size_t index);
  /// False if no log is to be compacted, or the one chosen could not be.
  Task<bool> clean_one(std::size_t index);
  Task<std::optional<Choice>> find_dirtiest();
  Result<std::shared_ptr<CleanerDesk>> desk_of(std::size_t index);

  Surroundings surroundings_;
  io::StopFlag stopping_;
  std::vector<Thread> threads_;
  std::size_t running_ = 0;
  WaitList wake_up_;
  WaitList ended_;
};

}  // namespace moldau::runtime
