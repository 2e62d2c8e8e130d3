#include "tools/batch_file.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/endian.h"
#include "log/file_content.h"

namespace moldau::tools {

Result<BatchFile> BatchFile::open(io::Directory& folder, const std::string& name) {
  auto file = folder.open_file(name, io::OpenMode::kReadOnly);
  if (!file) return fail(std::move(file).error());
  const auto size_bytes = (*file)->size_bytes();
  if (!size_bytes) return fail(size_bytes.error());
  return BatchFile(std::move(*file), name, static_cast<std::int64_t>(*size_bytes));
}

Result<void> BatchFile::seek(std::int64_t position, std::int64_t limit_bytes) {
  if (position < 0 || position > size_) {
    return fail(ErrorCode::kCorruptMessage, "position " + std::to_string(position) + " is not within " +
                                                name_ + ", which has " + std::to_string(size_) + " bytes");
  }
  position_ = position;
  end_ = std::min(size_ - position, limit_bytes) + position;
  return {};
}

Result<std::optional<records::Entry>> BatchFile::next() {
  constexpr auto kHead = static_cast<std::int64_t>(records::kHeaderSizeUpToMagic);
  constexpr auto kOverhead = static_cast<std::int64_t>(records::kLogOverhead);
  // Apache Kafka wants at least one byte behind the magic.
  if (end_ - position_ <= kHead) return std::nullopt;
  std::array<std::uint8_t, records::kHeaderSizeUpToMagic> head{};
  const auto at = static_cast<std::uint64_t>(position_);
  if (auto read = log::read_exactly(*file_, at, head); !read) return fail(std::move(read).error());
  const auto length = load_big_endian<std::int32_t>(head.data() + records::kLengthAt);
  if (length < records::kSmallestLength) {
    return fail(ErrorCode::kCorruptMessage,
                "Found record size " + std::to_string(length) + " smaller than minimum record overhead (" +
                    std::to_string(records::kSmallestLength) + ") at position " + std::to_string(position_));
  }
  const std::int64_t size_bytes = kOverhead + length;
  if (size_bytes > end_ - position_) return std::nullopt;
  const auto magic = load_big_endian<std::int8_t>(head.data() + records::kMagicAt);
  if (magic < records::kMagicV0 || magic > records::kMagicV2) {
    return fail(ErrorCode::kCorruptMessage,
                "unknown magic " + std::to_string(magic) + " at position " + std::to_string(position_));
  }
  batch_.resize(static_cast<std::size_t>(size_bytes));
  if (auto read = log::read_exactly(*file_, at, batch_.bytes()); !read) return fail(std::move(read).error());
  position_ += size_bytes;
  return records::Entry{
      .bytes = std::as_const(batch_).bytes(), .position = static_cast<std::size_t>(at), .magic = magic};
}

Result<std::int64_t> last_offset_of(const records::Entry& batch) {
  if (batch.magic < records::kMagicV2) return load_big_endian<std::int64_t>(batch.bytes.data());
  const auto header = records::BatchHeader::parse(batch.bytes);
  if (!header) return fail(header.error());
  return header->last_offset();
}

}  // namespace moldau::tools
