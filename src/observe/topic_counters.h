#pragma once

#include <cstdint>

namespace moldau::observe {

/// What clients did with one partition, or with several. Counts since it was made, kept by the shard that
/// owns the partition: no lock, no lookup. What each counts is Apache Kafka's BrokerTopicMetrics.
struct TopicCounters {
  std::uint64_t messages_in = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;       ///< to consumers
  std::uint64_t bytes_rejected = 0;  ///< of batches that are too large
  std::uint64_t produce_requests = 0;
  std::uint64_t failed_produce_requests = 0;
  std::uint64_t fetch_requests = 0;
  std::uint64_t failed_fetch_requests = 0;

  bool operator==(const TopicCounters&) const = default;

  TopicCounters& operator+=(const TopicCounters& more) {
    messages_in += more.messages_in;
    bytes_in += more.bytes_in;
    bytes_out += more.bytes_out;
    bytes_rejected += more.bytes_rejected;
    produce_requests += more.produce_requests;
    failed_produce_requests += more.failed_produce_requests;
    fetch_requests += more.fetch_requests;
    failed_fetch_requests += more.failed_fetch_requests;
    return *this;
  }
};

}  // namespace moldau::observe
