#include "share/share_acknowledgement.h"

#include <algorithm>

namespace moldau::share {

namespace {

bool is_sound(const AcknowledgementBatch& batch, AcknowledgeType last_type, bool may_renew) {
  if (batch.first_offset > batch.last_offset || batch.types.empty()) return false;
  // The difference goes round as in Java.
  const auto more =
      static_cast<std::uint64_t>(batch.last_offset) - static_cast<std::uint64_t>(batch.first_offset);
  if (batch.types.size() > 1 && more != batch.types.size() - 1) return false;
  return std::ranges::all_of(batch.types, [&](std::int8_t number) {
    const auto type = static_cast<AcknowledgeType>(number);
    return type >= AcknowledgeType::kGap && type <= last_type &&
           (may_renew || type != AcknowledgeType::kRenew);
  });
}

}  // namespace

Result<void> check_acknowledgements(std::span<const AcknowledgementBatch> batches, AcknowledgeType last_type,
                                    bool may_renew) {
  std::int64_t last_offset = -1;
  for (const AcknowledgementBatch& batch : batches) {
    // That a batch begins with the last offset of the one before it is not found out here.
    if (batch.first_offset < last_offset || !is_sound(batch, last_type, may_renew)) {
      return fail(ErrorCode::kInvalidRequest);
    }
    last_offset = batch.last_offset;
  }
  return {};
}

}  // namespace moldau::share
