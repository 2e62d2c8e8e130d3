#include "net/server.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace moldau::net {

Server::Server(io::Loop& loop, const Options& options, Service& service)
    : loop_(loop), options_(options), service_(service), budget_(options.budget_bytes) {
  idle_timer_ = loop_.make_timer([this] { close_idle(); });
}

Server::~Server() {
  budget_.forget_all();
  places_.clear();
  connections_.clear();
}

void Server::take(std::unique_ptr<io::PendingStream> accepted, const ListenerInfo& listener, Gone gone) {
  const Connection::Options options{.id = ++last_connection_id_,
                                    .peer = accepted->peer_address(),
                                    .max_frame_bytes = options_.max_frame_bytes};
  auto stream = loop_.adopt(std::move(accepted), options_.send_buffer_bytes, options_.receive_buffer_bytes);
  connections_.push_back(
      {.connection = nullptr, .gone = std::move(gone), .last_active = loop_.clock().now()});
  const auto place = std::prev(connections_.end());
  ConnectionOwner& owner = *this;
  place->connection =
      std::make_unique<Connection>(std::move(stream), listener, options, service_, owner, budget_, spare_);
  places_.emplace(place->connection.get(), place);
  if (connections_.size() == 1) arm_idle_sweep();
}

void Server::close_least_active(const ListenerInfo& listener) {
  const auto found = std::ranges::find_if(connections_, [&listener](const Entry& entry) {
    return &entry.connection->listener() == &listener && !entry.connection->is_closed();
  });
  if (found != connections_.end()) found->connection->abandon();
}

void Server::finish(std::move_only_function<void()> done) {
  if (connections_.empty()) {
    done();
    return;
  }
  finished_ = std::move(done);
  budget_.forget_all();
  // finish() may destroy the connection, so the next one is found before.
  for (auto place = connections_.begin(); place != connections_.end();) {
    Connection& connection = *place->connection;
    ++place;
    connection.finish();
  }
}

void Server::on_disconnected(Connection& connection) {
  const auto found = places_.find(&connection);
  require(found != places_.end(), "a connection is closed before it is over");
  found->second->gone(connection.peer_address());
}

void Server::on_finished(Connection& connection) {
  const auto found = places_.find(&connection);
  require(found != places_.end(), "a connection finishes once");
  const Entry over = std::move(*found->second);
  connections_.erase(found->second);
  places_.erase(found);
  if (connections_.empty() && finished_) std::exchange(finished_, nullptr)();
}

void Server::on_active(Connection& connection) {
  const auto place = places_.find(&connection)->second;
  place->last_active = loop_.clock().now();
  place->unsent_bytes = 0;
  connections_.splice(connections_.end(), connections_, place);
}

void Server::arm_idle_sweep() {
  if (connections_.empty() || options_.max_idle < Duration::zero()) return;
  idle_timer_->arm(connections_.front().last_active + options_.max_idle);
}

void Server::close_idle() {
  const Instant now = loop_.clock().now();
  // One that is looked at is gone then, or comes last; with it others may go.
  while (!connections_.empty()) {
    Entry& entry = connections_.front();
    if (entry.last_active == now || entry.last_active + options_.max_idle > now) break;
    const std::uint64_t unsent_bytes = entry.connection->unsent_bytes();
    if (entry.connection->is_idle()) {
      entry.connection->finish();
    } else if (unsent_bytes > 0 && unsent_bytes == entry.unsent_bytes) {
      // The peer takes nothing.
      entry.connection->abandon();
    } else {
      // A request parked for longer than the limit counts as activity.
      on_active(*entry.connection);
      entry.unsent_bytes = unsent_bytes;
    }
  }
  arm_idle_sweep();
}

}  // namespace moldau::net
