#include "broker/ready_command.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

#include "config/address.h"
#include "io/uv/host.h"
#include "tools/ready.h"

namespace moldau::broker {

ReadyCommand::ReadyCommand(CLI::App& command, std::ostream& out, std::ostream& err) : out_(out), err_(err) {
  command.add_option("--bootstrap-server,address", bootstrap_server_, "host:port of the broker")
      ->capture_default_str();
  command.add_option("--timeout-ms", timeout_ms_, "How long to wait for it")
      ->check(CLI::Range(0, std::numeric_limits<std::int32_t>::max()))
      ->capture_default_str();
}

int ReadyCommand::run() {
  const auto address = config::parse_host_port(bootstrap_server_);
  if (!address || address->host.empty() || address->port == 0) {
    err_ << "Invalid value " << bootstrap_server_ << " for --bootstrap-server: the form is host:port\n";
    return 1;
  }
  io::uv::UvHost host(1);
  std::optional<Result<void>> outcome;
  tools::ReadyWait wait(host.loop(0), {address->host, static_cast<std::uint16_t>(address->port)},
                        std::chrono::milliseconds(timeout_ms_), [&](Result<void> got) {
                          outcome = std::move(got);
                          host.stop();
                        });
  host.run();
  if (!outcome || !*outcome) {
    err_ << bootstrap_server_ << " is not ready" << (outcome ? ": " + outcome->error().message : "") << '\n';
    return 1;
  }
  out_ << bootstrap_server_ << " is ready\n";
  return 0;
}

}  // namespace moldau::broker
