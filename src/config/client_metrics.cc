#include "config/client_metrics.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <re2/re2.h>

#include "config/java_number.h"
#include "config/key.h"
#include "config/value.h"

namespace moldau::config {
namespace {

constexpr std::int64_t kMinIntervalMs = 100;
constexpr std::int64_t kMaxIntervalMs = 3'600'000;

/// What a subscription can tell clients apart by.
constexpr std::array<std::string_view, 6> kSelectors = {"client_instance_id",    "client_id",
                                                        "client_software_name",  "client_software_version",
                                                        "client_source_address", "client_source_port"};

/// Whether it is one selector, "=" and a regular expression.
bool is_pattern(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals + 1 == text.size()) return false;
  std::string_view expression = text.substr(equals + 1);
  // Java's split drops empty pieces at the end, and only there.
  while (!expression.empty() && expression.back() == '=')
    expression.remove_suffix(1);
  if (expression.empty() || expression.contains('=')) return false;
  const std::string_view selector = trim(text.substr(0, equals));
  if (std::ranges::find(kSelectors, selector) == kSelectors.end()) return false;
  expression = trim(expression);
  const re2::StringPiece piece(expression.data(), expression.size());
  return re2::RE2(piece, re2::RE2::Quiet).ok();
}

}  // namespace

Result<void> validate_client_metrics(const Properties& properties) {
  for (const auto& [name, text] : properties) {
    if (find_key(ResourceType::kClientMetrics, name) != nullptr) continue;
    return fail(ErrorCode::kInvalidRequest, "Unknown client metrics configuration: " + name);
  }
  for (const auto& [name, text] : properties) {
    const auto value = parse_value(*find_key(ResourceType::kClientMetrics, name), text);
    if (!value) return fail(value.error());
    if (const auto* interval_ms = std::get_if<std::int64_t>(&*value)) {
      if (*interval_ms >= kMinIntervalMs && *interval_ms <= kMaxIntervalMs) continue;
      return fail(ErrorCode::kInvalidRequest, "Invalid value " + std::to_string(*interval_ms) + " for " +
                                                  name +
                                                  ", interval must be between 100 and 3600000 (1 hour)");
    }
    if (name != "match") continue;
    for (const std::string& pattern : std::get<StringList>(*value)) {
      if (!is_pattern(pattern))
        return fail(ErrorCode::kInvalidConfig, "Illegal client matching pattern: " + pattern);
    }
  }
  return {};
}

}  // namespace moldau::config
