// Tries crashes and faults of the disk one after the other: `sim_crash FAULT FIRST-SEED LAST-SEED [STRIDE
// [FIRST]]`.
//
// FAULT is crash, io-error or no-space, or log-crash or compaction-crash for one log alone; the fault comes
// at every STRIDE-th call to the disk that the script makes, from the FIRST one on. Each run that has lost
// something is printed with the command that repeats it, and makes the status 1. `sim_crash FAULT SEED SEED
// at CALL` makes one run and prints the broker's log.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>

#include "tests/sim/compaction_script.h"
#include "tests/sim/crash_run.h"
#include "tests/sim/log_run.h"

namespace {

using moldau::io::sim::CallNumber;
using moldau::io::sim::DiskFault;
using moldau::sim::CompactionRun;
using moldau::sim::CrashRun;
using moldau::sim::LogRun;

/// What came of one run; the call is 0 where nothing is to go wrong.
struct Outcome {
  std::string complaint;
  std::string log;
  CallNumber calls = 0;
};

using Run = std::function<Outcome(std::uint64_t seed, CallNumber call)>;

Run broker_run(DiskFault::Kind fault) {
  return [fault](std::uint64_t seed, CallNumber call) {
    const CrashRun run({.seed = seed,
                        .fault = call > 0 ? std::optional(fault) : std::nullopt,
                        .call = call,
                        .is_lasting = fault == DiskFault::Kind::kNoSpace,
                        .wrap = {}});
    return Outcome{run.complaint(), run.log(), run.calls()};
  };
}

std::optional<Run> parse_run(const std::string& text) {
  if (text == "crash") return broker_run(DiskFault::Kind::kCrash);
  if (text == "io-error") return broker_run(DiskFault::Kind::kIoError);
  if (text == "no-space") return broker_run(DiskFault::Kind::kNoSpace);
  const auto of_one_log = []<class OneRun>(std::type_identity<OneRun>) -> Run {
    return [](std::uint64_t seed, CallNumber call) {
      const OneRun run(seed, call);
      return Outcome{run.complaint(), {}, run.calls()};
    };
  };
  if (text == "log-crash") return of_one_log(std::type_identity<LogRun>());
  if (text == "compaction-crash") return of_one_log(std::type_identity<CompactionRun>());
  return std::nullopt;
}

struct Tally {
  unsigned long long runs = 0;
  unsigned long long complaints = 0;
};

void run_seed(const std::string& name, const Run& run, std::uint64_t seed, CallNumber stride,
              CallNumber first, Tally& tally) {
  const CallNumber calls = run(seed, 0).calls;
  for (CallNumber call = first; call <= calls; call += stride) {
    const Outcome outcome = run(seed, call);
    ++tally.runs;
    if (outcome.complaint.empty()) continue;
    ++tally.complaints;
    std::printf("sim_crash %s %s %s at %s: %s\n", name.c_str(), std::to_string(seed).c_str(),
                std::to_string(seed).c_str(), std::to_string(call).c_str(), outcome.complaint.c_str());
    std::fflush(stdout);
  }
}

std::uint64_t number(const char* text) {
  return std::strtoull(text, nullptr, 10);
}

}  // namespace

int main(int argc, char** argv) {
  const auto run = argc >= 4 ? parse_run(argv[1]) : std::nullopt;
  if (!run) {
    std::fprintf(
        stderr,
        "usage: sim_crash crash|io-error|no-space|log-crash|compaction-crash FIRST-SEED LAST-SEED [STRIDE "
        "[FIRST]]\n");
    return 2;
  }
  if (argc == 6 && std::string(argv[4]) == "at") {
    const Outcome outcome = (*run)(number(argv[2]), number(argv[5]));
    const bool is_good = outcome.complaint.empty();
    std::printf("%s%s\n", outcome.log.c_str(), is_good ? "all is there" : outcome.complaint.c_str());
    return is_good ? 0 : 1;
  }
  const CallNumber stride = argc > 4 ? number(argv[4]) : 1;
  const CallNumber first = argc > 5 ? number(argv[5]) : 1;
  Tally tally;
  for (std::uint64_t seed = number(argv[2]); seed <= number(argv[3]); ++seed) {
    run_seed(argv[1], *run, seed, stride, first, tally);
  }
  std::printf("%llu runs, %llu complaints\n", tally.runs, tally.complaints);
  return tally.complaints == 0 ? 0 : 1;
}
