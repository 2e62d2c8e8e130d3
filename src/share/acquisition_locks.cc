#include "share/acquisition_locks.h"

namespace moldau::share {

AcquisitionLock AcquisitionLocks::add(Instant deadline, std::int64_t first_offset, std::int64_t last_offset) {
  const AcquisitionLock lock{.deadline = deadline, .number = ++last_number_};
  offsets_.emplace_hint(offsets_.end(), lock, Offsets{.first = first_offset, .last = last_offset});
  return lock;
}

std::optional<AcquisitionLocks::Expired> AcquisitionLocks::take_expired(Instant now) {
  const auto first = offsets_.begin();
  if (first == offsets_.end() || first->first.deadline > now) return std::nullopt;
  const Expired expired{
      .lock = first->first, .first_offset = first->second.first, .last_offset = first->second.last};
  offsets_.erase(first);
  return expired;
}

std::optional<Instant> AcquisitionLocks::next_deadline() const {
  if (offsets_.empty()) return std::nullopt;
  return offsets_.begin()->first.deadline;
}

}  // namespace moldau::share
