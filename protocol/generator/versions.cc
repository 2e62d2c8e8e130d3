#include "protocol/generator/versions.h"

#include <algorithm>
#include <charconv>

namespace moldau::generator {
namespace {

std::optional<std::int16_t> parse_number(std::string_view text) {
  std::int16_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace

std::optional<VersionRange> parse_versions(std::string_view text) {
  if (text == "none") return VersionRange{};
  if (text.ends_with('+')) {
    const auto lowest = parse_number(text.substr(0, text.size() - 1));
    if (!lowest) return std::nullopt;
    return VersionRange{*lowest, wire::kHighestVersion};
  }
  const auto dash = text.find('-');
  const auto lowest = parse_number(text.substr(0, dash));
  const auto highest = dash == std::string_view::npos ? lowest : parse_number(text.substr(dash + 1));
  if (!lowest || !highest || *lowest > *highest) return std::nullopt;
  return VersionRange{*lowest, *highest};
}

VersionRange intersect(const VersionRange& one, const VersionRange& other) {
  const VersionRange both{std::max(one.lowest, other.lowest), std::min(one.highest, other.highest)};
  return both.empty() ? VersionRange{} : both;
}

Coverage coverage(const VersionRange& context, const VersionRange& range) {
  const VersionRange both = intersect(context, range);
  if (both.empty()) return Coverage::kNone;
  return both == context ? Coverage::kAll : Coverage::kSome;
}

std::string condition(const VersionRange& context, const VersionRange& range) {
  switch (coverage(context, range)) {
    case Coverage::kNone:
      return "false";
    case Coverage::kAll:
      return "true";
    case Coverage::kSome:
      break;
  }
  const VersionRange both = intersect(context, range);
  if (both.lowest == both.highest) return "wire_version == " + std::to_string(both.lowest);
  std::string text;
  if (both.lowest > context.lowest) text = "wire_version >= " + std::to_string(both.lowest);
  if (both.highest < context.highest) {
    if (!text.empty()) text += " && ";
    text += "wire_version <= " + std::to_string(both.highest);
  }
  return text;
}

}  // namespace moldau::generator
