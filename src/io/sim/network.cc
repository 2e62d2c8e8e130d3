#include "io/sim/network.h"

#include <algorithm>

namespace moldau::io::sim {
namespace {

constexpr std::uint16_t kFirstFreePort = 32768;
constexpr std::string_view kLoopback = "127.0.0.1";
constexpr std::uint64_t kLeastCapacityBytes = 4 * 1024;
constexpr std::uint64_t kMoreCapacityBytes = 252 * 1024;

bool is_literal(std::string_view host) {
  return host.find_first_not_of("0123456789.") == std::string_view::npos ||
         host.find(':') != std::string_view::npos;
}

/// As a name server would; empty for a name that nobody knows.
std::string resolve(const std::string& host) {
  if (host.empty() || host == "localhost") return std::string(kLoopback);
  return is_literal(host) ? host : std::string();
}

bool is_loopback(std::string_view literal) {
  return literal.starts_with("127.") || literal == "::1";
}

}  // namespace

SimPendingStream::~SimPendingStream() {
  if (in) close_end(*in, *out);
}

void close_end(Pipe& in, Pipe& out) {
  const bool has_unread = in.readable_bytes() > 0;
  in.stop_reading();
  if (has_unread) {
    out.reset();
  } else {
    out.end();
  }
}

Network::Network(Schedule& schedule, const Seed& seed)
    : wires_{schedule, seed.stream("network"), schedule.make_owner(), Latency{}, Trace{}} {}

std::uint16_t Network::free_port(const std::string& machine) {
  auto& last = last_port_.try_emplace(machine, kFirstFreePort).first->second;
  do {
    last = static_cast<std::uint16_t>(last == 65535 ? kFirstFreePort : last + 1);
  } while (listening_.contains({machine, last}));
  return last;
}

Result<SocketAddress> Network::listen(const std::string& machine, const SocketAddress& address,
                                      OnConnection on_connection) {
  const std::string host = address.host.empty() ? "" : resolve(address.host);
  if (!address.host.empty() && host.empty()) {
    return fail(ErrorCode::kNetworkException, address.host + ": Name or service not known");
  }
  const std::uint16_t port = address.port != 0 ? address.port : free_port(machine);
  if (listening_.contains({machine, port})) {
    return fail(ErrorCode::kNetworkException,
                "binding " + address.host + ":" + std::to_string(port) + ": Address already in use");
  }
  listening_.emplace(std::pair(machine, port), Listening{host, std::move(on_connection)});
  return SocketAddress{host.empty() ? "::" : host, port};
}

void Network::stop_listening(const std::string& machine, std::uint16_t port) {
  listening_.erase({machine, port});
}

void Network::connect(const std::string& machine, const SocketAddress& address, OwnerId owner,
                      std::move_only_function<void(Result<std::unique_ptr<SimPendingStream>>)> done) {
  const Duration delay = wires_.random.between(wires_.latency.least, wires_.latency.most);
  wires_.schedule.at(
      wires_.schedule.now() + 2 * delay, owner,
      [this, machine, address, done = std::move(done)]() mutable { done(establish(machine, address)); });
}

Result<std::unique_ptr<SimPendingStream>> Network::establish(const std::string& machine,
                                                             const SocketAddress& address) {
  const std::string name = address.host + ":" + std::to_string(address.port);
  const std::string literal = resolve(address.host);
  if (literal.empty()) return fail(ErrorCode::kNetworkException, name + ": Name or service not known");
  const std::string& target = is_loopback(literal) ? machine : literal;
  const auto found = listening_.find({target, address.port});
  const bool is_open =
      found != listening_.end() && (found->second.host.empty() || found->second.host == literal);
  if (!is_open) return fail(ErrorCode::kNetworkException, name + ": Connection refused");
  const auto make_pipe = [this] {
    return std::make_shared<Pipe>(wires_, kLeastCapacityBytes + wires_.random.below(kMoreCapacityBytes));
  };
  const auto there = make_pipe();
  const auto back = make_pipe();
  const SocketAddress client{is_loopback(literal) ? literal : machine, free_port(machine)};
  const SocketAddress server{literal, address.port};
  found->second.on_connection(std::make_unique<SimPendingStream>(there, back, server, client));
  return std::make_unique<SimPendingStream>(back, there, client, server);
}

}  // namespace moldau::io::sim
