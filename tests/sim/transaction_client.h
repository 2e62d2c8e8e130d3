#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error_code.h"
#include "base/result.h"
#include "base/uuid.h"
#include "tests/sim/client_process.h"

namespace moldau::sim {

/// How a producer's client speaks of transactions (KIP-890).
enum class TransactionProtocol : std::uint8_t {
  kOneEpoch,             ///< adds partitions itself, ends with EndTxn 3
  kEpochPerTransaction,  ///< leaves partitions to their leaders, ends with EndTxn 5
};

/// A transactional producer, as its client remembers it.
struct TransactionalProducer {
  std::string transactional_id;
  TransactionProtocol protocol = TransactionProtocol::kOneEpoch;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  std::map<std::int32_t, std::int32_t> next_sequences = {};  ///< by partition
};

/// Where records of transactions go.
struct TransactionTopic {
  std::string name;
  Uuid id;
};

/// The calls of a transactional producer and of its readers, each run to its answer. nullopt: there was none.
class TransactionClient {
 public:
  /// `go_on` says whether the broker still lives.
  TransactionClient(io::sim::World& world, std::function<bool()> go_on)
      : process_(world), go_on_(std::move(go_on)) {}

  bool connect() { return process_.connect(go_on_); }
  void disconnect() { process_.disconnect(); }

  bool find_coordinator(const std::string& transactional_id);
  /// Makes the producer the owner of its id. Asks again while the transaction before is being aborted.
  std::optional<ErrorCode> begin(TransactionalProducer& producer, std::int32_t timeout_ms);
  /// Sends the values as one batch.
  std::optional<ErrorCode> send(TransactionalProducer& producer, const TransactionTopic& topic,
                                std::int32_t partition, const std::vector<std::string>& values,
                                TimestampMs now_ms);
  /// Asks again while the coordinator is not ready.
  std::optional<ErrorCode> end(TransactionalProducer& producer, bool commit);

  /// The values that a reader of what is committed sees. The error is the broker's, or says what was read
  /// wrong.
  Result<std::vector<std::string>> read_committed(const TransactionTopic& topic, std::int32_t partition);
  /// Where the log ends for such a reader, and for one of everything.
  std::optional<std::pair<std::int64_t, std::int64_t>> ends(const std::string& topic, std::int32_t partition);

 private:
  template <class Response, class Request>
  std::optional<client::Answer<Response>> call(const Request& request, std::int16_t version) {
    return process_.call<Response>(request, version, go_on_);
  }
  std::optional<ErrorCode> add_partition(const TransactionalProducer& producer, const TransactionTopic& topic,
                                         std::int32_t partition);
  std::optional<std::int64_t> end_for(const std::string& topic, std::int32_t partition,
                                      std::int8_t isolation_level);

  ClientProcess process_;
  std::function<bool()> go_on_;
};

}  // namespace moldau::sim
