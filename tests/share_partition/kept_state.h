#pragma once

#include <cstdint>
#include <map>

#include "protocol/messages/read_share_group_state_response.h"
#include "protocol/messages/write_share_group_state_request.h"
#include "tests/support/chance.h"

namespace moldau::testing {

/// What a share coordinator keeps of a share partition, offset by offset.
/// compat-tests/share-partition/src/KeptState.java keeps the same.
class KeptState {
 public:
  using Read = protocol::ReadShareGroupStateResponse::PartitionResult;
  using Write = protocol::WriteShareGroupStateRequest::PartitionData;

  /// Some batches behind the start offset, now and then with a mistake.
  KeptState(Chance& chance, std::int64_t start_offset);

  Read read() const;
  void write(const Write& data);

 private:
  struct Offset {
    std::int8_t state = 0;
    std::int16_t delivery_count = 0;
    bool operator==(const Offset&) const = default;
  };

  std::int64_t start_offset_;
  std::int32_t state_epoch_;
  std::map<std::int64_t, Offset> offsets_;
  int mistake_ = 0;  ///< 1: a batch begins before the start offset, 2: one ends before it begins
};

}  // namespace moldau::testing
