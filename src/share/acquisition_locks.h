#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "base/time.h"

namespace moldau::share {

/// A lock under which a member has records. Whoever holds this value cancels the lock.
struct AcquisitionLock {
  Instant deadline;
  std::uint64_t number = 0;  ///< of two with one deadline the one set first expires first

  auto operator<=>(const AcquisitionLock&) const = default;
};

/// The locks of one share partition, in the order in which they expire.
class AcquisitionLocks {
 public:
  /// What a lock covers, both ends included.
  struct Expired {
    AcquisitionLock lock;
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
  };

  AcquisitionLock add(Instant deadline, std::int64_t first_offset, std::int64_t last_offset);

  /// Nothing happens where it has expired.
  void cancel(const AcquisitionLock& lock) { offsets_.erase(lock); }

  /// Removes the first lock whose deadline is at or before `now`; nullopt for none.
  std::optional<Expired> take_expired(Instant now);

  /// Of the lock that expires first.
  std::optional<Instant> next_deadline() const;

  std::size_t size() const { return offsets_.size(); }

 private:
  struct Offsets {
    std::int64_t first = 0;
    std::int64_t last = 0;
  };

  std::map<AcquisitionLock, Offsets> offsets_;
  std::uint64_t last_number_ = 0;
};

}  // namespace moldau::share
