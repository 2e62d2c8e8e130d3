#include "tools/api_versions.h"

#include <algorithm>
#include <map>
#include <utility>

#include "protocol/messages/api_keys.h"
#include "tools/text_line.h"

namespace moldau::tools {
namespace {

/// The newest version for users: the last may be one in the making.
std::int16_t newest_stable(const protocol::ApiInfo& api) {
  return static_cast<std::int16_t>(api.versions.highest - (api.latest_version_unstable ? 1 : 0));
}

std::string describe(const ServedApi& served) {
  const protocol::ApiInfo* api = protocol::find_api(served.key);
  TextLine line;
  line << (api == nullptr ? std::string_view("UNKNOWN") : api->name) << "(" << served.key << "): ";
  line << served.versions.lowest;
  if (served.versions.lowest != served.versions.highest) line << " to " << served.versions.highest;
  if (api == nullptr) return line.text();
  const std::int16_t usable = std::min(served.versions.highest, newest_stable(*api));
  if (served.versions.highest < api->versions.lowest) {
    line << " [unusable: node too old]";
  } else if (usable < served.versions.lowest) {
    line << " [unusable: node too new]";
  } else {
    line << " [usable: " << usable << "]";
  }
  return line.text();
}

}  // namespace

std::string describe_versions(const BrokerLabel& broker, std::span<const ServedApi> served) {
  std::map<std::int16_t, std::string> lines;
  for (const protocol::ApiInfo& api : protocol::kApis) {
    if (!api.on_broker) continue;
    const auto key = static_cast<std::int16_t>(api.key);
    lines[key] = std::string(api.name) + "(" + std::to_string(key) + "): UNSUPPORTED";
  }
  for (const ServedApi& api : served) {
    lines[api.key] = describe(api);
  }
  TextLine text;
  text << broker.host << ":" << broker.port << " (id: " << broker.id
       << " rack: " << broker.rack.value_or("null") << " isFenced: false) -> (\n";
  std::string_view separator;
  for (const auto& [key, line] : lines) {
    text << std::exchange(separator, ",\n") << "\t" << line;
  }
  text << "\n)\n";
  return text.text();
}

}  // namespace moldau::tools
