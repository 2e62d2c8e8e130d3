#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/connection.h"
#include "protocol/messages/api_keys.h"
#include "runtime/cluster_view.h"
#include "runtime/node.h"
#include "runtime/shard.h"

namespace moldau::api {

class FetchSessions;
class ShareSessions;

/// What the header of a request says, and where it came from.
struct RequestInfo {
  protocol::ApiKey key{};
  std::int16_t version = 0;
  std::int32_t correlation_id = 0;
  std::optional<std::string_view> client_id;  ///< view into the frame
  std::string_view client_host;               ///< literal address of the peer; lives with the connection
  std::uint64_t connection_id = 0;            ///< another than of the shard's connections before it
};

/// All that a handler may use for one request. Lives until the answer is encoded; the frame that the request
/// points into lives longer.
class Context {
 public:
  Context(runtime::Node& node, runtime::Shard& shard, FetchSessions& sessions, ShareSessions& share_sessions,
          const net::ListenerInfo& listener, RequestInfo request)
      : node(node),
        shard(shard),
        sessions(sessions),
        share_sessions(share_sessions),
        listener(listener),
        request(request),
        cluster(node.cluster_view(shard)) {}
  Context(Context&&) = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  Context& operator=(Context&&) = delete;
  ~Context() = default;

  /// Keeps a text that the answer points to.
  std::string_view keep(std::string text) { return kept_.emplace_back(std::move(text)); }

  /// Keeps texts that a part of the answer points to.
  void keep_alive(std::list<std::string> texts) { lists_.push_back(std::move(texts)); }

  runtime::Node& node;
  /// The connection's shard, on which the handler runs.
  runtime::Shard& shard;
  FetchSessions& sessions;
  ShareSessions& share_sessions;
  const net::ListenerInfo& listener;
  RequestInfo request;
  /// As the request began; after an await that may have changed the cluster, ask the node again.
  runtime::ClusterViewPtr cluster;

 private:
  std::list<std::string> kept_;  ///< most answers keep none, and an empty list has no memory
  std::vector<std::list<std::string>> lists_;
};

}  // namespace moldau::api
