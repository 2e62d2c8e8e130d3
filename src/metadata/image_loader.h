#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "metadata/image.h"

namespace moldau::metadata {

/// Turns the log, record by record, into images. Keeps two of them: the working image has every record, for
/// the controller that decides on it; the published one only what stands outside of open metadata
/// transactions (KIP-868), for everybody else. They are one image while no transaction is open. A value.
class ImageLoader {
 public:
  ImageLoader() = default;
  /// Goes on from an image, say of a snapshot, whose delta nobody has seen.
  explicit ImageLoader(Image image) : working_(std::move(image)) {}

  /// Applies the record at `offset`. INVALID_RECORD as apply_record says, and for a transaction that ends or
  /// begins where it can't. The node stops then.
  Result<void> apply(ByteView record, std::int64_t offset);

  /// Notes that everything up to `last_offset`, records and control records, was seen: a batch of `epoch`
  /// ends there.
  void finish_batch(std::int64_t last_offset, std::int32_t epoch, TimestampMs timestamp_ms);

  const Image& working() const { return working_; }
  const Image& published() const { return before_transaction_ ? before_transaction_->image : working_; }

  /// What changed in the published image since the last call.
  ImageDelta take_delta();

  bool in_transaction() const { return before_transaction_.has_value(); }
  /// Offset of the open transaction's first record; nullopt if none is open.
  std::optional<std::int64_t> transaction_start() const;

 private:
  struct Before {
    Image image;
    ImageDelta delta;
    std::int64_t start_offset;
  };

  Result<void> begin(std::int64_t offset);
  Result<void> end();
  Result<void> abort();

  Image working_;
  ImageDelta delta_;
  std::optional<Before> before_transaction_;
};

}  // namespace moldau::metadata
