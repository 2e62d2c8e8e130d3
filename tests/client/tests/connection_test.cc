#include "tests/client/connection.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "peer.h"
#include "protocol/messages/api_versions_request.h"
#include "protocol/messages/api_versions_response.h"
#include "protocol/messages/fetch_request.h"
#include "protocol/messages/fetch_response.h"
#include "protocol/messages/metadata_request.h"
#include "protocol/messages/metadata_response.h"
#include "protocol/messages/produce_request.h"
#include "tests/io/uv_bench.h"

using namespace moldau;
using namespace moldau::client;
using namespace moldau::protocol;
using client::testing::Peer;
using io::testing::UvBench;

namespace {

using MetadataAnswer = Result<Answer<MetadataResponse>>;

/// A client connected to a peer; everything on loop 0.
struct Connected {
  Connected() {
    Connection::connect(loop, peer.address(), [this](Result<std::unique_ptr<Connection>> made) {
      connection = std::move(made).value();
    });
    REQUIRE(bench.run_until([this] { return connection != nullptr; }));
  }

  /// Asks for metadata of one topic; its answer goes to `answers`.
  void ask(std::string_view topic) {
    MetadataRequest request;
    request.topics.emplace();
    request.topics->emplace_back().name = TopicName(topic);
    connection->send<MetadataResponse>(
        request, 12, [this](MetadataAnswer answer) { answers.push_back(std::move(answer)); });
  }

  void answer(std::size_t index, std::string_view cluster_id) {
    MetadataResponse response;
    response.cluster_id = cluster_id;
    peer.answer(index, response);
  }

  UvBench bench;
  io::Loop& loop = bench.host().loop(0);
  Peer peer{loop};
  std::unique_ptr<Connection> connection;
  std::vector<MetadataAnswer> answers;
};

}  // namespace

TEST_CASE("requests under way at once get their answers in order") {
  Connected both;
  both.ask("first");
  both.ask("second");
  CHECK(both.connection->under_way() == 2);
  REQUIRE(both.bench.run_until([&] { return both.peer.requests.size() == 2; }));
  CHECK(*both.peer.body<MetadataRequest>(0).topics->front().name == TopicName("first"));
  CHECK(*both.peer.body<MetadataRequest>(1).topics->front().name == TopicName("second"));
  both.answer(0, "one");
  both.answer(1, "two");
  REQUIRE(both.bench.run_until([&] { return both.answers.size() == 2; }));
  CHECK((*both.answers[0])->cluster_id == "one");
  CHECK((*both.answers[1])->cluster_id == "two");
  CHECK(both.connection->under_way() == 0);
}

TEST_CASE("headers are those of the version, old and flexible") {
  Connected both;
  std::vector<std::int16_t> versions;
  const auto ask = [&](std::int16_t version) {
    both.connection->send<FetchResponse>(FetchRequest{}, version,
                                         [&, version](Result<Answer<FetchResponse>> got) {
                                           REQUIRE(got);
                                           CHECK((*got)->session_id == version);
                                           versions.push_back(version);
                                         });
  };
  both.connection->set_client_id("tester");
  ask(11);
  ask(12);
  ask(17);
  REQUIRE(both.bench.run_until([&] { return both.peer.requests.size() == 3; }));
  for (std::size_t i = 0; i < 3; ++i) {
    const auto request = both.peer.request(i);
    CHECK(request.header.client_id == "tester");
    FetchResponse response;
    response.session_id = request.header.request_api_version;
    both.peer.answer(i, response);
  }
  REQUIRE(both.bench.run_until([&] { return versions.size() == 3; }));
}

TEST_CASE("the answer to ApiVersions has the old header in every version") {
  Connected both;
  bool answered = false;
  ApiVersionsRequest request;
  request.client_software_name = "tester";
  request.client_software_version = "1";
  both.connection->send<ApiVersionsResponse>(request, 3, [&](Result<Answer<ApiVersionsResponse>> got) {
    answered = got && (*got)->api_keys.size() == 1;
  });
  REQUIRE(both.bench.run_until([&] { return both.peer.requests.size() == 1; }));
  ApiVersionsResponse response;
  response.api_keys.emplace_back();
  both.peer.answer(0, response);
  CHECK(both.bench.run_until([&] { return answered; }));
}

TEST_CASE("an answer outlives the connection it came by") {
  Connected both;
  both.ask("topic");
  REQUIRE(both.bench.run_until([&] { return both.peer.requests.size() == 1; }));
  const std::string name(10'000, 'x');
  both.answer(0, name);
  REQUIRE(both.bench.run_until([&] { return both.answers.size() == 1; }));
  both.connection.reset();
  CHECK((*both.answers[0])->cluster_id == name);
}

TEST_CASE("requests that get no answer leave the others' order alone") {
  Connected both;
  ProduceRequest request;
  request.timeout_ms = 7;
  REQUIRE(both.connection->send_unanswered(request, 9));
  both.ask("topic");
  REQUIRE(both.bench.run_until([&] { return both.peer.requests.size() == 2; }));
  CHECK(both.peer.body<ProduceRequest>(0).timeout_ms == 7);
  both.answer(1, "one");
  CHECK(both.bench.run_until([&] { return both.answers.size() == 1 && both.answers[0].has_value(); }));
}

TEST_CASE("a connection that ends fails who waits, then tells its owner, then fails who comes later") {
  Connected both;
  std::vector<std::string> heard;
  both.ask("first");
  both.connection->on_closed([&](const Error& error) {
    heard.push_back(error.message);
    CHECK(both.answers.size() == 1);
  });
  REQUIRE(both.bench.run_until([&] { return both.peer.requests.size() == 1; }));
  both.peer.close();
  REQUIRE(both.bench.run_until([&] { return heard.size() == 1; }));
  CHECK(!both.connection->is_open());
  REQUIRE(!both.answers[0]);
  CHECK(both.answers[0].error().code == ErrorCode::kNetworkException);
  both.ask("second");
  CHECK(both.answers.size() == 1);
  REQUIRE(both.bench.run_until([&] { return both.answers.size() == 2; }));
  CHECK(both.answers[1].error().code == ErrorCode::kNetworkException);
  CHECK(heard.size() == 1);
}

TEST_CASE("an answer nobody waits for ends the connection") {
  Connected both;
  both.ask("first");
  both.ask("second");
  REQUIRE(both.bench.run_until([&] { return both.peer.requests.size() == 2; }));
  both.answer(1, "out of order");
  REQUIRE(both.bench.run_until([&] { return both.answers.size() == 2; }));
  CHECK(!both.answers[0]);
  CHECK(!both.answers[1]);
  CHECK(!both.connection->is_open());
}

TEST_CASE("a length that cannot be ends the connection behind the answer it came with") {
  Connected both;
  both.ask("first");
  both.ask("second");
  REQUIRE(both.bench.run_until([&] { return both.peer.requests.size() == 2; }));
  MetadataResponse response;
  response.cluster_id = "in order";
  const auto header = both.peer.request(0).header;
  Buffer bytes =
      wire::encode_response(response, header.request_api_version, header.correlation_id).value().bytes;
  bytes.append(Bytes(10, 0xff));
  both.peer.send(std::move(bytes));
  Buffer more;
  more.append(Bytes(100'000, 0xff));
  both.peer.send(std::move(more));
  REQUIRE(both.bench.run_until([&] { return both.answers.size() == 2; }));
  CHECK(both.answers[0]);
  REQUIRE(!both.answers[1]);
  CHECK(both.answers[1].error().code == ErrorCode::kNetworkException);
  CHECK(!both.connection->is_open());
}

TEST_CASE("what cannot be sent in a version, or is no answer of it, is an error of that request alone") {
  Connected both;
  both.ask("topic");
  const auto keep = [&](MetadataAnswer answer) { both.answers.push_back(std::move(answer)); };
  both.connection->send<MetadataResponse>(MetadataRequest{}, 99, keep);
  CHECK(both.answers.empty());
  REQUIRE(both.bench.run_until([&] { return both.answers.size() == 1 && both.peer.requests.size() == 1; }));
  CHECK(both.answers[0].error().code == ErrorCode::kUnsupportedVersion);
  Buffer nonsense(4 + 5);
  store_big_endian(nonsense.data(), std::int32_t{5});
  store_big_endian(nonsense.data() + 4, both.peer.request(0).header.correlation_id);
  nonsense.data()[8] = 0x7F;
  both.peer.send(std::move(nonsense));
  REQUIRE(both.bench.run_until([&] { return both.answers.size() == 2; }));
  CHECK(both.answers[1].error().code == ErrorCode::kInvalidRequest);
  CHECK(both.connection->is_open());
}

TEST_CASE("a connection may be destroyed by the answer it delivers") {
  Connected both;
  int called = 0;
  const auto destroy = [&](const MetadataAnswer&) {
    ++called;
    both.connection.reset();
  };
  both.connection->send<MetadataResponse>(MetadataRequest{}, 12, destroy);
  both.connection->send<MetadataResponse>(MetadataRequest{}, 12, destroy);
  REQUIRE(both.bench.run_until([&] { return both.peer.requests.size() == 2; }));
  both.answer(0, "one");
  both.answer(1, "two");
  REQUIRE(both.bench.run_until([&] { return called == 1; }));
  CHECK(!both.connection);
}

TEST_CASE("an address where nobody listens is told to who connects") {
  UvBench bench;
  io::SocketAddress address;
  {
    const Peer peer(bench.host().loop(0));
    address = peer.address();
  }
  std::optional<Error> failure;
  Connection::connect(bench.host().loop(0), address,
                      [&](const Result<std::unique_ptr<Connection>>& made) { failure = made.error(); });
  REQUIRE(bench.run_until([&] { return failure.has_value(); }));
  CHECK(failure->code == ErrorCode::kNetworkException);
}
