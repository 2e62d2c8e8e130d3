#pragma once

#include "api/handlers.h"
#include "net/connection.h"
#include "runtime/node.h"
#include "runtime/shard.h"

namespace moldau::api {

/// Reads request headers and starts handlers: the meaning behind one shard's connections.
class Dispatcher final : public net::Service {
 public:
  /// All of it outlives the dispatcher.
  Dispatcher(runtime::Node& node, runtime::Shard& shard, FetchSessions& sessions)
      : node_(node), shard_(shard), sessions_(sessions) {}

  void serve(net::Connection& connection, net::Frame frame) override;

 private:
  runtime::Node& node_;
  runtime::Shard& shard_;
  FetchSessions& sessions_;
};

}  // namespace moldau::api
