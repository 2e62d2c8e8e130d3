// Limits on connections that change while a broker runs, and what clients see of them.

#include "broker/connection_limits.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "net/connection_quota.h"
#include "protocol/messages/api_versions_request.h"
#include "protocol/messages/api_versions_response.h"
#include "tests/sim/client_process.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

struct Nobody final : net::ConnectionQuota::Watcher {
  void on_slots_changed() override {}
  void close_one() override {}
};

/// What the client that administers the broker has, from the same address as the others.
constexpr std::size_t kAdministrators = ScriptClient::kConnections;

/// A broker of two loops, one client that administers it, and others.
class Crowd {
 public:
  explicit Crowd(const std::string& properties = {}) : node_(2, properties), clients_(node_.world()) {
    node_.start();
  }

  bool come(std::size_t count) {
    return clients_.connect([this] { return !node_.process().failure(); }, count);
  }
  void go() {
    clients_.disconnect();
    node_.world().run_for(std::chrono::seconds(1));
  }

  /// How many of the first `count` are answered.
  int answered(std::size_t count) {
    struct Answers {
      int done = 0;
      std::size_t over = 0;
    };
    // What is not answered now may be later.
    const auto answers = std::make_shared<Answers>();
    for (std::size_t i = 0; i < count; ++i) {
      clients_.send<protocol::ApiVersionsResponse>(
          protocol::ApiVersionsRequest(), 0,
          [answers](std::optional<client::Answer<protocol::ApiVersionsResponse>> answer) {
            ++answers->over;
            if (answer) ++answers->done;
          },
          i);
    }
    node_.world().run_until([&] { return answers->over == count; }, std::chrono::seconds(20));
    return answers->done;
  }

  void set(const std::string& name, const std::string& value) {
    REQUIRE(node_.client().set_config(metadata::cluster_resource(), name, value) == ErrorCode::kNone);
    node_.world().run_for(std::chrono::seconds(1));
  }

 private:
  SeveralDisks node_;
  ClientProcess clients_;
};

}  // namespace

TEST_CASE("connections beyond what an address may have are closed, those before stay") {
  Crowd crowd;
  REQUIRE(crowd.come(4));
  crowd.set("max.connections.per.ip", std::to_string(kAdministrators + 1));
  CHECK(crowd.answered(4) == 4);
  crowd.go();
  crowd.come(4);
  CHECK(crowd.answered(4) == 1);
  crowd.set("max.connections.per.ip.overrides", "10.0.0.2:50");
  crowd.go();
  REQUIRE(crowd.come(4));
  CHECK(crowd.answered(4) == 4);
}

TEST_CASE("a host that is nobody's leaves the overrides as they were, and holds back nothing else") {
  Crowd crowd("max.connections.per.ip.overrides=10.0.0.2:" + std::to_string(kAdministrators + 2) + "\n");
  crowd.come(4);
  CHECK(crowd.answered(4) == 2);
  crowd.set("max.connections.per.ip.overrides", "10.0.0.2:50,nowhere.invalid:7");
  crowd.go();
  crowd.come(4);
  CHECK(crowd.answered(4) == 2);
  crowd.go();
  crowd.set("max.connections", std::to_string(kAdministrators + 1));
  crowd.come(4);
  CHECK(crowd.answered(4) == 1);
  crowd.set("max.connections", "1000");
  crowd.set("max.connections.per.ip.overrides", "10.0.0.2:50");
  crowd.go();
  REQUIRE(crowd.come(4));
  CHECK(crowd.answered(4) == 4);
}

TEST_CASE("overrides that are set at once are looked up in their order, and those of nobody again") {
  SeveralDisks node;
  node.start();
  const net::ListenerInfo listener{.name = "PLAINTEXT"};
  config::BrokerConfig config = node.node().config();
  broker::ConnectionLimits limits(node.node().host(), config);
  Nobody watcher;
  limits.quota(listener).add(listener.name, watcher);
  REQUIRE(limits.open(config));
  const auto change = [&](const broker::ConnectionLimits::OfHosts& of_hosts) {
    config.network.max_connections_per_ip_overrides = of_hosts;
    limits.change(node.node().shards()[runtime::ShardId(0)], config);
  };
  const auto may_come = [&] {
    const bool admitted = limits.quota(listener).admit(listener.name, "10.0.0.9");
    if (admitted) limits.quota(listener).give_back(listener.name, "10.0.0.9");
    return admitted;
  };
  change({{"10.0.0.9", 0}});
  change({{"nobody.invalid", 7}});
  CHECK(may_come());
  node.world().run_for(std::chrono::seconds(1));
  CHECK_FALSE(may_come());
  change({});
  change({{"nobody.invalid", 7}});
  node.world().run_for(std::chrono::seconds(1));
  CHECK(may_come());
}

TEST_CASE("those who come when all slots are taken wait for one") {
  Crowd crowd("max.connections=" + std::to_string(kAdministrators + 2) + "\n");
  crowd.come(5);
  CHECK(crowd.answered(5) == 2);
  crowd.set("max.connections", std::to_string(kAdministrators + 5));
  CHECK(crowd.answered(5) == 5);
}

TEST_CASE("where a limit falls, those who asked last stay") {
  Crowd crowd;
  REQUIRE(crowd.come(6));
  REQUIRE(crowd.answered(6) == 6);
  crowd.set("max.connections", "3");
  // Of the administrator's the one that has just asked.
  CHECK(crowd.answered(6) == 2);
  crowd.set("max.connections", "4");
  crowd.go();
  REQUIRE(crowd.come(6));
  CHECK(crowd.answered(6) == 3);
}

}  // namespace moldau::sim
