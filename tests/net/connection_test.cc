#include "net/connection.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/endian.h"

using namespace moldau;
using namespace moldau::net;

namespace {

/// A stream whose incoming bytes the test writes; everything sent is in the kernel when the test says so.
class ScriptedStream final : public io::Stream {
 public:
  void set_handler(io::StreamHandler* to) override { handler = to; }
  Result<io::ReadOutcome> read(MutableBytes into) override {
    const std::size_t size = std::min(into.size(), incoming.size() - read_bytes);
    std::copy_n(incoming.begin() + static_cast<std::ptrdiff_t>(read_bytes), size, into.begin());
    read_bytes += size;
    return io::ReadOutcome{.size_bytes = size, .end = size == 0 && has_ended};
  }
  void send(std::vector<io::Piece> pieces) override { sent.push_back(std::move(pieces)); }
  std::uint64_t queued_bytes() const override { return queued; }
  void set_muted(bool on) override { muted = on; }
  bool can_send_file() const override { return true; }
  io::SocketAddress local_address() const override { return {}; }
  io::SocketAddress peer_address() const override { return {}; }

  void receive_frame(std::size_t payload_bytes) {
    Bytes frame(4 + payload_bytes);
    store_big_endian(frame.data(), static_cast<std::int32_t>(payload_bytes));
    incoming.insert(incoming.end(), frame.begin(), frame.end());
  }

  io::StreamHandler* handler = nullptr;
  Bytes incoming;
  std::size_t read_bytes = 0;
  bool has_ended = false;
  bool muted = false;
  std::uint64_t queued = 0;
  std::vector<std::vector<io::Piece>> sent;
};

/// A connection with what surrounds it; the test is its service.
struct Bench final : Service, ConnectionOwner {
  explicit Bench(std::size_t budget_bytes = std::size_t{1} << 30)
      : budget(budget_bytes),
        connection(
            std::make_unique<Connection>(own_stream(), listener, options, *this, *this, budget, spare)) {}

  std::unique_ptr<io::Stream> own_stream() {
    auto made = std::make_unique<ScriptedStream>();
    stream = made.get();
    return made;
  }
  void serve(Connection&, Frame frame) override {
    served.push_back(frame.bytes().size());
    if (answers_at_once) connection->answer({});
  }
  void on_closed(Connection&) override { ++closed; }
  void on_finished(Connection&) override { connection.reset(); }
  void on_active(Connection&) override {}

  ListenerInfo listener{.name = "PLAINTEXT"};
  Connection::Options options{.max_frame_bytes = std::size_t{100} << 20};
  bool answers_at_once = true;
  std::vector<std::size_t> served;
  int closed = 0;
  ScriptedStream* stream = nullptr;
  MemoryBudget budget;
  moldau::Buffer spare;
  std::unique_ptr<Connection> connection;
};

}  // namespace

TEST_CASE("requests that came together are served in one event, small ones and large ones") {
  Bench bench;
  const std::vector<std::size_t> expected = {10, 20'000, 0, 70'000, 16'000, 16'380, 5};
  for (const std::size_t size : expected) {
    bench.stream->receive_frame(size);
  }
  bench.stream->handler->on_readable();
  CHECK(bench.served == expected);
  CHECK(bench.stream->sent.size() == expected.size());
  CHECK(!bench.stream->muted);
}

TEST_CASE("a connection that sends without end gives way to the others, and goes on in the next event") {
  Bench bench;
  constexpr std::size_t kFrames = 1000;
  for (std::size_t i = 0; i < kFrames; ++i) {
    bench.stream->receive_frame(10'000);
  }
  std::size_t events = 0;
  while (bench.served.size() < kFrames) {
    const std::size_t before = bench.stream->read_bytes;
    bench.stream->handler->on_readable();
    CHECK(bench.stream->read_bytes - before < 300'000);
    ++events;
  }
  CHECK(events > 10'000'000 / 300'000);
  CHECK(events < 100);
}

TEST_CASE("while a request is under way, one more is read and the stream falls silent") {
  Bench bench;
  bench.answers_at_once = false;
  for (int i = 0; i < 3; ++i) {
    bench.stream->receive_frame(20'000);
  }
  bench.stream->handler->on_readable();
  CHECK(bench.served.size() == 1);
  CHECK(bench.stream->muted);
  CHECK(bench.stream->read_bytes < 3 * 20'000);
  bench.connection->answer({});
  CHECK(bench.served.size() == 2);
  CHECK(!bench.stream->muted);
  bench.stream->handler->on_readable();
  bench.connection->answer({});
  CHECK(bench.served.size() == 3);
}

TEST_CASE("what was asked before the peer ended is answered, then the connection ends") {
  Bench bench;
  bench.stream->receive_frame(10);
  bench.stream->receive_frame(20);
  bench.stream->has_ended = true;
  bench.stream->handler->on_readable();
  bench.stream->handler->on_readable();
  CHECK(bench.served == std::vector<std::size_t>{10, 20});
  REQUIRE(bench.connection);
  CHECK(bench.stream->muted);
  bench.stream->handler->on_sent(2);
  CHECK(!bench.connection);
}

TEST_CASE("a request over the budget waits, unread, until another's answer is sent") {
  Bench bench(30'000);
  bench.stream->receive_frame(20'000);
  bench.stream->receive_frame(20'000);
  bench.stream->handler->on_readable();
  CHECK(bench.served.size() == 1);
  CHECK(bench.stream->muted);
  bench.stream->handler->on_sent(1);
  CHECK(!bench.stream->muted);
  bench.stream->handler->on_readable();
  CHECK(bench.served.size() == 2);
}

TEST_CASE("a frame costs the budget what has come of it, not what it announces") {
  Bench bench;
  constexpr std::size_t kAnnounced = 10'000'000;
  bench.stream->receive_frame(kAnnounced);
  const Bytes rest(bench.stream->incoming.begin() + 10'000, bench.stream->incoming.end());
  bench.stream->incoming.resize(10'000);
  bench.stream->handler->on_readable();
  CHECK(bench.budget.used_bytes() == 0);
  bench.stream->incoming.insert(bench.stream->incoming.end(), rest.begin(), rest.begin() + 190'000);
  bench.stream->handler->on_readable();
  CHECK(bench.budget.used_bytes() > 100'000);
  CHECK(bench.budget.used_bytes() <= 2 * 200'000);
  bench.stream->incoming.insert(bench.stream->incoming.end(), rest.begin() + 190'000, rest.end());
  bench.answers_at_once = false;
  while (bench.served.empty()) {
    bench.stream->handler->on_readable();
  }
  CHECK(bench.budget.used_bytes() == 4 + kAnnounced);
  bench.connection->answer({});
  bench.stream->handler->on_sent(1);
  CHECK(bench.budget.used_bytes() == 0);
}

TEST_CASE("a length that cannot be ends the connection behind what was asked before it") {
  Bench bench;
  bench.stream->receive_frame(10);
  bench.stream->incoming.insert(bench.stream->incoming.end(), 100, 0xff);
  bench.stream->handler->on_readable();
  CHECK(bench.served == std::vector<std::size_t>{10});
  CHECK(!bench.connection);
}

TEST_CASE("no request is begun while the peer does not take its answers") {
  Bench bench;
  bench.stream->receive_frame(10);
  bench.stream->receive_frame(10);
  bench.stream->queued = std::uint64_t{2} << 20;
  bench.stream->handler->on_readable();
  CHECK(bench.served.empty());
  bench.stream->queued = 0;
  bench.connection->resume();
  CHECK(bench.served.size() == 2);
}

TEST_CASE("a refused request ends the connection, and nothing behind it is served") {
  Bench bench;
  bench.answers_at_once = false;
  bench.stream->receive_frame(10);
  bench.stream->receive_frame(10);
  bench.stream->handler->on_readable();
  CHECK(bench.served.size() == 1);
  bench.connection->refuse();
  CHECK(!bench.connection);
  CHECK(bench.served.size() == 1);
  CHECK(bench.budget.used_bytes() == 0);
}
