#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "api/dispatcher.h"
#include "base/result.h"
#include "io/host.h"
#include "net/acceptor.h"
#include "net/http_server.h"
#include "observe/node_report.h"
#include "runtime/node.h"

namespace moldau::broker {

/// What the machine says of the process; empty where there is no real one.
using ProcessProbe = std::function<observe::ProcessReport()>;

/// `moldau.admin.listener`: metrics for Prometheus and the health of the node, over HTTP (docs/metrics.md).
class AdminPort {
 public:
  /// What it asks. All of it outlives the port and the loops' run.
  struct Sources {
    io::Host* host = nullptr;
    runtime::Node* node = nullptr;
    const std::vector<std::unique_ptr<api::Dispatcher>>* dispatchers = nullptr;  ///< one for each shard
    const std::vector<std::unique_ptr<net::Acceptor>>* acceptors = nullptr;
    ProcessProbe process;
  };

  /// Binds on loop 0 and answers while the loops run. kNetworkException when the address cannot be had.
  static Result<std::unique_ptr<AdminPort>> open(Sources sources, const io::SocketAddress& address);

  io::SocketAddress local_address() const { return server_->local_address(); }

 private:
  explicit AdminPort(Sources sources);

  void serve(const net::HttpRequest& request, net::HttpReply reply);
  net::HttpResponse health() const;
  runtime::Task<void> scrape(net::HttpReply reply);
  runtime::Task<void> add_requests(observe::NodeReport& report);
  void add_connections(observe::NodeReport& report) const;

  Sources sources_;
  io::LaneId lane_;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace moldau::broker
