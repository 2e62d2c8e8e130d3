// Random scenarios by the thousand: `sim_seeds SCENARIO FIRST-SEED LAST-SEED`.
//
// SCENARIO is transactions, in which producers commit, abort and leave transactions (TransactionScript), or
// groups, in which groups of all kinds have members that come and go (GroupScript); the broker is killed
// meanwhile. Each run that breaks a promise, or has too little acknowledged to show anything, is printed with
// its seed, and makes the status 1. One seed alone prints what happened last as well.

#include <cstdint>
#include <cstdio>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "tests/sim/groups/group_script.h"
#include "tests/sim/transaction_script.h"
#include "tests/support/number.h"

namespace {

using moldau::sim::GroupScript;
using moldau::sim::TransactionScript;

constexpr int kFewestAcknowledged = 50;

/// What came of one run.
struct Outcome {
  std::string complaint;
  int acknowledged = 0;
  int ends = 0;  ///< of the broker
  std::deque<std::string> story = {};
};

using Scenario = Outcome (*)(std::uint64_t seed, std::size_t loop_count);

Outcome run_transactions(std::uint64_t seed, std::size_t loop_count) {
  TransactionScript script({.seed = seed, .loop_count = loop_count});
  std::string complaint = script.run();
  return {std::move(complaint), script.acknowledged(), script.kills()};
}

Outcome run_groups(std::uint64_t seed, std::size_t loop_count) {
  GroupScript script({.seed = seed, .loop_count = loop_count});
  std::string complaint = script.run();
  return {std::move(complaint), script.acknowledged(), script.restarts(), script.story()};
}

Scenario find_scenario(const std::string& name) {
  if (name == "transactions") return run_transactions;
  if (name == "groups") return run_groups;
  return nullptr;
}

struct Tally {
  long long runs = 0;
  long long complaints = 0;
  long long acknowledged = 0;
  long long ends = 0;
};

void run_seed(const std::string& name, Scenario scenario, std::uint64_t seed, bool is_alone, Tally& tally) {
  Outcome outcome = scenario(seed, std::size_t{1} << (seed % 3));
  if (outcome.complaint.empty() && outcome.acknowledged < kFewestAcknowledged) {
    outcome.complaint = "only " + std::to_string(outcome.acknowledged) + " requests were acknowledged";
  }
  ++tally.runs;
  tally.acknowledged += outcome.acknowledged;
  tally.ends += outcome.ends;
  if (outcome.complaint.empty()) return;
  ++tally.complaints;
  for (const std::string& line : outcome.story) {
    if (is_alone) std::printf("%s\n", line.c_str());
  }
  const std::string number = std::to_string(seed);
  std::printf("sim_seeds %s %s %s: %s\n", name.c_str(), number.c_str(), number.c_str(),
              outcome.complaint.c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = argc == 4 ? argv[1] : "";
  const Scenario scenario = find_scenario(name);
  const auto first = scenario != nullptr ? moldau::testing::number_of(argv[2]) : std::nullopt;
  const auto last = scenario != nullptr ? moldau::testing::number_of(argv[3]) : std::nullopt;
  if (!first || !last) {
    std::fprintf(stderr, "usage: sim_seeds transactions|groups FIRST-SEED LAST-SEED\n");
    return 2;
  }
  Tally tally;
  for (std::uint64_t seed = *first; seed <= *last; ++seed)
    run_seed(name, scenario, seed, *first == *last, tally);
  std::printf("%lld runs, %lld complaints, %lld requests acknowledged, the broker ended %lld times\n",
              tally.runs, tally.complaints, tally.acknowledged, tally.ends);
  return tally.complaints == 0 ? 0 : 1;
}
