#include "log/transaction_index.h"

#include <array>
#include <utility>

#include "base/endian.h"
#include "log/file_content.h"
#include "log/file_names.h"

namespace moldau::log {
namespace {

constexpr std::int16_t kVersion = 0;
constexpr std::size_t kProducerIdAt = 2;
constexpr std::size_t kFirstOffsetAt = 10;
constexpr std::size_t kLastOffsetAt = 18;
constexpr std::size_t kLastStableOffsetAt = 26;

}  // namespace

Result<std::vector<AbortedTransaction>> parse_transaction_index(ByteView bytes) {
  std::vector<AbortedTransaction> entries;
  entries.reserve(bytes.size() / TransactionIndex::kEntrySize);
  for (std::size_t at = 0; bytes.size() - at >= TransactionIndex::kEntrySize;
       at += TransactionIndex::kEntrySize) {
    const std::uint8_t* entry = bytes.data() + at;
    if (const auto version = load_big_endian<std::int16_t>(entry); version > kVersion) {
      return fail(ErrorCode::kCorruptMessage,
                  "unknown version " + std::to_string(version) + " in the transaction index");
    }
    entries.push_back({.producer_id = load_big_endian<std::int64_t>(entry + kProducerIdAt),
                       .first_offset = load_big_endian<std::int64_t>(entry + kFirstOffsetAt),
                       .last_offset = load_big_endian<std::int64_t>(entry + kLastOffsetAt),
                       .last_stable_offset = load_big_endian<std::int64_t>(entry + kLastStableOffsetAt)});
  }
  return entries;
}

Result<void> TransactionIndex::open(io::OpenMode mode) {
  const std::string name = offset_file_name(base_offset_, kTransactionIndexSuffix) + suffix_;
  if (mode != io::OpenMode::kCreate) {
    auto there = directory_->contains(name);
    if (!there) return fail(std::move(there).error());
    is_absent_ = !*there;
    if (is_absent_) return {};
  }
  auto file = directory_->open_file(name, mode);
  if (!file) return fail(std::move(file).error());
  file_ = *std::move(file);
  is_absent_ = false;
  return {};
}

Result<io::FileHandle> TransactionIndex::file() {
  if (file_ == nullptr && !is_absent_) {
    if (auto opened = open(io::OpenMode::kReadWrite); !opened) return fail(std::move(opened).error());
  }
  return file_;
}

Result<Bytes> TransactionIndex::content() {
  auto there = file();
  if (!there) return fail(std::move(there).error());
  if (*there == nullptr) return Bytes{};
  auto size = file_->size_bytes();
  if (!size) return fail(std::move(size).error());
  Bytes bytes(static_cast<std::size_t>(*size - *size % kEntrySize));
  if (auto read = read_exactly(*file_, 0, bytes); !read) return fail(std::move(read).error());
  return bytes;
}

Result<std::vector<AbortedTransaction>> TransactionIndex::all() {
  const auto bytes = content();
  if (!bytes) return fail(bytes.error());
  auto entries = parse_transaction_index(*bytes);
  if (entries) return entries;
  return fail(ErrorCode::kKafkaStorageError,
              entries.error().message + " of segment " + std::to_string(base_offset_));
}

Result<bool> TransactionIndex::is_sane() {
  const auto bytes = content();
  if (!bytes) return fail(bytes.error());
  for (std::size_t at = 0; at < bytes->size(); at += kEntrySize) {
    const std::uint8_t* entry = bytes->data() + at;
    if (load_big_endian<std::int16_t>(entry) > kVersion) return false;
    if (load_big_endian<std::int64_t>(entry + kLastOffsetAt) < base_offset_) return false;
  }
  return true;
}

Result<TransactionIndex::End> TransactionIndex::end() {
  if (!end_) {
    const auto entries = all();
    if (!entries) return fail(entries.error());
    end_ = End{.position = entries->size() * kEntrySize};
    if (!entries->empty()) end_->last_offset = entries->back().last_offset;
  }
  return *end_;
}

Result<bool> TransactionIndex::append(const AbortedTransaction& aborted) {
  const auto before = end();
  if (!before) return fail(before.error());
  if (before->last_offset >= aborted.last_offset) {
    return fail(ErrorCode::kKafkaStorageError, "an aborted transaction that ends at offset " +
                                                   std::to_string(aborted.last_offset) +
                                                   " cannot follow in its index");
  }
  const bool is_first = file_ == nullptr;
  if (is_first) {
    if (auto made = open(io::OpenMode::kCreate); !made) return fail(std::move(made).error());
  }
  std::array<std::uint8_t, kEntrySize> entry{};
  store_big_endian(entry.data(), kVersion);
  store_big_endian(entry.data() + kProducerIdAt, aborted.producer_id);
  store_big_endian(entry.data() + kFirstOffsetAt, aborted.first_offset);
  store_big_endian(entry.data() + kLastOffsetAt, aborted.last_offset);
  store_big_endian(entry.data() + kLastStableOffsetAt, aborted.last_stable_offset);
  if (auto written = file_->write_at(before->position, entry); !written)
    return fail(std::move(written).error());
  end_ = End{.position = before->position + kEntrySize, .last_offset = aborted.last_offset};
  return is_first;
}

Result<void> TransactionIndex::truncate_to(std::int64_t offset) {
  const auto entries = all();
  if (!entries) return fail(entries.error());
  std::size_t kept = 0;
  while (kept < entries->size() && (*entries)[kept].last_offset < offset)
    ++kept;
  if (kept == entries->size()) return {};
  end_.reset();
  return file_->truncate(kept * kEntrySize);
}

Result<void> TransactionIndex::clear() {
  end_.reset();
  auto there = file();
  if (!there) return fail(std::move(there).error());
  return *there == nullptr ? Result<void>() : (*there)->truncate(0);
}

}  // namespace moldau::log
