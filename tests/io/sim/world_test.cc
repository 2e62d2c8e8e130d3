#include "io/sim/world.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../endpoint.h"
#include "io/sim/disk.h"
#include "io/sim/host.h"

namespace moldau::io::sim {
namespace {

using testing::buffer_of;
using testing::Door;
using testing::Endpoint;
using testing::noise;
using testing::pieces;

/// Two machines that exchange some bytes; gives what tells two runs apart.
std::uint64_t run_once(std::uint64_t seed) {
  World world(seed);
  Disk left_disk(world.seed(), "left disk");
  Disk right_disk(world.seed(), "right disk");
  SimHost left(world, left_disk, {.name = "left", .machine = "10.0.0.1"});
  SimHost right(world, right_disk, {.name = "right", .machine = "10.0.0.2"});
  Door door(left.loop(0), {"10.0.0.1", 9092});
  std::unique_ptr<Endpoint> client;
  std::unique_ptr<Endpoint> server;
  right.loop(0).connect({"10.0.0.1", 9092}, [&](Result<std::unique_ptr<Stream>> made) {
    client = std::make_unique<Endpoint>(std::move(made).value());
    client->stream->send(pieces(buffer_of(noise(20'000))));
  });
  REQUIRE(world.run_until([&] { return !door.accepted.empty(); }, std::chrono::seconds(10)));
  server = std::make_unique<Endpoint>(left.loop(0).adopt(std::move(door.accepted.back()), -1, -1));
  REQUIRE(world.run_until([&] { return server->received.size() == 20'000; }, std::chrono::seconds(10)));
  CHECK((server->received == noise(20'000)));
  return world.trace().hash();
}

TEST_CASE("The same seed gives the same run, another one a different run") {
  std::set<std::uint64_t> runs;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const std::uint64_t first = run_once(seed);
    CHECK(run_once(seed) == first);
    runs.insert(first);
  }
  CHECK(runs.size() == 10);
}

TEST_CASE("Virtual time passes from one event to the next") {
  World world(1);
  Disk disk(world.seed(), "disk");
  SimHost host(world, disk, {.name = "host"});
  Loop& loop = host.loop(0);
  const Instant start = world.now();
  const TimestampMs wall = loop.clock().wall_ms();
  bool fired = false;
  const auto timer = loop.make_timer([&] { fired = true; });
  timer->arm(start + std::chrono::hours(24 * 30));
  REQUIRE(world.run_until([&] { return fired; }, std::chrono::hours(24 * 365)));
  CHECK(loop.clock().now() == start + std::chrono::hours(24 * 30));
  CHECK(loop.clock().wall_ms() - wall == TimestampMs{30} * 24 * 3600 * 1000);
  CHECK(!world.run_until([] { return false; }, std::chrono::hours(1)));
  CHECK(world.now() == start + std::chrono::hours(24 * 30 + 1));
  world.shift_wall(-5000);
  CHECK(loop.clock().wall_ms() - wall == TimestampMs{(30 * 24 + 1) * 3600 * 1000LL - 5000});
}

TEST_CASE("Posts of several loops mix in more than one order") {
  std::set<std::string> orders;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    World world(seed);
    Disk disk(world.seed(), "disk");
    SimHost host(world, disk, {.name = "host", .loop_count = 3});
    std::string order;
    for (const std::size_t from : {std::size_t{1}, std::size_t{2}}) {
      host.loop(from).post([&host, &order, from] {
        for (int i = 0; i < 2; ++i) {
          host.loop(0).post([&order, from] { order += std::to_string(from); });
        }
      });
    }
    REQUIRE(world.run_until([&] { return order.size() == 4; }, std::chrono::seconds(1)));
    orders.insert(order);
  }
  CHECK(orders.size() > 2);
}

TEST_CASE("The peers of a process that ends see the connection end or break") {
  World world(7);
  Disk left_disk(world.seed(), "left disk");
  Disk right_disk(world.seed(), "right disk");
  auto left = std::make_unique<SimHost>(world, left_disk, SimHost::Options{.name = "left"});
  SimHost right(world, right_disk, {.name = "right", .machine = "10.0.0.2"});
  auto door = std::make_unique<Door>(left->loop(0), SocketAddress{"", 9092});
  std::unique_ptr<Endpoint> client;
  right.loop(0).connect({"10.0.0.1", 9092}, [&](Result<std::unique_ptr<Stream>> made) {
    client = std::make_unique<Endpoint>(std::move(made).value());
  });
  REQUIRE(world.run_until([&] { return client && !door->accepted.empty(); }, std::chrono::seconds(10)));
  door.reset();
  left.reset();
  REQUIRE(world.run_until([&] { return client->ended || client->broken; }, std::chrono::seconds(10)));
  std::vector<Error> refused;
  right.loop(0).connect({"10.0.0.1", 9092}, [&](const Result<std::unique_ptr<Stream>>& made) {
    if (!made) refused.push_back(made.error());
  });
  REQUIRE(world.run_until([&] { return !refused.empty(); }, std::chrono::seconds(10)));
}

}  // namespace
}  // namespace moldau::io::sim
