#pragma once

#include <cstdint>
#include <set>

#include "api/handlers.h"
#include "net/connection.h"
#include "observe/request_counters.h"
#include "runtime/node.h"
#include "runtime/shard.h"

namespace moldau::api {

/// Reads request headers and starts handlers: the meaning behind one shard's connections.
class Dispatcher final : public net::Service {
 public:
  /// All of it outlives the dispatcher.
  Dispatcher(runtime::Node& node, runtime::Shard& shard, FetchSessions& sessions,
             ShareSessions& share_sessions)
      : node_(node),
        shard_(shard),
        sessions_(sessions),
        share_sessions_(share_sessions),
        counters_(request_kinds().size()) {}

  void serve(net::Connection& connection, net::Responder responder, net::Frame frame) override;
  bool may_follow(ByteView frame) const override;
  void on_closed(net::Connection& connection) override;

  /// What was answered, by the kinds of request_kinds(); only on the shard.
  const observe::RequestCounters& counters() const { return counters_; }

 private:
  runtime::Task<void> run(const Handler& handler, Exchange exchange);

  runtime::Node& node_;
  runtime::Shard& shard_;
  FetchSessions& sessions_;
  ShareSessions& share_sessions_;
  std::set<std::uint64_t> shares_;  ///< ids of the connections that have asked for shares
  observe::RequestCounters counters_;
};

}  // namespace moldau::api
