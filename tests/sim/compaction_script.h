#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "io/sim/disk.h"
#include "io/sim/host.h"
#include "io/sim/random.h"
#include "io/sim/world.h"
#include "log/offset_checkpoint.h"
#include "log/partition_log.h"
#include "protocol/records/batch.h"
#include "tests/sim/broker_process.h"

namespace moldau::sim {

/// Random work on one compacted log: values and tombstones of few keys, with and without producers and
/// transactions, and passes of compaction while it goes on. Next to it a list of what was written: whatever
/// happens, a reader of committed records comes to the latest of each key, and to nothing that was deleted or
/// aborted.
class CompactionScript {
 public:
  /// World and disk outlive the script.
  CompactionScript(io::sim::World& world, io::sim::Disk& disk, WrapHost wrap = {});

  /// Some 120 steps, fewer when the process ends. Empty, or what was found wrong without a crash.
  std::string run();

  /// Ends the process, and the machine where `power_is_cut`, opens the log again and gives the complaint.
  std::string recover(bool power_is_cut);

 private:
  struct Written {
    std::int64_t offset = 0;
    std::string key;
    std::optional<std::string> value;
    std::int64_t producer_id = -1;
    bool is_transactional = false;
    std::optional<bool> commits;  ///< Of a marker, which has no key.
  };
  struct Producer {
    std::int32_t next_sequence = 0;
    bool is_in_transaction = false;
  };
  using Latest = std::map<std::string, Written>;  ///< By key.

  bool goes_on() const { return host_ != nullptr && host_->is_alive(); }
  std::string complain(const Error& error) const;
  std::string open(bool was_clean);
  std::string step();
  void append(Bytes batch, std::vector<Written> records);
  void append_some();
  void end_transaction();
  void flush();
  std::string compact();
  std::string put_in_place(const log::CleanedSegment& cleaned);
  std::string close_and_open();
  std::string end_and_open();
  void write_checkpoint(std::string_view name, std::int64_t offset);

  /// A power cut may have taken any of what was not durable.
  std::string forget_lost();
  /// Compares what a reader of committed records sees from `from` on with what was written.
  std::string check(std::int64_t from);
  std::string check_all();
  std::string check_producers();
  /// What the list has from `from` to `stable`, of transactions that committed before the log's end.
  Latest expected(std::int64_t from, std::int64_t stable) const;
  /// The same of the log itself.
  std::string read(std::int64_t from, std::int64_t stable, Latest& latest);
  std::string read_batch(const records::BatchView& batch, std::int64_t from, Latest* latest) const;

  io::sim::World& world_;
  io::sim::Disk& disk_;
  io::sim::SimRandom random_;
  WrapHost wrap_;
  std::unique_ptr<io::sim::SimHost> host_;
  std::unique_ptr<io::Host> wrapped_;
  std::shared_ptr<io::Directory> log_dir_;
  std::unique_ptr<log::PartitionLog> log_;
  std::vector<Written> written_;
  std::int64_t durable_end_ = 0;
  std::map<std::int64_t, Producer> producers_;
};

/// One run of the script on a world of its own, with at most one crash, and what came of it.
class CompactionRun {
 public:
  /// `crash_at` numbers the call to the disk in which the process ends; 0: it does not.
  CompactionRun(std::uint64_t seed, io::sim::CallNumber crash_at, const WrapHost& wrap = {});

  const std::string& complaint() const { return complaint_; }
  io::sim::CallNumber calls() const { return calls_; }
  const std::map<io::sim::DiskSite, std::uint64_t>& sites() const { return sites_; }

 private:
  std::string complaint_;
  io::sim::CallNumber calls_ = 0;
  std::map<io::sim::DiskSite, std::uint64_t> sites_;
};

}  // namespace moldau::sim
