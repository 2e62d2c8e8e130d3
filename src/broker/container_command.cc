#include "broker/container_command.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "broker/config_file.h"
#include "broker/machine.h"
#include "broker/server.h"
#include "config/container.h"
#include "io/uv/host.h"
#include "io/uv/text_file.h"
#include "observe/log.h"
#include "runtime/format.h"

namespace moldau::broker {
namespace {

constexpr const char* kFileName = "/server.properties";

/// What `docker run IMAGE NAME=VALUE...` gives stands over the variables of the process.
Result<config::Environment> environment_with(const std::vector<std::string>& variables) {
  config::Environment environment = broker::environment();
  for (const std::string& variable : variables) {
    const auto equals = variable.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return fail(ErrorCode::kInvalidConfig, "Invalid value " + variable + ": the form is NAME=VALUE");
    }
    environment[variable.substr(0, equals)] = variable.substr(equals + 1);
  }
  if (auto prepared = config::prepare_container(environment); !prepared) {
    return fail(std::move(prepared).error());
  }
  return environment;
}

/// A file of the user's that cannot be read must not be passed over.
Result<std::optional<std::string>> read_mounted(const std::string& path) {
  if (!provider_world().exists(path)) return std::nullopt;
  auto text = io::uv::read_text_file(path);
  if (!text) return fail(ErrorCode::kInvalidConfig, "Cannot read " + path + ": " + text.error().message);
  return *std::move(text);
}

/// As the image: directories of which one is formatted, for this node and cluster, are left alone.
Result<void> format(const config::BrokerConfig& config, const std::string& cluster_id) {
  io::uv::UvHost host(1);
  // What cannot be read may be offline later.
  const bool is_any_formatted = std::ranges::any_of(config.node.directories(), [&](const std::string& path) {
    return runtime::is_formatted(host, path).value_or(false);
  });
  if (!is_any_formatted && config.quorum.voters.empty()) {
    return fail(ErrorCode::kInvalidConfig,
                "Without controller.quorum.voters the log directories are not formatted here: set "
                "KAFKA_CONTROLLER_QUORUM_VOTERS, or run kafka-storage.sh format with --standalone, "
                "--initial-controllers or --no-initial-controllers first");
  }
  runtime::FormatOptions options;
  options.cluster_id = cluster_id;
  options.say = [](std::string_view line) { observe::info("{}", line); };
  const auto done = runtime::format_log_dirs(host, config, options);
  if (done || (is_any_formatted && done.error().message.contains("is already formatted"))) return {};
  return fail(done.error());
}

}  // namespace

ContainerCommand::ContainerCommand(CLI::App& command) {
  command.add_option("variables", variables_, "NAME=VALUE, over the variables of the process");
  command.add_option("--default-configs-dir", defaults_, "Folder of the server.properties without variables")
      ->capture_default_str();
  command
      .add_option("--mounted-configs-dir", mounted_, "Folder that may have a server.properties of the user")
      ->capture_default_str();
  command.add_option("--final-configs-dir", final_, "Folder for the server.properties in force")
      ->capture_default_str();
}

int ContainerCommand::run() {
  return run_node(prepare(), false);
}

Result<config::BrokerConfig> ContainerCommand::prepare() {
  const auto environment = environment_with(variables_);
  if (!environment) return fail(environment.error());
  const auto mounted = read_mounted(mounted_ + kFileName);
  if (!mounted) return fail(mounted.error());
  const auto defaults = io::uv::read_text_file(defaults_ + kFileName);
  std::string text = config::container_properties(
      *environment, *mounted ? std::optional<std::string_view>(**mounted) : std::nullopt,
      defaults ? std::string_view(*defaults) : std::string_view());
  const std::string file = final_ + kFileName;
  if (const auto written = io::uv::write_text_file(file, text); !written) {
    // For whoever looks, and for kafka-storage.sh; the node has the text.
    observe::warn("cannot write {}: {}", file, written.error().message);
  }
  auto config = load_config({.properties_text = std::move(text)});
  if (!config) return config;
  if (auto formatted = format(*config, environment->find("CLUSTER_ID")->second); !formatted) {
    return fail(std::move(formatted).error());
  }
  return config;
}

}  // namespace moldau::broker
