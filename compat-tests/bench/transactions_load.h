#pragma once

#include <cstddef>
#include <string>

#include "io/stream.h"
#include "meter.h"

namespace moldau::bench {

/// Producers that commit small transactions one after another, a connection, a transactional id and a
/// partition each. The meter counts transactions.
struct TransactionsLoad {
  io::SocketAddress address;
  std::string topic = "transactions";
  std::size_t producers = 8;
  std::size_t records = 10;         ///< of a transaction
  std::size_t record_bytes = 1024;  ///< of a record's value
  MeterOptions meter;
};

/// Runs it on a new topic and prints what a transaction costs the broker. Ends the program where transactions
/// are of another protocol than `transaction.version` 2.
void run(const TransactionsLoad& load);

}  // namespace moldau::bench
