#include "tests/sim/producer_order.h"

#include <algorithm>

namespace moldau::sim {

std::string ProducerOrder::next(const records::BatchView& batch) {
  const std::string name = "at " + std::to_string(batch.base_offset()) + ", producer " +
                           std::to_string(batch.producer_id()) + ": ";
  if (!batch.is_transactional()) return name + "it is in no transaction";
  Producer& producer = producers_[batch.producer_id()];
  if (batch.producer_epoch() < producer.epoch) {
    return name + "epoch " + std::to_string(batch.producer_epoch()) + " behind " +
           std::to_string(producer.epoch);
  }
  if (batch.producer_epoch() > producer.epoch) producer.next_sequence = 0;
  producer.epoch = batch.producer_epoch();
  if (batch.is_control()) {
    producer.open_since.reset();
    return {};
  }
  if (batch.base_sequence() != producer.next_sequence) {
    return name + "sequence " + std::to_string(batch.base_sequence()) + " in place of " +
           std::to_string(producer.next_sequence);
  }
  producer.next_sequence += batch.record_count();
  if (!producer.open_since) producer.open_since = batch.base_offset();
  return {};
}

std::optional<std::int64_t> ProducerOrder::first_open() const {
  std::optional<std::int64_t> first;
  for (const auto& [id, producer] : producers_) {
    if (producer.open_since) first = std::min(first.value_or(*producer.open_since), *producer.open_since);
  }
  return first;
}

}  // namespace moldau::sim
