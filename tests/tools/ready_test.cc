#include "tools/ready.h"

#include <memory>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "protocol/messages/api_versions_request.h"
#include "protocol/messages/api_versions_response.h"
#include "protocol/messages/metadata_request.h"
#include "protocol/messages/metadata_response.h"
#include "tests/client/tests/peer.h"
#include "tests/io/endpoint.h"
#include "tests/io/sim_bench.h"

using namespace moldau;
using namespace moldau::protocol;
using namespace moldau::tools;
using client::testing::Peer;
using io::testing::SimBench;

namespace {

using std::chrono::seconds;

ApiVersionsResponse versions_with_metadata(std::int16_t lowest, std::int16_t highest) {
  ApiVersionsResponse response;
  response.api_keys.push_back({.api_key = 18, .min_version = 0, .max_version = 4, .unknown_tags = {}});
  response.api_keys.push_back({.api_key = MetadataRequest::kApiKey,
                               .min_version = lowest,
                               .max_version = highest,
                               .unknown_tags = {}});
  return response;
}

MetadataResponse metadata_of(std::size_t brokers) {
  MetadataResponse response;
  for (std::size_t i = 0; i < brokers; ++i) {
    response.brokers.emplace_back().host = "broker";
  }
  return response;
}

/// A peer that stands for the broker, and somebody who waits for it, in simulated time.
struct Waiting {
  explicit Waiting(Duration timeout = seconds(10)) : started_at(loop.clock().now()) {
    wait.emplace(loop, peer.address(), timeout, [this](Result<void> got) { outcome = std::move(got); });
  }

  bool came(std::size_t count) {
    return bench.run_until([&] { return peer.requests.size() >= count; });
  }

  std::string what_is_amiss() {
    REQUIRE(bench.run_until([&] { return outcome.has_value(); }));
    return outcome->has_value() ? "nothing" : outcome->error().message;
  }

  Duration waited() const { return loop.clock().now() - started_at; }

  SimBench bench;
  io::Loop& loop = bench.host().loop(0);
  Peer peer{loop};
  Instant started_at;
  std::optional<Result<void>> outcome;
  std::optional<ReadyWait> wait;
};

}  // namespace

TEST_CASE("a broker that answers and names itself is ready") {
  Waiting both;
  REQUIRE(both.came(1));
  CHECK(both.peer.request(0).header.request_api_version == 0);
  both.peer.body<ApiVersionsRequest>(0);
  both.peer.answer(0, versions_with_metadata(0, 13));
  REQUIRE(both.came(2));
  CHECK(both.peer.request(1).header.request_api_version == 13);
  const auto asked = both.peer.body<MetadataRequest>(1);
  CHECK((asked.topics && asked.topics->empty()));
  both.peer.answer(1, metadata_of(1));
  CHECK(both.what_is_amiss() == "nothing");
}

TEST_CASE("a broker of an older or a newer release is asked in a version that both know") {
  for (const auto& [lowest, highest, asked] : {std::tuple{0, 5, 5}, {4, 99, 13}, {1, 1, 1}}) {
    Waiting both;
    REQUIRE(both.came(1));
    both.peer.answer(
        0, versions_with_metadata(static_cast<std::int16_t>(lowest), static_cast<std::int16_t>(highest)));
    REQUIRE(both.came(2));
    CHECK(both.peer.request(1).header.request_api_version == asked);
  }
}

TEST_CASE("a cluster whose brokers are all fenced is asked again until one serves") {
  Waiting both;
  REQUIRE(both.came(1));
  both.peer.answer(0, versions_with_metadata(0, 13));
  REQUIRE(both.came(2));
  both.peer.answer(1, metadata_of(0));
  REQUIRE(both.came(3));
  CHECK_FALSE(both.outcome.has_value());
  both.peer.answer(2, versions_with_metadata(0, 13));
  REQUIRE(both.came(4));
  both.peer.answer(3, metadata_of(1));
  CHECK(both.what_is_amiss() == "nothing");
  CHECK(both.waited() < seconds(1));
}

TEST_CASE("a closed connection is made anew") {
  Waiting both;
  REQUIRE(both.came(1));
  both.peer.close();
  REQUIRE(both.came(2));
  both.peer.answer(1, versions_with_metadata(0, 13));
  REQUIRE(both.came(3));
  both.peer.answer(2, metadata_of(1));
  CHECK(both.what_is_amiss() == "nothing");
}

TEST_CASE("what was amiss last is told when the time is over") {
  SUBCASE("fenced") {
    Waiting both(seconds(1));
    REQUIRE(both.came(1));
    both.peer.answer(0, versions_with_metadata(0, 13));
    REQUIRE(both.came(2));
    both.peer.answer(1, metadata_of(0));
    CHECK(both.what_is_amiss() == "no broker of the cluster serves clients");
    CHECK(both.waited() == seconds(1));
  }
  SUBCASE("an error") {
    Waiting both(seconds(1));
    REQUIRE(both.came(1));
    ApiVersionsResponse response;
    response.error_code = ErrorCode::kUnsupportedVersion;
    both.peer.answer(0, response);
    CHECK(both.what_is_amiss() == "ApiVersions is answered with UNSUPPORTED_VERSION");
  }
  SUBCASE("a controller, or versions that are too old or too new") {
    for (const auto& response :
         {ApiVersionsResponse{}, versions_with_metadata(0, 0), versions_with_metadata(14, 20)}) {
      Waiting both(seconds(1));
      REQUIRE(both.came(1));
      both.peer.answer(0, response);
      CHECK(both.what_is_amiss() == "Metadata is not answered in a version that is known here");
    }
  }
  SUBCASE("somebody else") {
    Waiting both(seconds(1));
    REQUIRE(both.came(1));
    both.peer.send(io::testing::buffer_of(as_bytes(std::string_view("\0\0\0\4HTTP", 8))));
    CHECK(both.what_is_amiss() == "what answers there is no broker");
  }
  SUBCASE("a frame without end") {
    Waiting both(seconds(1));
    REQUIRE(both.came(1));
    both.peer.send(io::testing::buffer_of(as_bytes("HTTP/1.1 400 Bad Request")));
    CHECK(both.outcome == std::nullopt);
    CHECK(both.what_is_amiss() != "nothing");
  }
}

TEST_CASE("a broker that says nothing is given up when the time is over") {
  Waiting both(seconds(3));
  CHECK(both.what_is_amiss() == "no answer in time");
  CHECK(both.outcome->error().code == ErrorCode::kRequestTimedOut);
  CHECK(both.waited() == seconds(3));
  CHECK(both.peer.requests.size() == 1);
}

TEST_CASE("where nobody listens, nobody is ready") {
  SimBench bench;
  io::Loop& loop = bench.host().loop(0);
  const io::SocketAddress address = Peer(loop).address();
  std::optional<Result<void>> outcome;
  ReadyWait wait(loop, address, seconds(1), [&](Result<void> got) { outcome = std::move(got); });
  REQUIRE(bench.run_until([&] { return outcome.has_value(); }));
  CHECK(outcome->error().code == ErrorCode::kNetworkException);
}
