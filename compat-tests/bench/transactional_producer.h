#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/uuid.h"
#include "broker_peer.h"
#include "io/loop.h"
#include "io/uv/host.h"
#include "protocol/messages/end_txn_response.h"
#include "protocol/messages/produce_response.h"

namespace moldau::bench {

/// A connection that writes one transaction after another, as clients do by `transaction.version` 2
/// (KIP-890): a batch, with which the broker takes the partition into the transaction, and once that is
/// acknowledged the commit, whose answer has the epoch of the next transaction. Every other answer ends the
/// program.
class TransactionalProducer {
 public:
  struct Options {
    io::SocketAddress address;
    std::string transactional_id;
    Uuid topic_id;
    std::int32_t partition = 0;
    std::size_t records = 10;         ///< of a transaction, in one batch
    std::size_t record_bytes = 1024;  ///< of a record's value
  };

  /// Connects and gets its producer id, or ends the program. `committed` is called for each transaction, and
  /// may stop the host, which outlives the producer.
  TransactionalProducer(io::uv::UvHost& host, Options options, std::function<void()> committed);

  void begin();

  /// Batches that were sent again because the transaction before was still being completed.
  std::uint64_t retries() const { return retries_; }

 private:
  void find_coordinator();
  void init_producer_id();
  void send_batch();
  void take_produced(const protocol::ProduceResponse& response);
  void commit();
  void take_ended(const protocol::EndTxnResponse& response);

  /// Sends the request in its highest version; `take` gets the answer.
  template <class Response, class Request, class Take>
  void ask(const Request& request, Take take);

  io::Loop& loop_;
  Options options_;
  std::function<void()> committed_;
  BrokerPeer peer_;
  Bytes value_;
  std::unique_ptr<io::Timer> backoff_;
  std::int64_t producer_id_ = -1;
  std::int16_t producer_epoch_ = -1;
  std::uint64_t retries_ = 0;
};

}  // namespace moldau::bench
