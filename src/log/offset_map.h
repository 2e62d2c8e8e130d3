#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace moldau::log {

/// The latest offset of each key, in bounded memory: 16 bytes of the key's MD5 and 8 of the offset for each
/// (`log.cleaner.dedupe.buffer.size`). Keys are not kept, so two keys with one MD5 are taken for the same, as
/// in Apache Kafka. Owned by one cleaner, which uses it for one log after the other.
class OffsetMap {
 public:
  static constexpr std::size_t kEntryBytes = 24;

  /// As many slots as fit into `memory_bytes`, which are at least kEntryBytes; the machine gives the memory
  /// as it is filled. UNKNOWN_SERVER_ERROR if the machine has no MD5.
  static Result<OffsetMap> create(std::size_t memory_bytes);

  ~OffsetMap();
  OffsetMap(OffsetMap&&) noexcept;
  OffsetMap& operator=(OffsetMap&&) noexcept;

  std::int64_t slots() const { return slot_count_; }
  /// Different keys put so far.
  std::int64_t size() const { return size_; }

  /// Notes `offset` >= 0 as the latest of `key`, and as the latest of all. size() is below slots().
  void put(ByteView key, std::int64_t offset);
  /// The latest offset of `key`; -1 if it was not put.
  std::int64_t get(ByteView key) const;

  /// The offset up to which the log has been looked through; -1 if none was.
  std::int64_t latest_offset() const { return latest_offset_; }
  void set_latest_offset(std::int64_t offset) { latest_offset_ = offset; }

  /// Forgets all, and gives back the memory.
  void clear();

 private:
  using Digest = std::array<std::uint8_t, 16>;
  struct Slot {
    Digest digest;
    std::int64_t offset_plus_one;  ///< 0 in an empty slot.
  };
  static_assert(sizeof(Slot) == kEntryBytes);
  struct Hasher;
  struct FreeSlots {
    void operator()(Slot* slots) const;
  };

  OffsetMap(std::int64_t slot_count, std::unique_ptr<Hasher> hasher);
  /// The slot that holds the key, or the empty one where it belongs; nullptr if all others are taken.
  Slot* find(const Digest& digest) const;

  std::int64_t slot_count_;
  std::unique_ptr<Hasher> hasher_;
  std::unique_ptr<Slot[], FreeSlots> slots_;  ///< Null while the map is empty.
  std::int64_t size_ = 0;
  std::int64_t latest_offset_ = -1;
};

}  // namespace moldau::log
