#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/sim/disk.h"
#include "io/sim/random.h"
#include "io/sim/world.h"
#include "tests/sim/broker_process.h"
#include "tests/sim/ledger.h"
#include "tests/sim/script_client.h"
#include "tests/sim/share_starts.h"

namespace moldau::sim {

/// One run of a fixed load on one broker: some 10,000 records in 400 batches over segments that end by size,
/// by age and by a full index, checkpoints, a topic deleted and made anew, offsets committed, share state
/// written, and between them a clean stop, a kill and a power cut. Ends early when the process does, or gives
/// up.
///
/// Complaints are sentences; an empty one says that all is well.
class CrashScript {
 public:
  /// World and disk outlive the script.
  CrashScript(io::sim::World& world, io::sim::Disk& disk, BrokerProcess::Settings settings);

  /// The complaint where a broker did not start, or had lost something, without a fault of the disk.
  std::string run();

  /// Ends the process, and where `power_is_cut` the machine with it. Then starts a broker on what is left,
  /// holds it against all that was promised, stops it in order, looks at its indexes and does the same again.
  std::string recover(bool power_is_cut);

 private:
  using PartitionKey = std::pair<std::string, std::size_t>;

  /// The batch of an idempotent producer that has no answer yet, or the last that had one.
  struct LastBatch {
    std::vector<std::string> values;
    TimestampMs stamped_ms = 0;
    ProducerPlace place;  ///< of the next batch once this one is acknowledged
    bool is_acknowledged = true;
  };

  bool goes_on() const { return process_ != nullptr && process_->is_alive() && !process_->failure(); }
  std::string run_rounds();
  std::string start();
  std::string stop();
  void cut_power();
  /// As a process leaves it that ends while it writes one.
  void plant_unfinished_snapshot();
  /// Ends the process by a kill or a power cut and starts it again.
  std::string restart(bool power_is_cut);
  void make_topic(const std::string& name);
  void delete_topic(const std::string& name);
  void produce_round(std::uint64_t round);
  void send_batch(const std::string& topic, std::size_t partition, std::size_t connection, std::size_t& left);
  void commit_offset();
  std::vector<std::string> next_values(std::size_t value_bytes);
  std::string reconcile();
  std::string reconcile_topic(const std::string& name, TopicLedger& topic);
  std::string reconcile_commits();
  /// Sends the last batch of every idempotent producer again: it must stand in the log once.
  std::string send_last_again();

  io::sim::World& world_;
  io::sim::Disk& disk_;
  BrokerProcess::Settings settings_;
  io::sim::SimRandom random_;
  ScriptClient client_;
  ShareStarts share_starts_;
  std::unique_ptr<BrokerProcess> process_;
  Ledger ledger_;
  std::map<PartitionKey, LastBatch> last_batches_;
  std::uint64_t values_made_ = 0;
  bool power_was_cut_ = false;      ///< since all was held against what was promised
  bool saw_storage_error_ = false;  ///< in an answer to a producer
};

}  // namespace moldau::sim
