#include "metadata/image_loader.h"

#include "metadata/apply_record.h"
#include "metadata/record_frame.h"

namespace moldau::metadata {
namespace {

std::unexpected<Error> out_of_place(std::string what) {
  return fail(ErrorCode::kInvalidRecord, "metadata transaction: " + std::move(what));
}

}  // namespace

Result<void> ImageLoader::apply(ByteView record, std::int64_t offset) {
  if (auto applied = apply_record(record, offset, working_, delta_); !applied) return applied;
  const auto frame = parse_record_frame(record);
  switch (static_cast<RecordType>(frame->type)) {
    case RecordType::kBeginTransaction:
      return begin(offset);
    case RecordType::kEndTransaction:
      return end();
    case RecordType::kAbortTransaction:
      return abort();
    default:
      return {};
  }
}

Result<void> ImageLoader::begin(std::int64_t offset) {
  if (before_transaction_) return out_of_place("one begins while another is open");
  before_transaction_ = Before{.image = working_, .delta = delta_, .start_offset = offset};
  return {};
}

Result<void> ImageLoader::end() {
  if (!before_transaction_) return out_of_place("an end without a beginning");
  before_transaction_.reset();
  return {};
}

Result<void> ImageLoader::abort() {
  if (!before_transaction_) return out_of_place("an abortion without a beginning");
  const Provenance seen = working_.provenance;
  working_ = std::move(before_transaction_->image);
  working_.provenance = seen;
  delta_ = std::move(before_transaction_->delta);
  before_transaction_.reset();
  return {};
}

void ImageLoader::finish_batch(std::int64_t last_offset, std::int32_t epoch, TimestampMs timestamp_ms) {
  working_.provenance = {.last_offset = last_offset, .last_epoch = epoch, .last_timestamp_ms = timestamp_ms};
}

ImageDelta ImageLoader::take_delta() {
  return std::exchange(before_transaction_ ? before_transaction_->delta : delta_, {});
}

std::optional<std::int64_t> ImageLoader::transaction_start() const {
  return before_transaction_ ? std::optional(before_transaction_->start_offset) : std::nullopt;
}

}  // namespace moldau::metadata
