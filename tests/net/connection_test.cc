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
  void send(std::vector<io::Piece> pieces) override { sent->push_back(std::move(pieces)); }
  std::uint64_t queued_bytes() const override { return queued; }
  void set_muted(bool on) override { muted = on; }
  bool can_send_file() const override { return true; }
  io::SocketAddress local_address() const override { return {}; }

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
  /// Outlives the stream for who keeps it.
  std::shared_ptr<std::vector<std::vector<io::Piece>>> sent =
      std::make_shared<std::vector<std::vector<io::Piece>>>();
};

/// A request of that size does not follow one that is under way.
constexpr std::size_t kStandsAlone = 7;

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
  void serve(Connection&, Responder responder, Frame frame) override {
    served.push_back(frame.bytes().size());
    under_way.push_back(responder);
    if (lets_follow) responder.let_follow();
    if (answers_at_once) answer();
  }
  bool may_follow(ByteView frame) const override { return frame.size() != kStandsAlone; }

  /// Has these requests come in one event, of which each lets the next one follow.
  void receive_under_way(const std::vector<std::size_t>& sizes) {
    answers_at_once = false;
    lets_follow = true;
    for (const std::size_t size : sizes) {
      stream->receive_frame(size);
    }
    stream->handler->on_readable();
  }

  /// Answers the `at`th of the requests under way with so many pieces.
  void answer(std::size_t at = 0, std::size_t pieces = 0) { take(at).answer(std::vector<io::Piece>(pieces)); }
  Responder take(std::size_t at = 0) {
    const Responder taken = under_way.at(at);
    under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(at));
    return taken;
  }
  /// The answers that have left, each by the number of its pieces.
  std::vector<std::size_t> answers() const {
    std::vector<std::size_t> sizes;
    for (const auto& pieces : *stream->sent) {
      sizes.push_back(pieces.size());
    }
    return sizes;
  }
  void on_closed(Connection&) override { ++closed; }
  void on_disconnected(Connection&) override {}
  void on_finished(Connection&) override { connection.reset(); }
  void on_active(Connection&) override {}

  ListenerInfo listener{.name = "PLAINTEXT"};
  Connection::Options options{.max_frame_bytes = std::size_t{100} << 20};
  bool answers_at_once = true;
  bool lets_follow = false;
  std::vector<Responder> under_way;
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
  CHECK(bench.stream->sent->size() == expected.size());
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
  bench.answer();
  CHECK(bench.served.size() == 2);
  CHECK(!bench.stream->muted);
  bench.stream->handler->on_readable();
  bench.answer();
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

TEST_CASE("a request over the budget waits, unread, until another is answered") {
  Bench bench(30'000);
  bench.answers_at_once = false;
  bench.stream->receive_frame(20'000);
  bench.stream->receive_frame(20'000);
  bench.stream->handler->on_readable();
  CHECK(bench.served.size() == 1);
  CHECK(bench.stream->muted);
  bench.answer();
  CHECK(!bench.stream->muted);
  bench.stream->handler->on_readable();
  CHECK(bench.served.size() == 2);
}

TEST_CASE("what is answered costs the budget nothing, however long the peer takes for it") {
  Bench bench;
  bench.stream->receive_frame(20'000);
  bench.stream->queued = 70;
  bench.stream->handler->on_readable();
  CHECK(bench.served.size() == 1);
  CHECK(!bench.connection->is_idle());
  CHECK(bench.connection->unsent_bytes() == 70);
  CHECK(bench.budget.used_bytes() == 0);
  bench.stream->handler->on_sent(1);
  CHECK(bench.connection->is_idle());
}

TEST_CASE("a connection that breaks while it waits for what its own request holds ends with that request") {
  Bench bench(30'000);
  bench.answers_at_once = false;
  bench.stream->receive_frame(20'000);
  bench.stream->receive_frame(20'000);
  bench.stream->handler->on_readable();
  CHECK(bench.served.size() == 1);
  CHECK(bench.stream->muted);
  bench.stream->handler->on_broken(Error{ErrorCode::kNetworkException, "reset"});
  REQUIRE(bench.connection);
  bench.answer();
  CHECK(!bench.connection);
  CHECK(bench.budget.used_bytes() == 0);
}

TEST_CASE(
    "a connection that is to finish while it waits for what its own request holds ends with that one's "
    "answer") {
  Bench bench(30'000);
  bench.answers_at_once = false;
  bench.stream->receive_frame(20'000);
  bench.stream->receive_frame(20'000);
  bench.stream->handler->on_readable();
  CHECK(bench.served.size() == 1);
  bench.connection->finish();
  bench.answer();
  REQUIRE(bench.connection);
  bench.stream->handler->on_sent(1);
  CHECK(!bench.connection);
  CHECK(bench.served.size() == 1);
  CHECK(bench.budget.used_bytes() == 0);
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
  bench.answer();
  bench.stream->handler->on_sent(1);
  CHECK(bench.budget.used_bytes() == 0);
}

TEST_CASE("a length that cannot be ends the connection behind what was asked before it") {
  Bench bench;
  bench.stream->receive_frame(10);
  bench.stream->incoming.insert(bench.stream->incoming.end(), 100, 0xff);
  bench.stream->handler->on_readable();
  CHECK(bench.served == std::vector<std::size_t>{10});
  REQUIRE(bench.connection);
  bench.stream->handler->on_sent(1);
  CHECK(!bench.connection);
}

TEST_CASE("what is under way before a length that cannot be is answered, then the connection ends") {
  Bench bench;
  bench.answers_at_once = false;
  bench.stream->receive_frame(10);
  bench.stream->incoming.insert(bench.stream->incoming.end(), 100, 0xff);
  bench.stream->handler->on_readable();
  REQUIRE(bench.connection);
  CHECK(bench.stream->muted);
  bench.answer(0, 1);
  REQUIRE(bench.connection);
  CHECK(bench.answers() == std::vector<std::size_t>{1});
  bench.stream->handler->on_sent(1);
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
  bench.take().refuse();
  CHECK(!bench.connection);
  CHECK(bench.served.size() == 1);
  CHECK(bench.budget.used_bytes() == 0);
}

TEST_CASE("requests that follow each other are answered in their order, whichever is done first") {
  Bench bench;
  bench.receive_under_way({10, 20, 30});
  CHECK(bench.served == std::vector<std::size_t>{10, 20, 30});
  CHECK(!bench.stream->muted);
  bench.answer(2, 3);
  bench.answer(1, 2);
  CHECK(bench.answers().empty());
  bench.answer(0, 1);
  CHECK(bench.answers() == std::vector<std::size_t>{1, 2, 3});
  CHECK(!bench.connection->is_idle());
  bench.stream->handler->on_sent(3);
  CHECK(bench.connection->is_idle());
  CHECK(bench.budget.used_bytes() == 0);
}

TEST_CASE("a request of another kind waits for those before it, and those behind wait for it") {
  Bench bench;
  bench.receive_under_way({10, kStandsAlone, 20});
  CHECK(bench.served == std::vector<std::size_t>{10});
  CHECK(bench.stream->muted);
  bench.lets_follow = false;
  bench.answer();
  CHECK(bench.served == std::vector<std::size_t>{10, kStandsAlone});
  bench.answer();
  CHECK(bench.served == std::vector<std::size_t>{10, kStandsAlone, 20});
  CHECK(!bench.stream->muted);
}

TEST_CASE("a refused request ends the connection behind the answers of those before it") {
  Bench bench;
  bench.receive_under_way({10, 20, 30});
  bench.take(1).refuse();
  CHECK(bench.closed == 0);
  bench.answer(1, 3);
  REQUIRE(bench.connection);
  CHECK(bench.answers().empty());
  const auto sent = bench.stream->sent;
  bench.answer(0, 1);
  CHECK(bench.closed == 1);
  CHECK(!bench.connection);
  CHECK(sent->size() == 1);
  CHECK(bench.budget.used_bytes() == 0);
}

TEST_CASE("a connection that breaks lives until all that is under way is answered") {
  Bench bench;
  bench.receive_under_way({10, 20, 30});
  bench.stream->handler->on_broken(Error{ErrorCode::kNetworkException, "reset"});
  CHECK(bench.closed == 1);
  bench.answer(1);
  bench.take(0).answer_nothing();
  REQUIRE(bench.connection);
  bench.answer(0);
  CHECK(!bench.connection);
  CHECK(bench.budget.used_bytes() == 0);
}

TEST_CASE("a connection that is to finish answers what is under way and begins nothing more") {
  Bench bench;
  bench.receive_under_way({10, 20});
  bench.connection->finish();
  bench.receive_under_way({30});
  CHECK(bench.served == std::vector<std::size_t>{10, 20});
  bench.answer(1);
  bench.answer(0);
  REQUIRE(bench.connection);
  bench.stream->handler->on_sent(2);
  CHECK(!bench.connection);
}

TEST_CASE("only so many requests, and so many bytes of them, follow each other") {
  Bench small;
  small.receive_under_way(std::vector<std::size_t>(100, 10));
  CHECK(small.served.size() == 16);
  CHECK(small.stream->muted);
  small.answer();
  CHECK(small.served.size() == 17);
  Bench large;
  large.receive_under_way(std::vector<std::size_t>(100, 100'000));
  large.stream->handler->on_readable();
  CHECK(large.served.size() == 3);
  CHECK(large.stream->muted);
}
