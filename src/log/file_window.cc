#include "log/file_window.h"

#include <algorithm>
#include <utility>

#include "log/file_content.h"
#include "protocol/records/batch.h"
#include "protocol/records/legacy.h"

namespace moldau::log {

Result<ByteView> FileWindow::at(std::int64_t position, std::int64_t size) {
  const std::int64_t held_end = start_ + static_cast<std::int64_t>(bytes_.size());
  if (position < start_ || position + size > held_end) {
    const std::int64_t wanted = std::max(size, static_cast<std::int64_t>(piece_bytes_));
    bytes_.resize(static_cast<std::size_t>(std::min(wanted, end_ - position)));
    start_ = position;
    auto read = read_exactly(*file_, static_cast<std::uint64_t>(position), bytes_);
    if (!read) return fail(std::move(read).error());
    bytes_read_ += static_cast<std::int64_t>(bytes_.size());
  }
  return ByteView(bytes_).subspan(static_cast<std::size_t>(position - start_),
                                  static_cast<std::size_t>(size));
}

bool has_valid_crc(const BatchPlace& place, ByteView batch) {
  if (place.magic == records::kMagicV2) {
    const auto view = records::BatchView::parse(batch);
    return view && view->is_valid();
  }
  const auto entry = records::LegacyEntry::parse(batch);
  return entry && entry->is_valid();
}

}  // namespace moldau::log
