#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "io/sim/disk.h"
#include "io/sim/host.h"
#include "io/sim/random.h"
#include "io/sim/world.h"
#include "log/offset_checkpoint.h"
#include "log/partition_log.h"

namespace moldau::sim {

/// Random work on one partition's log, as its leader, as a follower that truncates and as a coordinator that
/// ends transactions, with what an interrupted compaction leaves behind. Next to it a list of what was
/// appended: after any crash the log is what the list allows.
class LogScript {
 public:
  /// World and disk outlive the script.
  LogScript(io::sim::World& world, io::sim::Disk& disk);

  /// Some 150 steps, fewer when the process ends. Empty, or what was found wrong without a crash.
  std::string run();

  /// Ends the process, and the machine where `power_is_cut`, opens the log again and gives the complaint.
  std::string recover(bool power_is_cut);

 private:
  struct Appended {
    std::int64_t base_offset = 0;
    std::int64_t last_offset = 0;
    Bytes bytes;
  };
  struct Producer {
    std::int32_t next_sequence = 0;
    bool is_in_transaction = false;
  };

  bool goes_on() const { return host_ != nullptr && host_->is_alive(); }
  std::string step();
  std::string open(bool was_clean);
  void append(Bytes batch, log::AppendOrigin origin);
  void append_some();
  void append_many();
  void end_transaction();
  void flush();
  void truncate();
  void begin_anew();
  void advance_start();
  std::string close_and_open();
  std::string end_and_open();
  /// What compaction, and a power cut, may have left in the folder; the log is closed.
  void plant_leftovers();
  void write_checkpoint(std::string_view name, std::int64_t offset);
  std::string check(bool power_was_cut);
  std::string check_producers(const std::vector<Appended>& found);

  io::sim::World& world_;
  io::sim::Disk& disk_;
  io::sim::SimRandom random_;
  bool has_long_segments_;
  std::unique_ptr<io::sim::SimHost> host_;
  std::shared_ptr<io::Directory> log_dir_;
  std::unique_ptr<log::PartitionLog> log_;
  std::vector<Appended> expected_;           ///< what a process that is killed must leave
  std::vector<Appended> durable_;            ///< what a power cut must leave
  std::multimap<std::int64_t, Bytes> ever_;  ///< everything ever appended, by base offset
  std::map<std::int64_t, Producer> producers_;
  std::int32_t epoch_ = 0;
};

}  // namespace moldau::sim
