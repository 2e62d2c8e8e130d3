#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"

namespace moldau::share {

/// What became of records, as clients say it (KIP-932, KIP-1222).
enum class AcknowledgeType : std::int8_t {
  kGap = 0,      ///< there is no record
  kAccept = 1,   ///< processed
  kRelease = 2,  ///< for others to try
  kReject = 3,   ///< nobody is to try again
  kRenew = 4,    ///< still at it
};

/// Offsets of a member's records, both ends included, and what became of them: one type for all, or one for
/// each.
struct AcknowledgementBatch {
  std::int64_t first_offset = 0;
  std::int64_t last_offset = 0;
  std::span<const std::int8_t> types = {};
};

/// INVALID_REQUEST, without a message, where a partition's batches cannot be meant: out of order, without
/// types or not with one for each offset, with types that are unknown or, unless the request is about
/// renewing, renew. Types up to `last_type` are known in the request's version: kRenew from version 2 of
/// ShareFetch and ShareAcknowledge on.
Result<void> check_acknowledgements(std::span<const AcknowledgementBatch> batches, AcknowledgeType last_type,
                                    bool may_renew);

}  // namespace moldau::share
