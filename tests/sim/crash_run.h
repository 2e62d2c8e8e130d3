#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "io/sim/disk.h"
#include "tests/sim/broker_process.h"

namespace moldau::sim {

/// The crash script on a world of its own, with at most one fault of the disk, and what came of it.
class CrashRun {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::optional<io::sim::DiskFault::Kind> fault = {};
    io::sim::CallNumber call = 0;  ///< at which the fault comes
    bool is_lasting = false;
    WrapHost wrap = {};
  };

  explicit CrashRun(const Options& options);

  /// Empty if everything that was promised is there.
  const std::string& complaint() const { return complaint_; }
  /// The last lines of the broker's log.
  const std::string& log() const { return log_; }
  /// Calls to the disk that the script made.
  io::sim::CallNumber calls() const { return calls_; }
  /// From where, how often; recovery and the checks behind the script included.
  const std::map<io::sim::DiskSite, std::uint64_t>& sites() const { return sites_; }

 private:
  std::string complaint_;
  std::string log_;
  io::sim::CallNumber calls_ = 0;
  std::map<io::sim::DiskSite, std::uint64_t> sites_;
};

}  // namespace moldau::sim
