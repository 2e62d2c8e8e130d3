#include "net/server.h"

#include <memory>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "io/sim/disk.h"
#include "io/sim/host.h"
#include "io/sim/world.h"
#include "tests/io/endpoint.h"

using namespace moldau;
using namespace moldau::net;
using namespace std::chrono_literals;
using moldau::io::testing::buffer_of;
using moldau::io::testing::Endpoint;
using moldau::io::testing::noise;
using moldau::io::testing::pieces;

namespace {

/// A server and one client of it, which reads when the test does.
class Bench final : Service, io::ListenerHandler {
 public:
  explicit Bench(Duration max_idle)
      : server_(host_.loop(0), {.budget_bytes = 1 << 20, .max_idle = max_idle}, *this),
        listening_(host_.loop(0).listen({"10.0.0.1", 9092}, 10, this).value()) {
    client_host_.loop(0).connect({"10.0.0.1", 9092}, [&](Result<std::unique_ptr<io::Stream>> made) {
      client_ = std::make_unique<Endpoint>(*std::move(made));
      client_->stream->set_muted(true);
    });
    REQUIRE(world_.run_until([&] { return client_ != nullptr && server_.connection_count() == 1; }, 10s));
  }

  /// Asks for an answer of that size.
  void ask(std::size_t answer_bytes) {
    answer_bytes_ = answer_bytes;
    client_->stream->send(pieces(buffer_of(Bytes{0, 0, 0, 1, 7})));
  }
  bool is_connected() const { return server_.connection_count() == 1; }
  io::sim::World& world() { return world_; }
  Endpoint& client() { return *client_; }

 private:
  void serve(Connection&, Responder responder, Frame) override {
    responder.answer(pieces(buffer_of(noise(answer_bytes_))));
  }
  bool may_follow(ByteView) const override { return false; }
  void on_closed(Connection&) override {}
  void on_accept(std::unique_ptr<io::PendingStream> accepted) override {
    server_.take(std::move(accepted), listener_, [](const io::SocketAddress&) {});
  }

  io::sim::World world_{7};
  io::sim::Disk disk_{world_.seed(), "disk"};
  io::sim::SimHost host_{world_, disk_, {.name = "server", .machine = "10.0.0.1"}};
  io::sim::Disk other_disk_{world_.seed(), "other disk"};
  io::sim::SimHost client_host_{world_, other_disk_, {.name = "client", .machine = "10.0.0.2"}};
  ListenerInfo listener_{.name = "PLAINTEXT"};
  std::size_t answer_bytes_ = 0;
  Server server_;
  std::unique_ptr<io::Listener> listening_;
  std::unique_ptr<Endpoint> client_;
};

constexpr std::size_t kLarge = std::size_t{8} << 20;

}  // namespace

TEST_CASE("a connection is closed when nothing was asked for the limit, and only then") {
  Bench bench(10s);
  bench.world().run_for(8s);
  bench.ask(10);
  bench.world().run_for(8s);
  CHECK(bench.is_connected());
  bench.world().run_for(3s);
  CHECK_FALSE(bench.is_connected());
}

TEST_CASE("without a limit a connection may idle for ever") {
  Bench bench(-1ms);
  bench.ask(10);
  bench.world().run_for(24h);
  CHECK(bench.is_connected());
}

TEST_CASE("a peer that takes nothing of its answer is cut off, one that takes it slowly is not") {
  Bench bench(10s);
  bench.ask(kLarge);
  SUBCASE("nothing") {
    bench.world().run_for(30s);
    CHECK_FALSE(bench.is_connected());
  }
  SUBCASE("slowly") {
    for (int i = 0; i < 20; ++i) {
      bench.world().run_for(5s);
      bench.client().take(100'000);
    }
    CHECK(bench.is_connected());
  }
}
