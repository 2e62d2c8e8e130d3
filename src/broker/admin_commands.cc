#include "broker/admin_commands.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "broker/admin_link.h"
#include "config/address.h"
#include "config/java_number.h"
#include "protocol/messages/metadata_request.h"
#include "protocol/messages/metadata_response.h"
#include "tools/admin.h"
#include "tools/api_versions.h"
#include "tools/flags.h"
#include "tools/topics.h"
#include "tools/topics_command.h"

namespace moldau::broker {
namespace {

using tools::Admin;

/// `default.api.timeout.ms` of Apache's client.
constexpr Duration kPatience = std::chrono::seconds(60);
constexpr std::string_view kRelease = "4.3.1";

constexpr std::string_view kTopicsUsage =
    "moldau topics --bootstrap-server HOST:PORT[,HOST:PORT]... ACTION\n"
    "  --list      [--topic REGEX] [--exclude-internal]\n"
    "  --create    --topic NAME [--partitions N] [--replication-factor N] [--if-not-exists]\n"
    "              [--replica-assignment ID:ID,ID:ID] [--config NAME=VALUE]...\n"
    "  --describe  [--topic REGEX | --topic-id ID] [--if-exists] [--exclude-internal]\n"
    "              [--topics-with-overrides] [--under-replicated-partitions] [--unavailable-partitions]\n"
    "              [--under-min-isr-partitions] [--at-min-isr-partitions]\n"
    "              [--partition-size-limit-per-response N]\n"
    "  --alter     --topic REGEX --partitions N [--replica-assignment ID:ID,ID:ID] [--if-exists]\n"
    "  --delete    --topic REGEX [--if-exists]\n"
    "  --help, --version\n";

constexpr std::string_view kApiVersionsUsage =
    "moldau api-versions --bootstrap-server HOST:PORT[,HOST:PORT]...\n"
    "  --help, --version\n";

/// The addresses of --bootstrap-server. INVALID_REQUEST in Apache's words.
Result<std::vector<io::SocketAddress>> parse_servers(std::string_view text) {
  std::vector<io::SocketAddress> addresses;
  if (text.empty()) {
    return fail(ErrorCode::kInvalidRequest, "You must set either bootstrap.servers or bootstrap.controllers");
  }
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view entry = config::trim(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (entry.empty()) continue;
    const auto address = config::parse_host_port(entry);
    if (!address || address->host.empty()) {
      return fail(ErrorCode::kInvalidRequest, "Invalid url in bootstrap.servers: " + std::string(entry));
    }
    addresses.push_back({address->host, static_cast<std::uint16_t>(address->port)});
  }
  if (addresses.empty()) {
    return fail(ErrorCode::kInvalidRequest, "No resolvable bootstrap urls given in bootstrap.servers");
  }
  return addresses;
}

Result<void> carry_out(const tools::TopicsCommand& command, const std::vector<io::SocketAddress>& servers,
                       std::ostream& out) {
  const auto link = MachineLink::connect(servers, kPatience);
  if (!link) {
    return fail(ErrorCode::kRequestTimedOut, "Timed out waiting for a node assignment. Call: " +
                                                 std::string(tools::first_call_of(command.action)));
  }
  Admin admin(**link);
  if (auto greeted = admin.greet(); !greeted) return greeted;
  return tools::run_topics(command, admin, out);
}

Result<void> print_versions(const std::vector<io::SocketAddress>& servers, std::ostream& out) {
  const auto link = MachineLink::connect(servers, kPatience);
  if (!link) return fail(link.error());
  Admin admin(**link);
  if (auto greeted = admin.greet(); !greeted) return greeted;
  const auto metadata = admin.ask<protocol::MetadataResponse>(protocol::MetadataRequest{});
  if (!metadata) return fail(metadata.error());
  for (const auto& node : (*metadata)->brokers) {
    const tools::BrokerLabel label{.host = std::string(node.host),
                                   .port = node.port,
                                   .id = node.node_id.value(),
                                   .rack = node.rack ? std::optional(std::string(*node.rack)) : std::nullopt};
    const auto other =
        MachineLink::connect({{label.host, static_cast<std::uint16_t>(label.port)}}, kPatience);
    if (!other) return fail(other.error());
    Admin asked(**other);
    if (auto greeted = asked.greet(); !greeted) return greeted;
    out << tools::describe_versions(label, asked.served());
  }
  return {};
}

/// The exit status of a complaint.
int complain(std::ostream& err, const Error& error) {
  err << error.message << '\n';
  return 1;
}

}  // namespace

int run_topics_command(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
  std::vector<std::string> warnings;
  const auto command = tools::TopicsCommand::parse(arguments, warnings);
  for (const std::string& warning : warnings)
    err << warning << '\n';
  if (!command) return complain(err, command.error());
  if (command->action == tools::TopicsCommand::Action::kHelp) {
    err << kTopicsUsage;
    return 1;
  }
  if (command->action == tools::TopicsCommand::Action::kVersion) {
    out << kRelease << '\n';
    return 0;
  }
  const auto servers = parse_servers(command->bootstrap_server);
  if (!servers) return complain(err, servers.error());
  if (const auto done = carry_out(*command, *servers, out); !done) {
    out << "Error while executing topic command : " << done.error().message << '\n';
    return 1;
  }
  return 0;
}

int run_api_versions_command(const std::vector<std::string>& arguments, std::ostream& out,
                             std::ostream& err) {
  constexpr std::array<tools::Flag, 4> kFlags = {
      {{"bootstrap-server", true}, {"command-config", true}, {"help"}, {"version"}}};
  const auto flags = tools::Flags::parse(arguments, kFlags);
  if (!flags) return complain(err, flags.error());
  if (arguments.empty() || flags->has("help")) {
    err << kApiVersionsUsage;
    return 1;
  }
  if (flags->has("version")) {
    out << kRelease << '\n';
    return 0;
  }
  const auto text = flags->one("bootstrap-server");
  if (!text) return complain(err, text.error());
  if (!*text)
    return complain(err, {ErrorCode::kInvalidRequest, "Missing required argument \"[bootstrap-server]\""});
  const auto servers = parse_servers(**text);
  if (!servers) return complain(err, servers.error());
  const auto printed = print_versions(*servers, out);
  return printed ? 0 : complain(err, printed.error());
}

}  // namespace moldau::broker
