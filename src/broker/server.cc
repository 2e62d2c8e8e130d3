#include "broker/server.h"

#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <utility>

#include "api/dispatcher.h"
#include "broker/config_file.h"
#include "io/uv/host.h"
#include "net/acceptor.h"
#include "net/server.h"
#include "observe/log.h"
#include "runtime/format.h"
#include "runtime/node.h"

namespace moldau::broker {
namespace {

/// A running node with its listeners; wires the rooms together and takes them apart in order.
class Server {
 public:
  explicit Server(config::BrokerConfig config)
      : config_(std::move(config)), host_(io::uv::UvHost::available_cores()) {}

  Result<void> open(bool format_when_empty) {
    if (format_when_empty) {
      if (const auto done = format(); !done) return fail(done.error());
    }
    auto node = runtime::Node::open(host_, config_);
    if (!node) return fail(node.error());
    node_ = std::move(*node);
    open_servers();
    return open_listeners();
  }

  int run() {
    for (const int signal : {SIGTERM, SIGINT}) {
      host_.on_signal(signal, [this] { stop(); });
    }
    node_->start(
        advertised_, [this](Result<void> outcome) { started(std::move(outcome)); },
        [this](const Error&) {
          status_ = 1;
          host_.stop();
        });
    host_.run();
    return status_;
  }

 private:
  Result<void> format() {
    for (const std::string& path : config_.node.log_dirs) {
      const auto formatted = runtime::is_formatted(host_, path);
      if (!formatted) return fail(formatted.error());
      if (*formatted) return {};
    }
    runtime::FormatOptions options;
    options.cluster_id = host_.loop(0).random().uuid().to_string();
    const auto done = runtime::format_log_dirs(host_, config_, options);
    if (!done) return fail(done.error());
    for (const std::string& path : *done) {
      observe::info("formatted {} for the new cluster {}", path, options.cluster_id);
    }
    return {};
  }

  void open_servers() {
    const config::NetworkSection& network = config_.network;
    net::Server::Options options{
        .max_frame_bytes = static_cast<std::size_t>(network.socket_request_max_bytes),
        .budget_bytes = budget_bytes() / host_.loop_count(),
        .send_buffer_bytes = network.socket_send_buffer_bytes,
        .receive_buffer_bytes = network.socket_receive_buffer_bytes,
        .max_idle = std::chrono::milliseconds(network.connections_max_idle_ms)};
    for (std::size_t i = 0; i < host_.loop_count(); ++i) {
      runtime::Shard& shard = node_->shards()[runtime::ShardId(static_cast<std::uint32_t>(i))];
      dispatchers_.push_back(std::make_unique<api::Dispatcher>(*node_, shard));
      servers_.push_back(std::make_unique<net::Server>(host_.loop(i), options, *dispatchers_.back()));
    }
  }

  /// `queued.max.request.bytes`; without a limit, what a small machine can spare.
  std::size_t budget_bytes() const {
    constexpr std::size_t kDefaultBudgetBytes = std::size_t{512} << 20;
    const std::int64_t configured = config_.network.queued_max_request_bytes;
    return configured > 0 ? static_cast<std::size_t>(configured) : kDefaultBudgetBytes;
  }

  Result<void> open_listeners() {
    std::vector<net::Acceptor::Target> targets;
    for (std::size_t i = 0; i < servers_.size(); ++i) {
      targets.push_back({.loop = &host_.loop(i), .server = servers_[i].get()});
    }
    for (const config::Endpoint& endpoint : config_.listeners.all) {
      const net::ListenerInfo info{.name = endpoint.listener,
                                   .is_controller = config_.listeners.is_controller(endpoint.listener)};
      auto acceptor =
          net::Acceptor::open(host_.loop(0), {endpoint.host, static_cast<std::uint16_t>(endpoint.port)},
                              config_.network.socket_listen_backlog_size, info, targets);
      if (!acceptor) return fail(acceptor.error());
      // Clients are let in when the broker is ready for them.
      (*acceptor)->set_accepting(false);
      advertise(endpoint, (*acceptor)->local_address().port);
      acceptors_.push_back(std::move(*acceptor));
    }
    return {};
  }

  /// The address under which clients are sent here: as configured, with the port that was bound for 0.
  void advertise(const config::Endpoint& bound, std::uint16_t port) {
    for (config::Endpoint endpoint : config_.listeners.advertised_broker) {
      if (endpoint.listener != bound.listener) continue;
      if (endpoint.port == 0) endpoint.port = port;
      if (endpoint.host.empty()) endpoint.host = "localhost";
      advertised_.push_back(std::move(endpoint));
    }
  }

  void started(Result<void> outcome) {
    if (!outcome) {
      observe::error("the broker could not start: {}", outcome.error().message);
      status_ = 1;
      host_.stop();
      return;
    }
    for (const auto& acceptor : acceptors_) {
      acceptor->set_accepting(true);
    }
    observe::info("Transitioning from RECOVERY to RUNNING");
    const config::Endpoint& first = advertised_.front();
    std::printf("Moldau is ready: bootstrap.servers=%s:%d\n", first.host.c_str(), first.port);
    std::fflush(stdout);
  }

  void stop() {
    if (stopping_) return;
    stopping_ = true;
    observe::info("stopping");
    for (const auto& acceptor : acceptors_) {
      acceptor->stop();
    }
    node_->stop([this](Result<void> outcome) {
      if (!outcome) {
        observe::error("the broker did not stop cleanly: {}", outcome.error().message);
        status_ = 1;
      }
      host_.stop();
    });
  }

  config::BrokerConfig config_;
  io::uv::UvHost host_;
  std::unique_ptr<runtime::Node> node_;
  std::vector<std::unique_ptr<api::Dispatcher>> dispatchers_;
  std::vector<std::unique_ptr<net::Server>> servers_;
  std::vector<std::unique_ptr<net::Acceptor>> acceptors_;
  std::vector<config::Endpoint> advertised_;
  bool stopping_ = false;
  int status_ = 0;
};

int fail_start(const Error& error) {
  observe::error("{}", error.message);
  observe::flush_log();
  return 1;
}

}  // namespace

int run_server(const ServerOptions& options) {
  auto config = load_config(options);
  if (!config) return fail_start(config.error());
  for (const std::string& warning : config->warnings()) {
    observe::warn("{}", warning);
  }
  Server server(std::move(*config));
  if (const auto opened = server.open(!options.properties_file); !opened) return fail_start(opened.error());
  const int status = server.run();
  observe::flush_log();
  return status;
}

}  // namespace moldau::broker
