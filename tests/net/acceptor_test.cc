#include "net/acceptor.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "io/sim/disk.h"
#include "io/sim/host.h"
#include "io/sim/world.h"
#include "net/connection_quota.h"
#include "net/server.h"
#include "tests/io/endpoint.h"

using namespace moldau;
using namespace moldau::net;
using namespace std::chrono_literals;
using moldau::io::testing::buffer_of;
using moldau::io::testing::Endpoint;
using moldau::io::testing::pieces;

namespace {

constexpr std::uint16_t kClients = 9092;
constexpr std::uint16_t kOthers = 9093;

/// A service that answers nothing: each request is parked.
class Parking final : public Service {
 public:
  std::size_t served = 0;

 private:
  void serve(Connection&, Responder, Frame) override { ++served; }
  bool may_follow(ByteView) const override { return false; }
  void on_closed(Connection&) override {}
};

/// Two shards behind two listeners for clients, one quota, and a host from which clients come.
class Bench {
 public:
  Bench() {
    for (std::size_t i = 0; i < 2; ++i)
      servers_.push_back(
          std::make_unique<Server>(host_.loop(i), Server::Options{.budget_bytes = 1 << 20}, service));
    for (const std::uint16_t port : {kClients, kOthers})
      acceptors_.push_back(open(port));
  }

  /// Connects at `port`, and waits until that is accepted.
  Endpoint& come(std::uint16_t port) {
    const std::size_t before = open_count();
    client_host_.loop(0).connect({"10.0.0.1", port}, [this](Result<std::unique_ptr<io::Stream>> made) {
      clients_.push_back(std::make_unique<Endpoint>(*std::move(made)));
    });
    REQUIRE(world_.run_until([&] { return open_count() == before + 1; }, 10s));
    return *clients_.back();
  }
  void ask(Endpoint& client) {
    const std::size_t before = service.served;
    client.stream->send(pieces(buffer_of(Bytes{0, 0, 0, 1, 7})));
    REQUIRE(world_.run_until([&] { return service.served == before + 1; }, 10s));
  }

  /// Connections of the shard, those with a request under way though they are closed among them.
  std::size_t held(std::size_t shard) const { return servers_[shard]->connection_count(); }
  /// Connections of one listener, on both shards, that are there for their peers.
  std::size_t open_count(std::uint16_t port) const {
    const auto counts = acceptors_[port == kClients ? 0 : 1]->open_counts();
    return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  }
  std::size_t open_count() const { return open_count(kClients) + open_count(kOthers); }
  void pass_a_second() { world_.run_for(1s); }

  Parking service;
  ConnectionQuota quota{"BROKERS"};

 private:
  std::unique_ptr<Acceptor> open(std::uint16_t port) {
    std::vector<Acceptor::Target> targets;
    for (std::size_t i = 0; i < 2; ++i)
      targets.push_back({.loop = &host_.loop(i), .server = servers_[i].get()});
    return Acceptor::open(host_.loop(0),
                          {.address = {"10.0.0.1", port},
                           .backlog = 10,
                           .listener = {.name = std::to_string(port)},
                           .quota = &quota,
                           .refused = [](const io::SocketAddress&) {}},
                          std::move(targets))
        .value();
  }

  io::sim::World world_{7};
  io::sim::Disk disk_{world_.seed(), "disk"};
  io::sim::SimHost host_{world_, disk_, {.name = "server", .machine = "10.0.0.1", .loop_count = 2}};
  io::sim::Disk other_disk_{world_.seed(), "other disk"};
  io::sim::SimHost client_host_{world_, other_disk_, {.name = "client", .machine = "10.0.0.2"}};
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<std::unique_ptr<Endpoint>> clients_;
};

}  // namespace

TEST_CASE("where the limit of all falls, the listeners with the most close what is too much") {
  Bench bench;
  for (int i = 0; i < 2; ++i)
    bench.come(kClients);
  for (int i = 0; i < 6; ++i)
    bench.come(kOthers);
  bench.quota.change({.all = 5});
  bench.pass_a_second();
  CHECK(bench.open_count(kClients) == 2);
  CHECK(bench.open_count(kOthers) == 3);
  bench.quota.change({.all = 2});
  bench.pass_a_second();
  CHECK(bench.open_count(kClients) == 1);
  CHECK(bench.open_count(kOthers) == 1);
}

TEST_CASE("a connection that is closed does not count, whatever of it is under way") {
  Bench bench;
  for (int i = 0; i < 3; ++i)
    bench.ask(bench.come(kClients));
  bench.quota.change({.all = 2});
  bench.pass_a_second();
  CHECK(bench.open_count() == 2);
  CHECK(bench.held(0) + bench.held(1) == 3);
  bench.quota.change({.all = 3});
  bench.come(kOthers);
  CHECK(bench.open_count() == 3);
}

TEST_CASE("those who go by themselves as the limit falls keep nobody from being closed later") {
  Bench bench;
  std::vector<Endpoint*> clients;
  for (int i = 0; i < 6; ++i)
    clients.push_back(&bench.come(i < 3 ? kClients : kOthers));
  clients.front()->stream.reset();
  clients.back()->stream.reset();
  bench.quota.change({.all = 4});
  bench.pass_a_second();
  // Both may have gone beside the two that were closed.
  CHECK(bench.open_count() >= 2);
  CHECK(bench.open_count() <= 4);
  bench.quota.change({.all = 6});
  while (bench.open_count() < 6)
    bench.come(kOthers);
  bench.quota.change({.all = 1});
  bench.pass_a_second();
  CHECK(bench.open_count() == 1);
}
