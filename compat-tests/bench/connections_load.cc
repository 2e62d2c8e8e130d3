#include "connections_load.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sys/resource.h>

#include "broker_peer.h"
#include "deadline.h"
#include "io/uv/host.h"
#include "mode.h"
#include "protocol/messages/api_versions_request.h"
#include "protocol/messages/api_versions_response.h"
#include "protocol/messages/metadata_request.h"
#include "protocol/messages/metadata_response.h"
#include "stretch.h"

namespace moldau::bench {
namespace {

/// How long the broker is left alone before its memory is read.
constexpr auto kRest = std::chrono::seconds(1);
/// How long all connections may take: one that the broker does not accept gets no answer.
constexpr auto kPatience = std::chrono::minutes(10);

using Connections = std::vector<std::unique_ptr<client::Connection>>;

template <class Response>
void check(const Result<client::Answer<Response>>& answer) {
  const std::string name(Response::kName);
  if (!answer) die(name.c_str(), answer.error().message.c_str());
  check_error(name.c_str(), (*answer)->error_code);
}

/// Opens connections, each of which begins the next one once it is set up.
class Opening {
 public:
  Opening(io::uv::UvHost& host, const io::SocketAddress& address, std::size_t count)
      : host_(host), address_(address), left_(count) {}

  /// Runs the host until all are set up.
  Connections run(std::size_t at_a_time) {
    const Deadline deadline(host_.loop(0), kPatience, "opening connections");
    const std::size_t count = left_;
    opened_.reserve(count);
    for (std::size_t i = 0; i < at_a_time; ++i) {
      next();
    }
    while (ready_ < count) {
      host_.run();
    }
    return std::move(opened_);
  }

 private:
  void next() {
    if (left_ == 0) return;
    --left_;
    client::Connection::connect(host_.loop(0), address_, [this](auto made) {
      if (!made) die("connecting", made.error().message.c_str());
      opened_.push_back(*std::move(made));
      ask_versions(*opened_.back());
    });
  }

  void ask_versions(client::Connection& connection) {
    using Request = protocol::ApiVersionsRequest;
    using Response = protocol::ApiVersionsResponse;
    Request request;
    request.client_software_name = "bench";
    request.client_software_version = "1";
    connection.send<Response>(request, Request::kVersions.highest, [this, &connection](auto answer) {
      check<Response>(answer);
      if ((*answer)->api_keys.empty()) die("ApiVersionsResponse", "no keys");
      ask_metadata(connection);
    });
  }

  void ask_metadata(client::Connection& connection) {
    using Request = protocol::MetadataRequest;
    using Response = protocol::MetadataResponse;
    connection.send<Response>(Request(), Request::kVersions.highest, [this](auto answer) {
      // The answer's own code came with version 13, which is the highest.
      check<Response>(answer);
      if ((*answer)->brokers.empty() || !(*answer)->topics.empty())
        die("MetadataResponse", "not of no topics");
      ++ready_;
      left_ > 0 ? next() : host_.stop();
    });
  }

  io::uv::UvHost& host_;
  const io::SocketAddress& address_;
  std::size_t left_;  ///< not begun yet
  std::size_t ready_ = 0;
  Connections opened_;
};

/// Lets time pass while the connections are served.
void rest(io::uv::UvHost& host) {
  bool over = false;
  const auto timer = host.loop(0).make_timer([&] {
    over = true;
    host.stop();
  });
  timer->arm(host.loop(0).clock().now() + kRest);
  while (!over) {
    host.run();
  }
}

/// The host has raised the limit as far as it goes.
void check_descriptors(std::size_t connections) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < connections + 64) die("opening connections", "the limit of open files is too low");
}

}  // namespace

Mode add_connections(CLI::App& app) {
  const auto load = std::make_shared<ConnectionsLoad>();
  CLI::App& command = *app.add_subcommand("connections", "Open connections and leave them idle");
  add_broker(command, load->address);
  add_process(command, load->process);
  command.add_option("--count", load->count, "Connections to measure")->check(CLI::PositiveNumber);
  command.add_option("--warm-up", load->warm_up, "Connections set up and closed before");
  command.add_option("--at-a-time", load->at_a_time, "Connections being set up at once")
      ->check(CLI::PositiveNumber);
  return {&command, [load] { bench::run(*load); }};
}

void run(const ConnectionsLoad& load) {
  io::uv::UvHost host(1);
  const io::Clock& clock = host.loop(0).clock();
  check_descriptors(std::max(load.count, load.warm_up));
  Opening(host, load.address, load.warm_up).run(load.at_a_time);
  rest(host);
  const std::uint64_t before = memory_of(load.process).resident_bytes;
  const Mark begin = mark_now(clock, load.process);
  const Connections idle = Opening(host, load.address, load.count).run(load.at_a_time);
  const Stretch stretch(begin, mark_now(clock, load.process));
  rest(host);
  const std::uint64_t with_all = memory_of(load.process).resident_bytes;
  const auto is_open = [](const auto& connection) { return connection->is_open(); };
  if (!std::ranges::all_of(idle, is_open)) die("leaving connections idle", "the broker has closed one");
  const auto count = static_cast<double>(load.count);
  std::printf(R"({"connections": %zu, "cpu_us_per_connection": %.2f, "resident_bytes_before": %llu, )"
              R"("resident_bytes_idle": %llu, "memory_bytes_per_connection": %.0f, %s})"
              "\n",
              load.count, stretch.cpu_seconds() * 1e6 / count, static_cast<unsigned long long>(before),
              static_cast<unsigned long long>(with_all),
              (static_cast<double>(with_all) - static_cast<double>(before)) / count,
              stretch.fields().c_str());
}

}  // namespace moldau::bench
