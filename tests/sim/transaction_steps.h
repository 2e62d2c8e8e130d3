#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "coordinator/txn/transaction.h"
#include "coordinator/txn/transaction_records.h"

namespace moldau::sim {

/// Judges what the logs of transaction coordinators say of their ids, record by record: only steps that
/// KIP-98 and KIP-890 know, no epoch that goes back, no producer id that is used again.
class TransactionSteps {
 public:
  /// The next record of its log. Gives what is wrong about it; empty where nothing is.
  std::string next(const coordinator::TransactionRecord& record);

  /// What is wrong about what a coordinator knows of an id, nullptr for nothing, behind all records of its
  /// log: it is to know the last record, or the one before while the last is not committed.
  std::string judge_live(const std::string& id, const coordinator::Transaction* live) const;

 private:
  struct Known {
    std::optional<coordinator::Transaction> before;
    std::optional<coordinator::Transaction> last;
  };

  std::string judge_producer_id(const std::string& id, const std::optional<coordinator::Transaction>& before,
                                const coordinator::Transaction& now);

  std::map<std::string, Known> ids_;
  std::map<std::int64_t, std::string> owners_;  ///< of each producer id that an id has or had
};

}  // namespace moldau::sim
