#include "coordinator/txn/transaction_state.h"

#include <array>
#include <cstddef>

namespace moldau::coordinator {
namespace {

/// By number.
constexpr std::array<std::string_view, 8> kNames = {"Empty",        "Ongoing",          "PrepareCommit",
                                                    "PrepareAbort", "CompleteCommit",   "CompleteAbort",
                                                    "Dead",         "PrepareEpochFence"};

}  // namespace

std::string_view name_of(TransactionState state) {
  return kNames[static_cast<std::size_t>(state)];
}

std::optional<TransactionState> transaction_state_named(std::string_view name) {
  for (std::size_t number = 0; number < kNames.size(); ++number) {
    if (kNames[number] == name) return static_cast<TransactionState>(number);
  }
  return std::nullopt;
}

std::optional<TransactionState> transaction_state_of(std::int8_t number) {
  if (number < 0 || static_cast<std::size_t>(number) >= kNames.size()) return std::nullopt;
  return static_cast<TransactionState>(number);
}

}  // namespace moldau::coordinator
