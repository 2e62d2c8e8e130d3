// Transactions on the whole broker: atomic for readers, whatever happens between their begin and their end.

#include <cstdint>

#include <doctest/doctest.h>

#include "tests/sim/transaction_script.h"

namespace moldau::sim {
namespace {

TEST_CASE("Readers of what is committed see each transaction as a whole or not at all") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    TransactionScript script({.seed = seed, .loop_count = std::size_t{1} << (seed % 3), .kills = false});
    CHECK(script.run() == "");
    CHECK(script.committed() > 10);
  }
}

TEST_CASE("So they do when the broker is killed again and again, and clients ask again") {
  int kills = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    TransactionScript script({.seed = seed, .loop_count = std::size_t{1} << (seed % 3)});
    CHECK(script.run() == "");
    CHECK(script.committed() > 10);
    kills += script.kills();
  }
  CHECK(kills > 60);
}

}  // namespace
}  // namespace moldau::sim
