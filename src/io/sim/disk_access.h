#pragma once

#include <cstdint>
#include <source_location>
#include <string>

#include "io/clock.h"
#include "io/sim/disk.h"

namespace moldau::io::sim {

/// One process's way to a disk. Cheap to copy; the disk and the clock outlive it. Once the process has ended
/// all calls fail and none has an effect.
class DiskAccess {
 public:
  /// For the process that has just begun.
  DiskAccess(Disk& disk, const Clock& clock) : disk_(&disk), clock_(&clock), process_(disk.process_) {}

  bool is_alive() const { return disk_->process_ == process_; }

  /// KAFKA_STORAGE_ERROR where the process has ended.
  Result<void> check() const;

  /// The same, or where reads fail.
  Result<void> check_read(const std::string& path) const;

  /// One call that changes the disk: `effect(CallNumber, double share)` is carried out unless it is to fail.
  template <class Effect>
  Result<void> change(DiskCall call, const std::string& path, const std::source_location& site,
                      Effect effect) const {
    if (auto alive = check(); !alive) return alive;
    const Disk::Verdict verdict = disk_->judge(call, site);
    if (verdict.is_done) effect(verdict.number, verdict.share);
    if (verdict.crashes) disk_->crash();
    if (verdict.failure) return fail(verdict.failure->code, path + ": " + verdict.failure->message);
    return {};
  }

  TimestampMs now_ms() const { return clock_->wall_ms(); }
  Trace& trace() const { return disk_->trace_; }

  /// False if another holder of this process has it.
  bool take_lock(const std::string& folder, const std::string& name) const;
  void free_lock(const std::string& folder, const std::string& name) const;

 private:
  Disk* disk_;
  const Clock* clock_;
  std::uint64_t process_;
};

}  // namespace moldau::io::sim
