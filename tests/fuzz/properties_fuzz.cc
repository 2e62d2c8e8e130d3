#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/broker_config.h"
#include "config/describe.h"
#include "config/properties.h"

/// Any bytes are a properties file or an error, and what parses resolves or fails without harm.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moldau::config;
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  auto properties = parse_properties(file);
  if (!properties) return 0;
  for (const auto& [name, text] : single_node_defaults())
    properties->try_emplace(name, text);
  const auto broker =
      BrokerConfig::resolve({.fixed = *properties, .dynamic_default = {}, .dynamic_broker = {}});
  if (broker) static_cast<void>(describe_broker(*broker));
  return 0;
}
