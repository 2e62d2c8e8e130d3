#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "base/result.h"
#include "io/stream.h"
#include "io/uv/host.h"
#include "tests/client/await.h"
#include "tests/client/connection.h"

namespace moldau::testing {

/// A single-node broker in this process, on real sockets: its loops on threads of its own, its data in a
/// temporary folder, stopped cleanly at its end.
class RunningBroker {
 public:
  /// Returns when clients are served.
  explicit RunningBroker(std::size_t loops);
  ~RunningBroker();
  RunningBroker(const RunningBroker&) = delete;
  RunningBroker& operator=(const RunningBroker&) = delete;

  const io::SocketAddress& address() const { return address_; }

  /// Runs `task` on each of the broker's loops in turn and waits for it.
  void on_each_loop(const std::function<void()>& task);

 private:
  void run(std::size_t loops, std::promise<Result<io::SocketAddress>> ready);

  std::string folder_;
  io::SocketAddress address_;
  io::uv::UvHost* host_ = nullptr;  ///< lives on thread_
  std::function<void()> stop_;      ///< to be called on loop 0
  std::thread thread_;
};

/// A client on a machine of its own.
struct BrokerClient {
  explicit BrokerClient(const io::SocketAddress& address) : connection(connect(address)) {}

  /// A further connection.
  std::unique_ptr<client::Connection> connect(const io::SocketAddress& address) {
    using Connected = Result<std::unique_ptr<client::Connection>>;
    return client::await<Connected>(
               host, [&](auto done) { client::Connection::connect(host.loop(0), address, std::move(done)); })
        .value();
  }

  template <class Response, class Request>
  client::Answer<Response> ask(const Request& request, std::int16_t version) {
    return client::await<Result<client::Answer<Response>>>(
               host, [&](auto done) { connection->send<Response>(request, version, std::move(done)); })
        .value();
  }

  io::uv::UvHost host{1};
  std::unique_ptr<client::Connection> connection;
};

}  // namespace moldau::testing
