// What coordinators do whose log cannot be read.

#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "protocol/messages/list_groups_request.h"
#include "protocol/messages/list_groups_response.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

/// Behind the header of the first batch: the length of its first record.
constexpr std::uint64_t kFirstRecordAt = 61;

/// Gives the first record of each log of that topic that has one a length that cannot be.
int damage_logs(io::Host& host, const std::string& topic) {
  int damaged = 0;
  for (const char* path : {"/data", "/second", "/third"}) {
    const auto dir = host.open_root(path).value();
    for (const io::DirectoryEntry& entry : dir->list().value()) {
      if (!entry.name.starts_with(topic + "-")) continue;
      const auto folder = dir->open_directory(entry.name).value();
      const auto log = folder->open_file("00000000000000000000.log", io::OpenMode::kReadWrite).value();
      if (log->size_bytes().value() == 0) continue;
      REQUIRE(log->write_at(kFirstRecordAt, Bytes{1}));
      ++damaged;
    }
  }
  return damaged;
}

TEST_CASE("Groups whose log cannot be read are nobody's, and the others are served") {
  SeveralDisks node;
  node.start();
  REQUIRE(node.client().find_coordinator("lost"));
  REQUIRE(node.client().create_topic("t", 1, {}).value() != Uuid());
  REQUIRE(node.client().commit("lost", "t", 5) == ErrorCode::kNone);
  node.stop();
  REQUIRE(damage_logs(*node.somebody(), "__consumer_offsets") == 1);
  node.start();
  node.world().run_for(5s);
  CHECK(node.client().commit("lost", "t", 6) == ErrorCode::kNotCoordinator);
  const auto listed =
      node.client().call<protocol::ListGroupsResponse>(protocol::ListGroupsRequest(), std::int16_t{4});
  REQUIRE(listed);
  CHECK((*listed)->error_code == ErrorCode::kNone);
  CHECK((*listed)->groups.empty());
}

}  // namespace
}  // namespace moldau::sim
