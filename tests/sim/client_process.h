#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "broker_process.h"
#include "io/sim/disk.h"
#include "io/sim/host.h"
#include "io/sim/world.h"
#include "tests/client/answer.h"
#include "tests/client/connection.h"

namespace moldau::sim {

/// A client in a simulated process of its own, with one connection.
class ClientProcess {
 public:
  explicit ClientProcess(io::sim::World& world)
      : world_(world),
        disk_(world.seed(), "client disk"),
        host_(world, disk_, {.name = "client", .machine = "10.0.0.2"}) {}

  /// Connects to the broker anew. False when that does not come about while `go_on` holds.
  bool connect(const std::function<bool()>& go_on) {
    connection_.reset();
    bool is_over = false;
    client::Connection::connect(host_.loop(0), {BrokerProcess::kMachine, BrokerProcess::kPort},
                                [&](Result<std::unique_ptr<client::Connection>> made) {
                                  is_over = true;
                                  if (made) connection_ = std::move(*made);
                                });
    world_.run_until([&] { return is_over || !go_on(); }, kPatience);
    return connection_ != nullptr;
  }

  /// Sends the request and runs the world until its answer is there; nullopt when the connection ends before,
  /// or `go_on` does not hold any more.
  template <class Response, class Request>
  std::optional<client::Answer<Response>> call(const Request& request, std::int16_t version,
                                               const std::function<bool()>& go_on) {
    std::optional<client::Answer<Response>> answer;
    bool is_over = false;
    send<Response>(request, version, [&](std::optional<client::Answer<Response>> got) {
      is_over = true;
      answer = std::move(got);
    });
    world_.run_until([&] { return is_over || !go_on(); }, kPatience);
    // What comes later finds nothing of this call.
    if (!is_over) connection_.reset();
    return answer;
  }

  /// Sends the request; `done` gets the answer, or nullopt when the connection ends before.
  template <class Response, class Request>
  void send(const Request& request, std::int16_t version,
            std::move_only_function<void(std::optional<client::Answer<Response>>)> done) {
    if (!connection_) {
      done(std::nullopt);
      return;
    }
    connection_->send<Response>(request, version,
                                [done = std::move(done)](Result<client::Answer<Response>> got) mutable {
                                  done(got ? std::optional(std::move(*got)) : std::nullopt);
                                });
  }

  void disconnect() { connection_.reset(); }

 private:
  static constexpr Duration kPatience = std::chrono::minutes(2);

  io::sim::World& world_;
  io::sim::Disk disk_;
  io::sim::SimHost host_;
  std::unique_ptr<client::Connection> connection_;
};

}  // namespace moldau::sim
