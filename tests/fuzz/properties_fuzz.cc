#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/broker_config.h"
#include "config/config_providers.h"
#include "config/describe.h"
#include "config/properties.h"

namespace {

using namespace moldau;

/// A machine on which everything is there.
config::ProviderWorld generous_machine() {
  return {.variable = [](const std::string& name) { return std::optional(name); },
          .file = [](const std::string& path) -> Result<std::string> { return path + "=" + path; },
          .entry = [](const std::string&, const std::string& name) -> Result<std::optional<std::string>> {
            return name;
          },
          .exists = [](const std::string&) { return true; }};
}

}  // namespace

/// Any bytes are a properties file or an error, and what parses resolves or fails without harm.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moldau::config;
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  auto properties = parse_properties(file);
  if (!properties) return 0;
  static_cast<void>(parse_properties(file, PropertiesEncoding::kUtf8));
  auto filled = fill_placeholders(*properties, generous_machine());
  if (filled) properties = std::move(filled);
  for (const auto& [name, text] : single_node_defaults())
    properties->try_emplace(name, text);
  const auto broker =
      BrokerConfig::resolve({.fixed = *properties, .dynamic_default = {}, .dynamic_broker = {}});
  if (broker) static_cast<void>(describe_broker(*broker));
  return 0;
}
