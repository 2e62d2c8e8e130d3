#include "quorum/voter_set.h"

#include <doctest/doctest.h>

namespace moldau::quorum {
namespace {

const Uuid kDirectory{1, 2};

Voter voter(std::int32_t id, Uuid directory = kDirectory, std::uint16_t port = 9093) {
  return Voter{.key = {BrokerId(id), directory},
               .endpoints = {{.listener = "CONTROLLER", .host = "localhost", .port = port}},
               .kraft_versions = {}};
}

TEST_CASE("voters are ordered by id and the last of several with one id counts") {
  const VoterSet set({voter(3), voter(1), voter(3, kDirectory, 9999)});
  CHECK(set.ids() == std::vector{BrokerId(1), BrokerId(3)});
  CHECK(set.find(BrokerId(3))->endpoints.front().port == 9999);
  CHECK(set.find(BrokerId(2)) == nullptr);
}

TEST_CASE("a known directory must match and an unknown one matches every directory") {
  const VoterSet dynamic({voter(1)});
  CHECK(dynamic.is_only_voter({BrokerId(1), kDirectory}));
  CHECK_FALSE(dynamic.is_voter({BrokerId(1), Uuid(9, 9)}));
  const VoterSet fixed({voter(1, Uuid{})});
  CHECK(fixed.is_only_voter({BrokerId(1), Uuid(9, 9)}));
  CHECK_FALSE(VoterSet({voter(1), voter(2)}).is_only_voter({BrokerId(1), kDirectory}));
}

TEST_CASE("a voter that moved is told from a stranger") {
  const VoterSet set({voter(1)});
  CHECK_FALSE(set.needs_update(voter(1)));
  CHECK(set.needs_update(voter(1, kDirectory, 1)));
  CHECK_FALSE(set.needs_update(voter(1, Uuid(5, 5), 1)));
  CHECK_FALSE(set.needs_update(voter(2)));
  REQUIRE(set.with_updated(voter(1, kDirectory, 1)).has_value());
  CHECK(set.with_updated(voter(1, kDirectory, 1))->find(BrokerId(1))->endpoints.front().port == 1);
  CHECK_FALSE(set.with_updated(voter(2)).has_value());
}

}  // namespace
}  // namespace moldau::quorum
