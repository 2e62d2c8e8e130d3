// Random scenarios by the thousand: `sim_seeds transactions FIRST-SEED LAST-SEED`.
//
// Producers commit, abort and leave transactions while the broker is killed (TransactionScript). Each run
// that breaks a promise, or has too little acknowledged to show anything, is printed with its seed, and makes
// the status 1.

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "tests/sim/transaction_script.h"
#include "tests/support/number.h"

namespace {

using moldau::sim::TransactionScript;

constexpr int kFewestAcknowledged = 50;

struct Tally {
  long long runs = 0;
  long long complaints = 0;
  long long acknowledged = 0;
  long long kills = 0;
};

void run_seed(std::uint64_t seed, Tally& tally) {
  TransactionScript script({.seed = seed, .loop_count = std::size_t{1} << (seed % 3)});
  std::string complaint = script.run();
  if (complaint.empty() && script.acknowledged() < kFewestAcknowledged) {
    complaint = "only " + std::to_string(script.acknowledged()) + " requests were acknowledged";
  }
  ++tally.runs;
  tally.acknowledged += script.acknowledged();
  tally.kills += script.kills();
  if (complaint.empty()) return;
  ++tally.complaints;
  const std::string number = std::to_string(seed);
  std::printf("sim_seeds transactions %s %s: %s\n", number.c_str(), number.c_str(), complaint.c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const bool has_all = argc == 4 && std::string_view(argv[1]) == "transactions";
  const auto first = has_all ? moldau::testing::number_of(argv[2]) : std::nullopt;
  const auto last = has_all ? moldau::testing::number_of(argv[3]) : std::nullopt;
  if (!first || !last) {
    std::fprintf(stderr, "usage: sim_seeds transactions FIRST-SEED LAST-SEED\n");
    return 2;
  }
  Tally tally;
  for (std::uint64_t seed = *first; seed <= *last; ++seed)
    run_seed(seed, tally);
  std::printf("%lld runs, %lld complaints, %lld requests acknowledged, %lld kills\n", tally.runs,
              tally.complaints, tally.acknowledged, tally.kills);
  return tally.complaints == 0 ? 0 : 1;
}
