#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "protocol/records/batch.h"

namespace moldau::sim {

/// Judges the batches of one partition that producers of transactions write to: of each producer no epoch
/// goes back, and the sequence numbers of an epoch are without a gap or a repetition (KIP-98).
class ProducerOrder {
 public:
  /// The next batch of the log. Gives what is wrong about it; empty where nothing is.
  std::string next(const records::BatchView& batch);

  /// Where the first of the transactions begins that have no marker yet.
  std::optional<std::int64_t> first_open() const;

 private:
  struct Producer {
    std::int16_t epoch = -1;
    std::int32_t next_sequence = 0;
    std::optional<std::int64_t> open_since;  ///< the first offset of its transaction
  };

  std::map<std::int64_t, Producer> producers_;
};

}  // namespace moldau::sim
