#pragma once

#include <cstdint>
#include <optional>

namespace moldau::share {

/// Where a record stands for a share group (KIP-932); the numbers are those of state batches.
enum class RecordState : std::int8_t {
  kAvailable = 0,     ///< may be acquired
  kAcquired = 1,      ///< a member has it, under a lock
  kAcknowledged = 2,  ///< done with
  kArchiving = 3,     ///< on its way to another topic (KIP-1191); nothing here makes records so
  kArchived = 4,      ///< given up
};

/// nullopt for a number that is none.
constexpr std::optional<RecordState> record_state_of(std::int8_t number) {
  if (number < 0 || number > static_cast<std::int8_t>(RecordState::kArchived)) return std::nullopt;
  return static_cast<RecordState>(number);
}

/// Nothing comes after it: the record need not be kept in mind.
constexpr bool is_terminal(RecordState state) {
  return state == RecordState::kAcknowledged || state == RecordState::kArchived;
}

}  // namespace moldau::share
