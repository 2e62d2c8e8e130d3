#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "coordinator/effects.h"
#include "coordinator/txn/transaction.h"

namespace moldau::coordinator {

/// One record of __transaction_state (docs/formats/transaction-records.md).
struct TransactionRecord {
  std::string transactional_id;
  std::optional<Transaction> value;  ///< nullopt: the id is forgotten
};

/// Reads one record; nullopt for a key or a value of a kind that a newer release wrote. CORRUPT_MESSAGE when
/// one of a known kind cannot be read.
Result<std::optional<TransactionRecord>> decode_transaction_record(ByteView key,
                                                                   std::optional<ByteView> value);

/// `transaction_version` is the finalized level of the feature: from 1 on the value has version 1, which
/// carries producer ids before and after, and the client's version.
Record transaction_record(std::string_view transactional_id, const Transaction& transaction,
                          std::int16_t transaction_version);

Record transaction_tombstone(std::string_view transactional_id);

}  // namespace moldau::coordinator
