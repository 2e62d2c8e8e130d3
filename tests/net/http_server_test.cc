#include "net/http_server.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "io/sim/disk.h"
#include "io/sim/host.h"
#include "io/sim/world.h"
#include "tests/io/endpoint.h"

using namespace moldau;
using namespace moldau::net;
using namespace std::chrono_literals;
using moldau::io::testing::Endpoint;

namespace {

/// A server on one simulated machine, asked from another.
struct Bench {
  explicit Bench(HttpHandler handler)
      : server(HttpServer::open(host.loop(0), {"10.0.0.1", 80}, std::move(handler)).value()) {}

  std::unique_ptr<Endpoint> connect() {
    std::unique_ptr<Endpoint> end;
    client.loop(0).connect({"10.0.0.1", 80}, [&](Result<std::unique_ptr<io::Stream>> made) {
      end = std::make_unique<Endpoint>(*std::move(made));
    });
    REQUIRE(world.run_until([&] { return end != nullptr; }, 10s));
    return end;
  }

  static void send(Endpoint& end, std::string_view text) {
    Buffer bytes;
    bytes.append(as_bytes(text));
    std::vector<io::Piece> pieces;
    pieces.emplace_back(std::move(bytes));
    end.stream->send(std::move(pieces));
  }

  /// What comes until nothing more does for a while.
  std::string receive(Endpoint& end, Duration time = 5s) {
    world.run_for(time);
    const std::string text(as_text(end.received));
    end.received.clear();
    return text;
  }

  io::sim::World world{7};
  io::sim::Disk disk{world.seed(), "disk"};
  io::sim::SimHost host{world, disk, {.name = "server", .machine = "10.0.0.1"}};
  io::sim::Disk other_disk{world.seed(), "other disk"};
  io::sim::SimHost client{world, other_disk, {.name = "client", .machine = "10.0.0.2"}};
  std::unique_ptr<HttpServer> server;
};

void echo(const HttpRequest& request, HttpReply reply) {
  reply({.status = HttpStatus::kOk, .body = request.path});
}

}  // namespace

TEST_CASE("requests of one connection are answered in turn, however they come") {
  Bench bench(echo);
  const auto end = bench.connect();
  Bench::send(*end, "GET /a HTTP/1.1\r\nHost: x\r\n\r\nHEAD /bc HTTP/1.1\r\nHo");
  const std::string both = bench.receive(*end);
  CHECK(both.find("Content-Length: 2\r\nConnection: keep-alive\r\n\r\n/aHTTP/1.1") == std::string::npos);
  CHECK(both.ends_with("\r\n\r\n/a"));
  Bench::send(*end, "st: x\r\n\r\nGET /d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string rest = bench.receive(*end);
  CHECK(rest.find("Content-Length: 3\r\nConnection: keep-alive\r\n\r\nHTTP/1.1 200") != std::string::npos);
  CHECK(rest.ends_with("Connection: close\r\n\r\n/d"));
  CHECK(end->ended);
}

TEST_CASE("what is no request is answered, and the connection closed") {
  Bench bench(echo);
  for (const auto& [text, status] :
       {std::pair("POST / HTTP/1.1\r\nHost: x\r\n\r\n", "405"), std::pair("\x16\x03\x01\r\n\r\n", "400")}) {
    const auto end = bench.connect();
    Bench::send(*end, text);
    CHECK(bench.receive(*end).starts_with("HTTP/1.1 " + std::string(status)));
    CHECK(end->ended);
  }
  const auto end = bench.connect();
  Bench::send(*end, std::string(100'000, 'x'));
  CHECK(bench.receive(*end).starts_with("HTTP/1.1 414"));
}

TEST_CASE("whoever does not go on is closed, and so are too many") {
  Bench bench(echo);
  std::vector<std::unique_ptr<Endpoint>> ends;
  for (std::size_t i = 0; i <= HttpServer::kMaxConnections; ++i)
    ends.push_back(bench.connect());
  bench.world.run_for(1s);
  CHECK(ends.back()->ended);
  CHECK_FALSE(ends.front()->ended);
  for (int i = 0; i < 10; ++i) {
    Bench::send(*ends.front(), "G");
    bench.world.run_for(4s);
  }
  CHECK(ends.front()->ended);
  Bench::send(*bench.connect(), "GET / HTTP/1.1\r\n");
}

TEST_CASE("an answer may come later, or when its client has gone") {
  std::vector<HttpReply> replies;
  Bench bench([&](const HttpRequest&, HttpReply reply) { replies.push_back(std::move(reply)); });
  const auto end = bench.connect();
  auto gone = bench.connect();
  Bench::send(*end, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  Bench::send(*gone, "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(bench.receive(*end).empty());
  REQUIRE(replies.size() == 2);
  gone.reset();
  bench.world.run_for(1s);
  for (HttpReply& reply : replies)
    reply({.status = HttpStatus::kServiceUnavailable, .body = "no"});
  CHECK(bench.receive(*end).starts_with("HTTP/1.1 503"));
  Bench::send(*end, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  bench.world.run_for(1s);
  REQUIRE(replies.size() == 3);
  bench.server.reset();
  replies.back()({.status = HttpStatus::kOk, .body = "nobody is there"});
}
