#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <source_location>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/result.h"
#include "io/file.h"
#include "io/sim/cached_folder.h"
#include "io/sim/random.h"
#include "io/sim/trace.h"

namespace moldau::io::sim {

/// The calls that change a disk.
enum class DiskCall {
  kWrite,
  kTruncate,
  kMakeReadOnly,
  kSync,
  kSyncFolder,
  kCreate,
  kCreateFolder,
  kRename,
  kRemove,
  kRemoveFolder,
};

/// What is to go wrong at one call.
struct DiskFault {
  enum class Kind {
    kCrash,    ///< the process ends in the middle of the call
    kIoError,  ///< the device fails; of a write some of the bytes may have come through
    kNoSpace,  ///< the disk is full; a sync never finds it so
  };
  Kind kind = Kind::kCrash;
  CallNumber call = 0;      ///< the first call is 1
  bool is_lasting = false;  ///< all later calls fail too
};

/// Where in the program a call that changes the disk was made.
struct DiskSite {
  std::string file;
  std::uint32_t line = 0;
  DiskCall call = DiskCall::kWrite;

  auto operator<=>(const DiskSite&) const = default;
};

/// A disk that outlives the processes that use it, one at a time. What is written is seen at once; what a
/// power cut leaves of it is open until it is synced. Calls that change it are numbered over its whole life.
class Disk {
 public:
  /// `name` tells its chance from that of other disks of the run.
  Disk(const Seed& seed, std::string_view name);

  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// A process began; what an earlier one has open is of no use any more. `on_crash` is called when the fault
  /// that ends the process is reached.
  void begin_process(std::function<void()> on_crash);

  /// The process is gone: its calls have no effect, its locks are free. The page cache stays.
  void end_process();

  /// The machine is without power: what was not synced is kept, torn or lost by chance.
  void cut_power();

  void fail_at(DiskFault fault) { fault_ = fault; }
  void stop_failing() {
    fault_.reset();
    has_failed_ = false;
  }

  /// A call has met the fault since it was set.
  bool has_failed() const { return has_failed_; }

  /// Every read fails from now on, or no longer.
  void fail_reads(bool fail) { reads_fail_ = fail; }

  /// How many calls have changed the disk so far.
  CallNumber calls() const { return calls_; }

  /// How often each place of the program has changed the disk.
  const std::map<DiskSite, std::uint64_t>& sites() const { return sites_; }

  const std::shared_ptr<CachedFolder>& root() const { return root_; }
  const Trace& trace() const { return trace_; }

  /// For tests of the tests: calls of this kind do nothing and say that they did.
  void pretend(std::optional<DiskCall> call) { pretended_ = call; }

 private:
  friend class DiskAccess;

  /// What becomes of one call.
  struct Verdict {
    CallNumber number = 0;
    bool is_done = true;           ///< it takes effect, as far as `share` says
    std::optional<Error> failure;  ///< what the caller is told
    double share = 1;              ///< of a write, how much comes through
    bool crashes = false;          ///< the process ends behind the effect
  };
  Verdict judge(DiskCall call, const std::source_location& site);
  Verdict fail_call(DiskCall call, CallNumber number);
  void crash();

  SimRandom random_;
  std::shared_ptr<CachedFolder> root_ = std::make_shared<CachedFolder>();
  std::set<std::pair<std::string, std::string>> locks_;
  std::uint64_t process_ = 0;  ///< number of the process that runs; 0 while none does
  std::uint64_t processes_ = 0;
  std::function<void()> on_crash_;
  CallNumber calls_ = 0;
  std::optional<DiskFault> fault_;
  bool has_failed_ = false;
  std::optional<DiskCall> pretended_;
  bool reads_fail_ = false;
  std::map<DiskSite, std::uint64_t> sites_;
  Trace trace_;
};

}  // namespace moldau::io::sim
