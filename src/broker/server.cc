#include "broker/server.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <utility>

#include "broker/broker.h"
#include "broker/config_file.h"
#include "broker/served_config.h"
#include "io/uv/host.h"
#include "io/uv/host_name.h"
#include "io/uv/process_usage.h"
#include "observe/log.h"

namespace moldau::broker {
namespace {

observe::ProcessReport report_process() {
  const io::uv::ProcessUsage usage = io::uv::process_usage();
  return {.cpu_seconds = std::chrono::duration<double>(usage.cpu_time).count(),
          .start_time_seconds = static_cast<double>(usage.started_ms) / 1000,
          .resident_bytes = usage.resident_bytes,
          .virtual_bytes = usage.virtual_bytes,
          .open_files = usage.open_files,
          .max_open_files = usage.max_open_files,
          .disk_read_bytes = usage.disk_read_bytes,
          .disk_write_bytes = usage.disk_write_bytes};
}

/// The broker on this machine, until a signal ends it.
class Server {
 public:
  explicit Server(config::BrokerConfig config)
      : config_(std::move(config)),
        host_(io::uv::UvHost::available_cores()),
        broker_(host_, config_, report_process) {}

  Result<void> open(bool format_when_empty) {
    // What comes while the data is opened is acted on when run() begins.
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
      if (!is_ignored(signal)) host_.on_signal(signal, [this] { stop(); });
    }
    return broker_.open(format_when_empty);
  }

  int run() {
    broker_.start([this](Result<void> outcome) { started(std::move(outcome)); },
                  [this](const Error&) { end(1); });
    host_.run();
    return status_;
  }

 private:
  /// As under nohup.
  static bool is_ignored(int signal) {
    struct sigaction now{};
    return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
  }

  void started(Result<void> outcome) {
    if (!outcome) {
      observe::error("the broker could not start: {}", outcome.error().message);
      end(1);
      return;
    }
    // What waits for Apache Kafka to serve waits for one of these lines.
    observe::info("The broker has been unfenced. Transitioning from RECOVERY to RUNNING.");
    observe::info("Kafka Server started");
    const config::Endpoint& first = broker_.advertised().front();
    const std::string host = first.host.find(':') == std::string::npos ? first.host : "[" + first.host + "]";
    std::printf("Moldau is ready: bootstrap.servers=%s:%d\n", host.c_str(), first.port);
    std::fflush(stdout);
    // Logs and snapshots were read through buffers that the heaps would keep for as long as the process
    // lives.
    io::uv::UvHost::give_back_memory();
  }

  void stop() {
    observe::info("stopping");
    broker_.stop([this](Result<void> outcome) {
      if (!outcome) observe::error("the broker did not stop cleanly: {}", outcome.error().message);
      end(outcome ? 0 : 1);
    });
  }

  void end(int status) {
    status_ = std::max(status_, status);
    host_.stop();
  }

  config::BrokerConfig config_;
  io::uv::UvHost host_;
  Broker broker_;
  int status_ = 0;
};

/// A listener without a host is on every interface: clients are told the name of the machine.
void name_hosts(config::ListenerSection& listeners) {
  for (auto* advertised : {&listeners.advertised_broker, &listeners.advertised_controller}) {
    for (config::Endpoint& endpoint : *advertised) {
      if (endpoint.host.empty()) endpoint.host = io::uv::canonical_host_name();
    }
  }
}

int fail_start(const Error& error) {
  observe::error("{}", error.message);
  observe::flush_log();
  return 1;
}

}  // namespace

int run_server(const ServerOptions& options) {
  return run_node(load_config(options), !options.properties_file);
}

int run_node(Result<config::BrokerConfig> config, bool format_when_empty) {
  if (!config) return fail_start(config.error());
  for (const std::string& warning : config->warnings()) {
    observe::warn("{}", warning);
  }
  if (const auto served = check_served(*config); !served) return fail_start(served.error());
  name_hosts(config->listeners);
  Server server(std::move(*config));
  if (const auto opened = server.open(format_when_empty); !opened) return fail_start(opened.error());
  const int status = server.run();
  observe::flush_log();
  return status;
}

}  // namespace moldau::broker
