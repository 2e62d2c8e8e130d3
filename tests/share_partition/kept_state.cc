#include "tests/share_partition/kept_state.h"

#include <array>
#include <cstddef>

namespace moldau::testing {

KeptState::KeptState(Chance& chance, std::int64_t start_offset)
    : start_offset_(start_offset), state_epoch_(chance.below(3)) {
  constexpr std::array<std::int8_t, 5> kStates = {0, 2, 4, 0, 2};
  constexpr std::array<std::int8_t, 4> kOddStates = {1, 1, 3, 9};
  const int batches = chance.one_in(3) ? 0 : chance.below(6);
  std::int64_t next_offset = start_offset;
  for (int i = 0; i < batches; ++i) {
    if (chance.one_in(3)) next_offset += 1 + chance.below(6);
    std::int8_t state = kStates[static_cast<std::size_t>(chance.below(5))];
    if (chance.one_in(30)) state = kOddStates[static_cast<std::size_t>(chance.below(4))];
    const auto delivery_count = static_cast<std::int16_t>(1 + chance.below(4));
    for (int size = 1 + chance.below(8); size > 0; --size) {
      offsets_[next_offset++] = {.state = state, .delivery_count = delivery_count};
    }
  }
  if (chance.one_in(60)) mistake_ = 1 + chance.below(2);
}

KeptState::Read KeptState::read() const {
  Read read;
  read.state_epoch = state_epoch_;
  read.start_offset = start_offset_;
  Offset last;
  for (const auto& [offset, kept] : offsets_) {
    if (offset < start_offset_) continue;
    if (!read.state_batches.empty() && read.state_batches.back().last_offset + 1 == offset && kept == last) {
      read.state_batches.back().last_offset = offset;
    } else {
      read.state_batches.push_back({.first_offset = offset,
                                    .last_offset = offset,
                                    .delivery_state = kept.state,
                                    .delivery_count = kept.delivery_count,
                                    .unknown_tags = {}});
    }
    last = kept;
  }
  if (!read.state_batches.empty() && mistake_ == 1)
    read.state_batches.front().first_offset = start_offset_ - 1;
  if (!read.state_batches.empty() && mistake_ == 2) {
    read.state_batches.back().last_offset = read.state_batches.back().first_offset - 1;
  }
  return read;
}

void KeptState::write(const Write& data) {
  start_offset_ = data.start_offset;
  for (const auto& batch : data.state_batches) {
    for (std::int64_t offset = batch.first_offset; offset <= batch.last_offset; ++offset) {
      offsets_[offset] = {.state = batch.delivery_state, .delivery_count = batch.delivery_count};
    }
  }
}

}  // namespace moldau::testing
