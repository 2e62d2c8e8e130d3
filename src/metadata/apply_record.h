#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "metadata/image.h"

namespace moldau::metadata {

/// Applies one framed record of the log to the image and notes in `delta` what it touched. All 26 types and
/// their versions are known; begin, end and abort of a transaction change nothing here (ImageLoader minds
/// them). `offset` is the record's own, or the snapshot's last while one is loaded.
///
/// INVALID_RECORD with the reason if the bytes are no such record or if it contradicts the image: a node that
/// finds one must stop, as its image is not the cluster's any more. Image and delta are then not to be used.
Result<void> apply_record(ByteView record, std::int64_t offset, Image& image, ImageDelta& delta);

}  // namespace moldau::metadata
