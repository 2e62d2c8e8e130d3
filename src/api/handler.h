#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/context.h"
#include "api/reply.h"
#include "net/connection.h"
#include "observe/log.h"
#include "protocol/messages/api_keys.h"
#include "protocol/wire/message.h"
#include "protocol/wire/version_range.h"
#include "runtime/task.h"

namespace moldau::api {

/// A request under way: the frame, what its header says, and the connection that waits for the answer.
struct Exchange {
  net::Connection& connection;
  net::Frame frame;
  std::size_t body_at;  ///< where the body begins in the frame
  Context context;
  bool is_from_follower = false;  ///< a Fetch by another replica; its handler says so
};

/// Serves one request to its end. Owns the exchange by being its coroutine.
using Serve = runtime::Task<void> (*)(Exchange&);

/// One key as this program serves it. ApiVersions is derived from the table of these.
struct Handler {
  protocol::ApiKey key{};
  wire::VersionRange versions;
  bool on_broker = false;
  bool on_controller = false;
  Serve serve = nullptr;
};

/// Says that a request is no request of its key and version. The connection is to be closed: there is no
/// answer that the client could match (as Apache Kafka does).
inline void log_malformed(const Exchange& exchange, const Error& error) {
  observe::warn("closing the connection of {}: {}", exchange.context.request.client_host, error.message);
}

/// The common case: decode the request, ask `handle` for the response, send it.
template <class Request, class Response, runtime::Task<Response> (*handle)(Context&, const Request&)>
runtime::Task<void> serve(Exchange& exchange) {
  const std::int16_t version = exchange.context.request.version;
  // Apache Kafka tolerates bytes behind the body.
  const auto request =
      wire::decode_message<Request>(exchange.frame.bytes().subspan(exchange.body_at), version, true);
  if (!request) {
    log_malformed(exchange, request.error());
    exchange.connection.refuse();
    co_return;
  }
  const Response response = co_await handle(exchange.context, *request);
  send_reply(exchange.connection, exchange.context.request, response);
}

/// The table's row for a key: all stable versions of the schema, on the listeners the schema names.
template <class Request, class Response, runtime::Task<Response> (*handle)(Context&, const Request&)>
constexpr Handler handler_of(const protocol::ApiInfo& info) {
  wire::VersionRange versions = info.versions;
  if (info.latest_version_unstable) --versions.highest;
  return {info.key, versions, info.on_broker, info.on_controller, serve<Request, Response, handle>};
}

}  // namespace moldau::api
