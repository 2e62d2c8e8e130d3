// Tries crashes and faults of the disk one after the other: `sim_crash FAULT FIRST-SEED LAST-SEED [STRIDE
// [FIRST]]`.
//
// FAULT is crash, io-error or no-space; the fault comes at every STRIDE-th call to the disk that the script
// makes, from the FIRST one on. Each run that has lost something is printed with the command that repeats it,
// and makes the status 1. `sim_crash FAULT SEED SEED at CALL` makes one run and prints the broker's log.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "tests/sim/crash_run.h"

namespace {

using moldau::io::sim::CallNumber;
using moldau::io::sim::DiskFault;
using moldau::sim::CrashRun;

std::optional<DiskFault::Kind> parse_fault(const std::string& text) {
  if (text == "crash") return DiskFault::Kind::kCrash;
  if (text == "io-error") return DiskFault::Kind::kIoError;
  if (text == "no-space") return DiskFault::Kind::kNoSpace;
  return std::nullopt;
}

CrashRun run_one(DiskFault::Kind fault, std::uint64_t seed, CallNumber call) {
  return CrashRun({.seed = seed,
                   .fault = fault,
                   .call = call,
                   .is_lasting = fault == DiskFault::Kind::kNoSpace,
                   .wrap = {}});
}

struct Tally {
  std::uint64_t runs = 0;
  std::uint64_t complaints = 0;
};

void run_seed(const std::string& name, DiskFault::Kind fault, std::uint64_t seed, CallNumber stride,
              CallNumber first, Tally& tally) {
  const CallNumber calls = CrashRun({.seed = seed, .fault = {}, .wrap = {}}).calls();
  for (CallNumber call = first; call <= calls; call += stride) {
    const CrashRun run = run_one(fault, seed, call);
    ++tally.runs;
    if (run.complaint().empty()) continue;
    ++tally.complaints;
    std::printf("sim_crash %s %llu %llu at %llu: %s\n", name.c_str(), static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(seed), static_cast<unsigned long long>(call),
                run.complaint().c_str());
    std::fflush(stdout);
  }
}

std::uint64_t number(const char* text) {
  return std::strtoull(text, nullptr, 10);
}

}  // namespace

int main(int argc, char** argv) {
  const auto fault = argc >= 4 ? parse_fault(argv[1]) : std::nullopt;
  if (!fault) {
    std::fprintf(stderr, "usage: sim_crash crash|io-error|no-space FIRST-SEED LAST-SEED [STRIDE [FIRST]]\n");
    return 2;
  }
  if (argc == 6 && std::string(argv[4]) == "at") {
    const CrashRun run = run_one(*fault, number(argv[2]), number(argv[5]));
    std::printf("%s%s\n", run.log().c_str(),
                run.complaint().empty() ? "all is there" : run.complaint().c_str());
    return run.complaint().empty() ? 0 : 1;
  }
  const CallNumber stride = argc > 4 ? number(argv[4]) : 1;
  const CallNumber first = argc > 5 ? number(argv[5]) : 1;
  Tally tally;
  for (std::uint64_t seed = number(argv[2]); seed <= number(argv[3]); ++seed) {
    run_seed(argv[1], *fault, seed, stride, first, tally);
  }
  std::printf("%llu runs, %llu complaints\n", static_cast<unsigned long long>(tally.runs),
              static_cast<unsigned long long>(tally.complaints));
  return tally.complaints == 0 ? 0 : 1;
}
