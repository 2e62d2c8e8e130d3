#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "io/sim/survival.h"

namespace moldau::io::sim {

/// The content of a file as a page cache holds it: what is written is seen at once, and what of it a power
/// cut leaves is open until it is synced. Sectors of 512 bytes are written to the disk whole, in any order,
/// and so is the size.
class CachedFile {
 public:
  static constexpr std::size_t kSectorBytes = 512;

  explicit CachedFile(TimestampMs now_ms) : modified_ms_(now_ms) {}

  std::uint64_t size_bytes() const { return seen_.size(); }
  TimestampMs modified_ms() const { return modified_ms_; }
  bool is_read_only() const { return is_read_only_; }

  /// Bytes read; fewer than asked for at the end of the file.
  std::size_t read(std::uint64_t position, MutableBytes into) const;

  void write(std::uint64_t position, ByteView data, CallNumber number, TimestampMs now_ms);
  void truncate(std::uint64_t size_bytes, CallNumber number, TimestampMs now_ms);

  /// Outlives a power cut, synced or not: nothing is decided by it.
  void make_read_only() { is_read_only_ = true; }

  /// All that is seen is durable.
  void sync();

  /// The sync failed: the kernel forgets that the pages were not written. They are still seen, but no later
  /// sync makes them durable.
  void fail_sync();

  /// What a power cut leaves: seen and durable from here on.
  void cut_power(Survival& survival);

  bool has_unsynced() const { return !unsynced_.empty() || !unsynced_sizes_.empty(); }

 private:
  struct Version {
    CallNumber number;
    Bytes content;  ///< a whole sector
  };
  struct Size {
    CallNumber number;
    std::uint64_t size_bytes;
  };

  Bytes sector_of(const Bytes& content, std::uint64_t sector) const;
  void note_sectors(std::uint64_t begin, std::uint64_t end, CallNumber number);
  void note_size(CallNumber number);

  Bytes seen_;
  Bytes durable_;
  std::map<std::uint64_t, std::vector<Version>> unsynced_;  ///< by sector
  std::vector<Size> unsynced_sizes_;
  TimestampMs modified_ms_;
  bool is_read_only_ = false;
};

}  // namespace moldau::io::sim
