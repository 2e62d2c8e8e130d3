#include "io/sim/disk_access.h"

namespace moldau::io::sim {

Result<void> DiskAccess::check() const {
  if (!is_alive()) return fail(ErrorCode::kKafkaStorageError, "the process has ended");
  return {};
}

Result<void> DiskAccess::check_read(const std::string& path) const {
  if (auto alive = check(); !alive) return alive;
  if (disk_->reads_fail_) return fail(ErrorCode::kKafkaStorageError, path + ": Input/output error");
  return {};
}

bool DiskAccess::take_lock(const std::string& folder, const std::string& name) const {
  return disk_->locks_.insert({folder, name}).second;
}

void DiskAccess::free_lock(const std::string& folder, const std::string& name) const {
  if (is_alive()) disk_->locks_.erase({folder, name});
}

}  // namespace moldau::io::sim
