#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "io/sim/disk.h"

namespace moldau::sim {

/// The script of one log on a world of its own, with at most one crash, and what came of it.
class LogRun {
 public:
  /// `crash_at` numbers the call to the disk in which the process ends; 0: it does not.
  LogRun(std::uint64_t seed, io::sim::CallNumber crash_at);

  /// Empty if the log is what it must be.
  const std::string& complaint() const { return complaint_; }
  /// Calls to the disk that the script made.
  io::sim::CallNumber calls() const { return calls_; }
  /// From where, how often.
  const std::map<io::sim::DiskSite, std::uint64_t>& sites() const { return sites_; }

 private:
  std::string complaint_;
  io::sim::CallNumber calls_ = 0;
  std::map<io::sim::DiskSite, std::uint64_t> sites_;
};

}  // namespace moldau::sim
