#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/sim/disk.h"
#include "io/sim/host.h"
#include "io/sim/world.h"
#include "tests/client/answer.h"
#include "tests/client/connection.h"
#include "tests/sim/broker_process.h"

namespace moldau::sim {

/// A client in a simulated process of its own, with some connections.
class ClientProcess {
 public:
  explicit ClientProcess(io::sim::World& world)
      : world_(world),
        disk_(world.seed(), "client disk"),
        host_(world, disk_, {.name = "client", .machine = "10.0.0.2"}) {}

  /// Connects to the broker anew, `count` times. False when that does not come about while `go_on` holds.
  bool connect(const std::function<bool()>& go_on, std::size_t count = 1) {
    connections_.clear();
    std::size_t refused = 0;
    for (std::size_t i = 0; i < count; ++i) {
      client::Connection::connect(host_.loop(0), {BrokerProcess::kMachine, BrokerProcess::kPort},
                                  [&](Result<std::unique_ptr<client::Connection>> made) {
                                    if (!made) ++refused;
                                    if (made) connections_.push_back(std::move(*made));
                                  });
    }
    world_.run_until([&] { return connections_.size() + refused == count || !go_on(); }, kPatience);
    return connections_.size() == count;
  }

  /// Stands in the requests of that connection from here on.
  void set_client_id(const std::string& client_id, std::size_t connection = 0) {
    connections_.at(connection)->set_client_id(client_id);
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
    if (!is_over) connections_.clear();
    return answer;
  }

  /// Sends the request; `done` gets the answer, or nullopt when the connection ends before.
  template <class Response, class Request>
  void send(const Request& request, std::int16_t version,
            std::move_only_function<void(std::optional<client::Answer<Response>>)> done,
            std::size_t connection = 0) {
    if (connection >= connections_.size()) {
      done(std::nullopt);
      return;
    }
    connections_[connection]->send<Response>(
        request, version, [done = std::move(done)](Result<client::Answer<Response>> got) mutable {
          done(got ? std::optional(std::move(*got)) : std::nullopt);
        });
  }

  /// Answers that are due are dropped.
  void disconnect() { connections_.clear(); }

 private:
  static constexpr Duration kPatience = std::chrono::minutes(2);

  io::sim::World& world_;
  io::sim::Disk disk_;
  io::sim::SimHost host_;
  std::vector<std::unique_ptr<client::Connection>> connections_;
};

}  // namespace moldau::sim
