#include "running_broker.h"

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "api/dispatcher.h"
#include "config/broker_config.h"
#include "net/acceptor.h"
#include "net/server.h"
#include "runtime/format.h"
#include "runtime/node.h"

namespace moldau::testing {
namespace {

config::BrokerConfig config_of(const std::string& folder) {
  const std::vector<std::string> overrides = {"log.dirs=" + folder,
                                              "listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0"};
  return config::BrokerConfig::resolve({.fixed = config::load_static(std::nullopt, overrides).value(),
                                        .dynamic_default = {},
                                        .dynamic_broker = {}})
      .value();
}

/// The rooms wired together, as the program does it.
struct Rooms {
  Rooms(io::uv::UvHost& host, const config::BrokerConfig& config) {
    runtime::FormatOptions options;
    options.cluster_id = host.loop(0).random().uuid().to_string();
    REQUIRE(runtime::format_log_dirs(host, config, options));
    node = runtime::Node::open(host, config).value();
    std::vector<net::Acceptor::Target> targets;
    for (std::size_t i = 0; i < host.loop_count(); ++i) {
      auto& shard = node->shards()[runtime::ShardId(static_cast<std::uint32_t>(i))];
      dispatchers.push_back(std::make_unique<api::Dispatcher>(*node, shard));
      const net::Server::Options server_options{.budget_bytes = std::size_t{64} << 20};
      servers.push_back(std::make_unique<net::Server>(host.loop(i), server_options, *dispatchers.back()));
      targets.push_back({.loop = &host.loop(i), .server = servers.back().get()});
    }
    acceptor = net::Acceptor::open(host.loop(0), {"127.0.0.1", 0}, 50,
                                   {.name = "PLAINTEXT", .is_controller = false}, std::move(targets))
                   .value();
  }

  std::unique_ptr<runtime::Node> node;
  std::vector<std::unique_ptr<api::Dispatcher>> dispatchers;
  std::vector<std::unique_ptr<net::Server>> servers;
  std::unique_ptr<net::Acceptor> acceptor;
};

}  // namespace

RunningBroker::RunningBroker(std::size_t loops) {
  folder_ = (std::filesystem::temp_directory_path() / "moldau-broker-XXXXXX").string();
  REQUIRE(::mkdtemp(folder_.data()) != nullptr);
  std::promise<Result<io::SocketAddress>> promise;
  auto ready = promise.get_future();
  thread_ =
      std::thread([this, loops, promise = std::move(promise)]() mutable { run(loops, std::move(promise)); });
  address_ = ready.get().value();
}

RunningBroker::~RunningBroker() {
  host_->loop(0).post([this] { stop_(); });
  thread_.join();
  std::filesystem::remove_all(folder_);
}

void RunningBroker::run(std::size_t loops, std::promise<Result<io::SocketAddress>> ready) {
  const config::BrokerConfig config = config_of(folder_);
  io::uv::UvHost host(loops);
  Rooms rooms(host, config);
  host_ = &host;
  stop_ = [&] {
    rooms.acceptor->stop();
    rooms.node->stop([&](const Result<void>& outcome) {
      CHECK(outcome);
      host.stop();
    });
  };
  const io::SocketAddress address = rooms.acceptor->local_address();
  rooms.node->start(
      {{.listener = "PLAINTEXT", .protocol = {}, .host = "127.0.0.1", .port = address.port}},
      [&](Result<void> outcome) {
        if (!outcome) return ready.set_value(fail(std::move(outcome).error()));
        ready.set_value(address);
      },
      [](const Error& error) { FAIL(error.message); });
  host.run();
}

void RunningBroker::on_each_loop(const std::function<void()>& task) {
  for (std::size_t i = 0; i < host_->loop_count(); ++i) {
    std::promise<void> done;
    host_->loop(i).post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }
}

}  // namespace moldau::testing
