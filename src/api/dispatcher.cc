#include "api/dispatcher.h"

#include <utility>

#include "api/api_versions.h"
#include "api/share_sessions.h"
#include "observe/log.h"
#include "protocol/messages/request_header.h"
#include "protocol/wire/reader.h"

namespace moldau::api {
namespace {

/// Key and version stand before everything else, in every version of the header.
struct Preamble {
  std::int16_t key = 0;
  std::int16_t version = 0;
};

std::optional<Preamble> read_preamble(ByteView frame) {
  wire::Reader reader(frame);
  const Preamble preamble{reader.fixed<std::int16_t>(), reader.fixed<std::int16_t>()};
  if (!reader.ok()) return std::nullopt;
  return preamble;
}

const protocol::ApiInfo* info_of(std::int16_t key) {
  for (const protocol::ApiInfo& info : protocol::kApis) {
    if (static_cast<std::int16_t>(info.key) == key) return &info;
  }
  return nullptr;
}

}  // namespace

runtime::Task<void> Dispatcher::run(const Handler& handler, Exchange exchange) {
  const Instant begun = shard_.now();
  const std::int16_t version = exchange.context.request.version;
  co_await handler.serve(exchange);
  const Instant now = shard_.now();
  counters_.note(kind_of(handler), version, now - begun, now);
  // Apache Kafka counts those apart, too.
  if (handler.key == protocol::ApiKey::kFetch) {
    counters_.note(kind_of_fetch(exchange.is_from_follower), version, now - begun, now);
  }
}

void Dispatcher::serve(net::Connection& connection, net::Responder responder, net::Frame frame) {
  const auto preamble = read_preamble(frame.bytes());
  const Handler* handler = preamble ? find_handler(preamble->key) : nullptr;
  const bool on_listener = handler != nullptr && (connection.listener().is_controller ? handler->on_controller
                                                                                      : handler->on_broker);
  const bool is_api_versions =
      preamble && preamble->key == static_cast<std::int16_t>(protocol::ApiKey::kApiVersions);
  const bool allow_unstable = node_.config().node.unstable_api_versions_enable;
  const bool known_version = on_listener && handler->served(allow_unstable).contains(preamble->version);
  if (!on_listener || (!known_version && !is_api_versions)) {
    // Apache Kafka closes too: without a common version there is no answer the client could read.
    observe::info("closing the connection of {}: key {} version {} is not served on {}",
                  connection.peer_address().host, preamble ? preamble->key : -1,
                  preamble ? preamble->version : -1, connection.listener().name);
    responder.refuse();
    return;
  }
  const std::int16_t header_version =
      info_of(preamble->key)->flexible_versions.contains(preamble->version) ? 2 : 1;
  wire::Reader reader(frame.bytes());
  protocol::RequestHeader header;
  header.decode(known_version ? header_version : std::int16_t{1}, reader);
  if (!reader.ok()) {
    observe::info("closing the connection of {}: {}", connection.peer_address().host, reader.error().message);
    responder.refuse();
    return;
  }
  const std::size_t body_at = reader.position();
  const RequestInfo request{.key = handler->key,
                            .version = preamble->version,
                            .correlation_id = header.correlation_id,
                            .client_id = header.client_id,
                            .client_host = connection.peer_address().host,
                            .connection_id = connection.id()};
  if (!known_version) {
    answer_unknown_version(responder, request);
    return;
  }
  if (handler->key == protocol::ApiKey::kShareFetch) shares_.insert(connection.id());
  shard_.tasks().spawn(run(*handler, Exchange{.responder = responder,
                                              .frame = std::move(frame),
                                              .body_at = body_at,
                                              .context = {node_, shard_, sessions_, share_sessions_,
                                                          connection.listener(), request}}));
}

bool Dispatcher::may_follow(ByteView frame) const {
  const auto preamble = read_preamble(frame);
  return preamble && preamble->key == static_cast<std::int16_t>(protocol::ApiKey::kProduce);
}

void Dispatcher::on_closed(net::Connection& connection) {
  if (shares_.erase(connection.id()) == 0) return;
  shard_.tasks().spawn(share_sessions_.disconnect(shard_, share_connection(shard_, connection.id())));
}

}  // namespace moldau::api
