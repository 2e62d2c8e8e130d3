#include "config/scram_argument.h"

#include <map>
#include <utility>

#include "base/base64.h"
#include "config/java_number.h"

namespace moldau::config {
namespace {

using Components = std::map<std::string, std::string, std::less<>>;

std::unexpected<Error> bad(std::string why) {
  return fail(ErrorCode::kInvalidConfig, std::move(why));
}

/// Takes a value out.
std::optional<std::string> take(Components& components, std::string_view name) {
  const auto found = components.find(name);
  if (found == components.end()) return std::nullopt;
  std::string value = std::move(found->second);
  components.erase(found);
  return value;
}

Result<void> add_component(Components& components, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return bad("No equals sign found in SCRAM component: " + std::string(text));
  }
  std::string_view value = text.substr(equals + 1);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  components.insert_or_assign(std::string(text.substr(0, equals)), std::string(value));
  return {};
}

/// "name=value,..."; empty pieces at the end do not count, as Java splits.
Result<Components> split(std::string_view text) {
  Components components;
  if (!text.empty() && text.find_first_not_of(',') == std::string_view::npos) return components;
  while (text.ends_with(',')) {
    text.remove_suffix(1);
  }
  while (true) {
    const std::size_t comma = text.find(',');
    if (auto added = add_component(components, text.substr(0, comma)); !added) {
      return fail(std::move(added).error());
    }
    if (comma == std::string_view::npos) return components;
    text.remove_prefix(comma + 1);
  }
}

Result<std::optional<Bytes>> take_bytes(Components& components, std::string_view name,
                                        std::string_view named) {
  const auto text = take(components, name);
  if (!text) return std::nullopt;
  auto bytes = decode_base64(*text);
  if (!bytes) return bad("Failed to decode given " + std::string(named) + ": " + *text);
  return bytes;
}

Result<void> take_iterations(Components& components, ScramArgument& argument) {
  const auto text = take(components, "iterations");
  if (!text) return {};
  const auto iterations = parse_integer<std::int32_t>(*text);
  if (!iterations) return bad("Failed to parse iterations count: " + *text);
  argument.iterations = *iterations;
  return {};
}

Result<void> take_password(Components& components, ScramArgument& argument) {
  argument.password = take(components, "password");
  if (argument.password) {
    take(components, "saltedpassword");
    return {};
  }
  if (!components.contains("saltedpassword")) {
    return bad("You must supply one of 'password' or 'saltedpassword' to add-scram");
  }
  if (!argument.salt) return bad("You must supply 'salt' with 'saltedpassword' to add-scram");
  auto salted = take_bytes(components, "saltedpassword", "saltedPassword");
  if (!salted) return fail(std::move(salted).error());
  argument.salted_password = std::move(*salted);
  return {};
}

Result<ScramArgument> parse_components(Components components, std::string_view mechanism) {
  ScramArgument argument{.mechanism = std::string(mechanism), .name = {}};
  auto name = take(components, "name");
  if (!name) return bad("You must supply 'name' to add-scram");
  argument.name = std::move(*name);
  auto salt = take_bytes(components, "salt", "salt");
  if (!salt) return fail(std::move(salt).error());
  argument.salt = std::move(*salt);
  if (auto taken = take_iterations(components, argument); !taken) return fail(std::move(taken).error());
  if (auto taken = take_password(components, argument); !taken) return fail(std::move(taken).error());
  if (components.empty()) return argument;
  std::string unknown;
  for (const auto& [key, value] : components) {
    if (!unknown.empty()) unknown += ", ";
    unknown += key;
  }
  return bad("Unknown SCRAM configurations: " + unknown);
}

}  // namespace

Result<ScramArgument> parse_scram_argument(std::string_view text) {
  text = trim(text);
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return bad("Failed to find equals sign in SCRAM argument '" + std::string(text) + "'");
  }
  const std::string_view mechanism = text.substr(0, equals);
  std::string_view rest = text.substr(equals + 1);
  if (mechanism != "SCRAM-SHA-256" && mechanism != "SCRAM-SHA-512") {
    return bad("The add-scram mechanism " + std::string(mechanism) + " is not supported.");
  }
  if (!rest.starts_with('[')) return bad("Expected configuration string to start with [");
  if (!rest.ends_with(']')) return bad("Expected configuration string to end with ]");
  rest.remove_prefix(1);
  rest.remove_suffix(1);
  auto components = split(rest);
  if (!components) return fail(std::move(components).error());
  return parse_components(std::move(*components), mechanism);
}

}  // namespace moldau::config
