#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "io/sim/disk.h"
#include "io/sim/random.h"
#include "io/sim/world.h"
#include "tests/sim/broker_process.h"
#include "tests/sim/script_client.h"
#include "tests/sim/transaction_client.h"

namespace moldau::sim {

/// Producers that write transactions into some partitions, commit, abort and leave them, take over from one
/// another, and are without a broker now and then, because its process was killed.
///
/// Complaints are sentences; an empty one says that all is well.
class TransactionScript {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::size_t loop_count = 1;
    int transactions = 60;
    bool kills = true;
  };

  explicit TransactionScript(const Options& options);

  std::string run();

  /// How many requests were acknowledged, how many transactions as committed among them, and how many times
  /// the broker was killed.
  int acknowledged() const { return acknowledged_; }
  int committed() const { return committed_; }
  int kills() const { return kills_; }

 private:
  /// What was sent in one transaction.
  struct Sent {
    std::vector<std::string> values;
    bool is_committed = false;
  };

  bool goes_on() const;
  std::string start();
  std::string restart();
  /// The process is to be killed some time soon.
  void plan_kill();
  std::string prepare();
  /// One transaction of one of the producers, from its begin to its end or to where the broker was killed.
  std::string run_transaction();
  /// Whether a transaction that was open since then may have been aborted for its time.
  bool is_overdue(Instant since) const;
  /// Waits until nothing is open, and holds what readers see against what was acknowledged.
  std::string check();
  std::string check_restart();
  std::string check_values(const std::vector<std::string>& seen) const;

  Options options_;
  io::sim::World world_;
  io::sim::Disk disk_;
  io::sim::SimRandom random_;
  std::unique_ptr<BrokerProcess> process_;
  ScriptClient admin_;
  TransactionClient client_;
  TransactionTopic topic_;
  std::vector<TransactionalProducer> producers_;
  std::vector<Sent> sent_;
  Instant kill_at_ = Instant::never();
  std::uint64_t values_made_ = 0;
  int acknowledged_ = 0;
  int committed_ = 0;
  int kills_ = 0;
};

}  // namespace moldau::sim
