#include "broker/broker.h"

#include <utility>

#include "observe/log.h"
#include "runtime/format.h"

namespace moldau::broker {
namespace {

/// How long a stopping broker waits for clients to take their last answers.
constexpr Duration kLastAnswers = std::chrono::seconds(2);

}  // namespace

Broker::Broker(io::Host& host, const config::BrokerConfig& config, ProcessProbe process)
    : host_(host), config_(config), limits_(host, config), process_(std::move(process)) {}

Broker::~Broker() = default;

Result<void> Broker::open(bool format_when_empty) {
  if (format_when_empty) {
    if (const auto done = format(); !done) return fail(done.error());
  }
  auto node = runtime::Node::open(host_, config_);
  if (!node) return fail(node.error());
  node_ = std::move(*node);
  open_servers();
  if (auto limited = limits_.open(config_); !limited) return limited;
  if (auto opened = open_listeners(); !opened) return opened;
  open_admin_port();
  return {};
}

Result<void> Broker::format() {
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

void Broker::open_servers() {
  const config::NetworkSection& network = config_.network;
  const net::Server::Options options{
      .max_frame_bytes = static_cast<std::size_t>(network.socket_request_max_bytes),
      .budget_bytes = budget_bytes() / host_.loop_count(),
      .send_buffer_bytes = network.socket_send_buffer_bytes,
      .receive_buffer_bytes = network.socket_receive_buffer_bytes,
      .max_idle = from_ms(network.connections_max_idle_ms)};
  sessions_ = std::make_unique<api::FetchSessions>(node_->shards(),
                                                   network.max_incremental_fetch_session_cache_slots);
  share_sessions_ = std::make_unique<api::ShareSessions>(*node_);
  for (std::size_t i = 0; i < host_.loop_count(); ++i) {
    runtime::Shard& shard = node_->shards()[runtime::ShardId(static_cast<std::uint32_t>(i))];
    dispatchers_.push_back(std::make_unique<api::Dispatcher>(*node_, shard, *sessions_, *share_sessions_));
    servers_.push_back(std::make_unique<net::Server>(host_.loop(i), options, *dispatchers_.back()));
  }
}

/// `queued.max.request.bytes`; without a limit, what a small machine can spare.
std::size_t Broker::budget_bytes() const {
  constexpr std::size_t kDefaultBudgetBytes = std::size_t{512} << 20;
  const std::int64_t configured = config_.network.queued_max_request_bytes;
  return configured > 0 ? static_cast<std::size_t>(configured) : kDefaultBudgetBytes;
}

Result<void> Broker::open_listeners() {
  std::vector<net::Acceptor::Target> targets;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    targets.push_back({.loop = &host_.loop(i), .server = servers_[i].get()});
  }
  for (const config::Endpoint& endpoint : config_.listeners.all) {
    const net::ListenerInfo info{.name = endpoint.listener,
                                 .is_controller = config_.listeners.is_controller(endpoint.listener)};
    auto acceptor = net::Acceptor::open(
        host_.loop(0),
        {.address = {endpoint.host, static_cast<std::uint16_t>(endpoint.port)},
         .backlog = config_.network.socket_listen_backlog_size,
         .listener = info,
         .quota = &limits_.quota(info),
         .refused =
             [](const io::SocketAddress& peer) {
               observe::info("closing a connection of {}, which has all that it may have", peer.host);
             }},
        targets);
    if (!acceptor) return fail(acceptor.error());
    // Clients are let in when the broker is ready for them.
    (*acceptor)->set_accepting(false);
    advertise(endpoint, (*acceptor)->local_address().port);
    acceptors_.push_back(std::move(*acceptor));
  }
  return {};
}

/// Several nodes of one machine may have the same address by default: one of them gets it, all of them serve.
void Broker::open_admin_port() {
  const std::optional<config::HostPort>& listener = config_.moldau.admin_listener;
  if (!listener) return;
  auto opened = AdminPort::open({.host = &host_,
                                 .node = node_.get(),
                                 .dispatchers = &dispatchers_,
                                 .acceptors = &acceptors_,
                                 .process = process_},
                                {listener->host, static_cast<std::uint16_t>(listener->port)});
  if (!opened) {
    observe::warn("no metrics, as moldau.admin.listener cannot be had: {}", opened.error().message);
    return;
  }
  admin_port_ = *std::move(opened);
  const io::SocketAddress bound = admin_port_->local_address();
  observe::info("metrics are at port {} of {}", bound.port, bound.host);
}

std::optional<io::SocketAddress> Broker::admin_address() const {
  if (!admin_port_) return std::nullopt;
  return admin_port_->local_address();
}

/// As configured, with the port that was bound for 0.
void Broker::advertise(const config::Endpoint& bound, std::uint16_t port) {
  for (config::Endpoint endpoint : config_.listeners.advertised_broker) {
    if (endpoint.listener != bound.listener) continue;
    if (endpoint.port == 0) endpoint.port = port;
    advertised_.push_back(std::move(endpoint));
  }
}

void Broker::start(std::function<void(Result<void>)> ready, std::function<void(const Error&)> failed) {
  const auto started = [this, ready = std::move(ready)](Result<void> outcome) {
    if (stopping_) return;
    if (outcome) {
      for (const auto& acceptor : acceptors_) {
        acceptor->set_accepting(true);
      }
    }
    ready(std::move(outcome));
  };
  node_->watch_config([this](const config::BrokerConfig& config) {
    limits_.change(node_->shards()[runtime::ShardId(0)], config);
  });
  node_->start(advertised_, started, std::move(failed));
}

void Broker::stop(std::function<void(Result<void>)> stopped) {
  if (stopping_) return;
  stopping_ = true;
  stopped_ = std::move(stopped);
  for (const auto& acceptor : acceptors_) {
    acceptor->stop();
  }
  node_->stop([this](Result<void> outcome) {
    stop_outcome_ = std::move(outcome);
    finish_connections();
  });
}

void Broker::finish_connections() {
  patience_ = host_.loop(0).make_timer([this] { connections_finished(); });
  patience_->arm(host_.loop(0).clock().now() + kLastAnswers);
  unfinished_servers_ = servers_.size();
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    host_.loop(i).post([this, i] {
      servers_[i]->finish([this] {
        host_.loop(0).post([this] {
          if (--unfinished_servers_ == 0) connections_finished();
        });
      });
    });
  }
}

void Broker::connections_finished() {
  if (!stopped_) return;
  patience_->disarm();
  std::exchange(stopped_, nullptr)(std::move(stop_outcome_));
}

}  // namespace moldau::broker
