#include "broker/config_file.h"

#include <utility>

#include "broker/machine.h"
#include "config/config_providers.h"
#include "io/uv/text_file.h"

namespace moldau::broker {
namespace {

/// Listeners of the single node on a port of the caller's choice; the controller takes the port behind it.
std::string listeners_on(int port) {
  const int controller_port = port == 0 ? 0 : port + 1;
  return "PLAINTEXT://127.0.0.1:" + std::to_string(port) +
         ",CONTROLLER://127.0.0.1:" + std::to_string(controller_port);
}

}  // namespace

Result<config::BrokerConfig> load_config(const ServerOptions& options) {
  std::optional<std::string> text = options.properties_text;
  if (options.properties_file) {
    auto read = io::uv::read_text_file(*options.properties_file);
    if (!read) {
      return fail(read.error().code, "Cannot read " + *options.properties_file + ": " + read.error().message);
    }
    text = std::move(*read);
  }
  std::vector<std::string> overrides;
  if (options.data_dir) overrides.push_back("log.dirs=" + *options.data_dir);
  if (options.port) overrides.push_back("listeners=" + listeners_on(*options.port));
  overrides.insert(overrides.end(), options.overrides.begin(), options.overrides.end());
  auto fixed = config::load_static(text, overrides);
  if (!fixed) return fail(fixed.error());
  auto filled = config::fill_placeholders(std::move(*fixed), provider_world());
  if (!filled) return fail(filled.error());
  return config::BrokerConfig::resolve(
      {.fixed = std::move(*filled), .dynamic_default = {}, .dynamic_broker = {}});
}

}  // namespace moldau::broker
