#include "io/sim/cached_file.h"

#include <algorithm>
#include <utility>

namespace moldau::io::sim {
namespace {

/// Puts a sector's content into the file, as far as the file reaches.
void put_sector(Bytes& content, std::uint64_t sector, ByteView bytes) {
  const std::uint64_t begin = sector * CachedFile::kSectorBytes;
  if (begin >= content.size()) return;
  const auto count = std::min<std::size_t>(bytes.size(), content.size() - begin);
  std::copy_n(bytes.begin(), count, content.begin() + static_cast<std::ptrdiff_t>(begin));
}

}  // namespace

std::size_t CachedFile::read(std::uint64_t position, MutableBytes into) const {
  if (position >= seen_.size()) return 0;
  const std::size_t count = std::min<std::size_t>(into.size(), seen_.size() - position);
  std::copy_n(seen_.begin() + static_cast<std::ptrdiff_t>(position), count, into.begin());
  return count;
}

Bytes CachedFile::sector_of(const Bytes& content, std::uint64_t sector) const {
  Bytes bytes(kSectorBytes, 0);
  const std::uint64_t begin = sector * kSectorBytes;
  if (begin < content.size()) {
    const auto count = std::min<std::size_t>(kSectorBytes, content.size() - begin);
    std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(begin), count, bytes.begin());
  }
  return bytes;
}

void CachedFile::note_sectors(std::uint64_t begin, std::uint64_t end, CallNumber number) {
  for (std::uint64_t sector = begin / kSectorBytes; sector * kSectorBytes < end; ++sector) {
    unsynced_[sector].push_back({number, sector_of(seen_, sector)});
  }
}

void CachedFile::note_size(CallNumber number) {
  unsynced_sizes_.push_back({number, seen_.size()});
}

void CachedFile::write(std::uint64_t position, ByteView data, CallNumber number, TimestampMs now_ms) {
  modified_ms_ = now_ms;
  if (data.empty()) return;
  const std::uint64_t end = position + data.size();
  if (end > seen_.size()) seen_.resize(end);
  std::ranges::copy(data, seen_.begin() + static_cast<std::ptrdiff_t>(position));
  note_sectors(position, end, number);
  // A sync that failed may have left the disk with a smaller size than the one that is seen.
  const std::uint64_t size_to_be =
      unsynced_sizes_.empty() ? durable_.size() : unsynced_sizes_.back().size_bytes;
  if (end > size_to_be) note_size(number);
}

void CachedFile::truncate(std::uint64_t size_bytes, CallNumber number, TimestampMs now_ms) {
  modified_ms_ = now_ms;
  const std::uint64_t old_size = seen_.size();
  if (size_bytes == old_size) return;
  seen_.resize(size_bytes, 0);
  // What is cut off reads as zeros should the file grow again.
  if (size_bytes < old_size) note_sectors(size_bytes, old_size, number);
  note_size(number);
}

void CachedFile::sync() {
  if (!unsynced_sizes_.empty()) durable_.resize(seen_.size(), 0);
  for (const auto& [sector, versions] : unsynced_) {
    put_sector(durable_, sector, sector_of(seen_, sector));
  }
  unsynced_.clear();
  unsynced_sizes_.clear();
}

void CachedFile::fail_sync() {
  unsynced_.clear();
  unsynced_sizes_.clear();
}

void CachedFile::cut_power(Survival& survival) {
  std::uint64_t size = durable_.size();
  if (const auto kept = survival.kept(unsynced_sizes_, [](const Size& each) { return each.number; });
      kept > 0) {
    size = unsynced_sizes_[kept - 1].size_bytes;
  }
  // A file that was cut keeps what lies behind its end only until that is overwritten.
  durable_.resize(size, 0);
  for (const auto& [sector, versions] : unsynced_) {
    const auto kept = survival.kept(versions, [](const Version& each) { return each.number; });
    if (kept > 0) put_sector(durable_, sector, versions[kept - 1].content);
  }
  seen_ = durable_;
  unsynced_.clear();
  unsynced_sizes_.clear();
}

}  // namespace moldau::io::sim
