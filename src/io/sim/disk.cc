#include "io/sim/disk.h"

#include <utility>

namespace moldau::io::sim {
namespace {

/// The path below the tree's root, as the program's own list of its places has it.
std::string below_root(std::string_view file) {
  const auto at = file.rfind("src/");
  return std::string(at == std::string_view::npos ? file : file.substr(at));
}

}  // namespace

Disk::Disk(const Seed& seed, std::string_view name) : random_(seed.stream(name)) {}

void Disk::begin_process(std::function<void()> on_crash) {
  end_process();
  process_ = ++processes_;
  on_crash_ = std::move(on_crash);
}

void Disk::end_process() {
  process_ = 0;
  locks_.clear();
}

void Disk::cut_power() {
  end_process();
  Survival survival = Survival::draw(random_, calls_);
  root_->cut_power(survival);
}

Disk::Verdict Disk::judge(DiskCall call, const std::source_location& site) {
  Verdict verdict{.number = ++calls_, .failure = {}};
  ++sites_[{below_root(site.file_name()), site.line(), call}];
  trace_.add(static_cast<std::uint64_t>(call));
  if (fault_ && (verdict.number == fault_->call || (fault_->is_lasting && verdict.number > fault_->call))) {
    return fail_call(call, verdict.number);
  }
  if (pretended_ == call) verdict.is_done = false;
  return verdict;
}

Disk::Verdict Disk::fail_call(DiskCall call, CallNumber number) {
  has_failed_ = true;
  Verdict verdict{.number = number, .failure = {}};
  verdict.share = call == DiskCall::kWrite ? static_cast<double>(random_.below(101)) / 100 : 1;
  switch (fault_->kind) {
    case DiskFault::Kind::kCrash:
      verdict.crashes = true;
      verdict.is_done = call == DiskCall::kWrite || random_.one_in(2);
      verdict.failure = Error{ErrorCode::kKafkaStorageError, "the process has ended"};
      break;
    case DiskFault::Kind::kIoError:
      verdict.is_done = call == DiskCall::kWrite;
      verdict.failure = Error{ErrorCode::kKafkaStorageError, "Input/output error"};
      break;
    case DiskFault::Kind::kNoSpace:
      if (call == DiskCall::kSync || call == DiskCall::kSyncFolder || call == DiskCall::kRemove ||
          call == DiskCall::kRemoveFolder) {
        return {.number = number, .failure = {}};
      }
      verdict.is_done = call == DiskCall::kWrite;
      verdict.failure = Error{ErrorCode::kKafkaStorageError, "No space left on device"};
      break;
  }
  return verdict;
}

void Disk::crash() {
  process_ = 0;
  if (on_crash_) on_crash_();
}

}  // namespace moldau::io::sim
