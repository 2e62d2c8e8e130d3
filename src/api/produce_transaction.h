#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/context.h"
#include "base/uuid.h"
#include "log/transaction_verification.h"
#include "runtime/partition.h"
#include "runtime/task.h"

namespace moldau::api {

/// A batch of a Produce request that belongs to a transaction, before it is produced.
struct TransactionalPart {
  Uuid topic_id;
  std::string_view topic;  ///< lives as long as the part
  std::int32_t partition = 0;
  log::TransactionalBatch batch;
  /// What comes of asking: the batch may be produced with this verification, or is answered with the error.
  runtime::Verification verification = {};
  ErrorCode error = ErrorCode::kNone;
  std::optional<std::string> message = {};  ///< where the answer has one
};

/// The transaction's part of a batch's header; nullopt if it belongs to none. `records` may be anything.
std::optional<log::TransactionalBatch> transactional_batch_of(ByteView records, bool supports_epoch_bump);

/// Whether the batches are not all of one producer and epoch, which fails a whole request.
bool has_several_producers(std::span<const TransactionalPart> parts);

/// Has the partitions and the transaction coordinator say whether the batches may be produced, and adds the
/// partitions to the transaction for clients that leave it to their leaders (KIP-890). The batches are of one
/// producer.
runtime::Task<void> verify_transaction(Context& context, std::string_view transactional_id,
                                       std::span<TransactionalPart> parts);

}  // namespace moldau::api
