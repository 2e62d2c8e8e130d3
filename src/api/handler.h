#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/context.h"
#include "api/failure.h"
#include "api/reply.h"
#include "net/connection.h"
#include "observe/log.h"
#include "protocol/messages/api_keys.h"
#include "protocol/wire/message.h"
#include "protocol/wire/version_range.h"
#include "runtime/task.h"

namespace moldau::api {

/// A request under way: the frame, what its header says, and what answers it.
struct Exchange {
  net::Responder responder;
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
  bool latest_version_unstable = false;
  bool on_broker = false;
  bool on_controller = false;
  Serve serve = nullptr;

  /// The versions that are served: all, or all but one that is not stable yet
  /// (`unstable.api.versions.enable`).
  constexpr wire::VersionRange served(bool allow_unstable) const {
    wire::VersionRange range = versions;
    if (latest_version_unstable && !allow_unstable) --range.highest;
    return range;
  }
};

/// Says that a request is no request of its key and version. The connection is to be closed: there is no
/// answer that the client could match (as Apache Kafka does).
inline void log_malformed(const Exchange& exchange, const Error& error) {
  observe::warn("closing the connection of {}: {}", exchange.context.request.client_host, error.message);
}

/// What a request is answered with where all of it failed; null for a key whose answers its versions can
/// always carry.
template <class Request, class Response>
using AllFailed = Response (*)(const Request&, std::int16_t version, const Failure&);

/// The common case: decode the request, ask `handle` for the response, send it. A response can be too much
/// for the wire, as where a message repeats a text of the request and is longer than 32,767 bytes; then the
/// request failed.
template <class Request, class Response, runtime::Task<Response> (*handle)(Context&, const Request&),
          AllFailed<Request, Response> failed>
runtime::Task<void> serve(Exchange& exchange) {
  const RequestInfo& info = exchange.context.request;
  // Apache Kafka tolerates bytes behind the body.
  const auto request =
      wire::decode_message<Request>(exchange.frame.bytes().subspan(exchange.body_at), info.version, true);
  if (!request) {
    log_malformed(exchange, request.error());
    exchange.responder.refuse();
    co_return;
  }
  const Response response = co_await handle(exchange.context, *request);
  if constexpr (failed == nullptr) {
    send_reply(exchange.responder, info, response);
  } else if (const auto sent = try_reply(exchange.responder, info, response); !sent) {
    observe::info("{} v{} is answered with an error: {}", Request::kName, info.version, sent.error().message);
    send_reply(exchange.responder, info, failed(*request, info.version, Failure{}));
  }
}

/// The table's row for a key: all versions of the schema, on the listeners the schema names.
template <class Request, class Response, runtime::Task<Response> (*handle)(Context&, const Request&),
          AllFailed<Request, Response> failed>
constexpr Handler handler_of(const protocol::ApiInfo& info) {
  return {info.key,       info.versions,      info.latest_version_unstable,
          info.on_broker, info.on_controller, serve<Request, Response, handle, failed>};
}

}  // namespace moldau::api
