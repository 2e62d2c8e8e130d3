#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/java_double.h"
#include "config/address.h"
#include "config/iso_duration.h"
#include "config/java_number.h"
#include "config/value.h"

namespace moldau::config {
namespace {

constexpr std::int64_t kGzipMinLevel = 1;
constexpr std::int64_t kGzipMaxLevel = 9;
constexpr std::int64_t kGzipDefaultLevel = -1;

/// A value inside a sentence: as Java prints it, lists in brackets.
std::string shown(const Value& value) {
  const auto* list = std::get_if<StringList>(&value);
  if (list == nullptr) return to_text(value).value_or("null");
  std::string text = "[";
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (i > 0) text.append(", ");
    text.append((*list)[i]);
  }
  return text + "]";
}

std::unexpected<Error> reject(const ConfigKey& key, const Value& value, std::string_view reason) {
  return invalid_value(key.name, key.is_sensitive() ? "[hidden]" : shown(value), reason);
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return result;
}

bool is_choice(std::string_view choices, std::string_view text) {
  while (true) {
    const std::size_t end = choices.find(", ");
    if (choices.substr(0, end) == text) return true;
    if (end == std::string_view::npos) return false;
    choices.remove_prefix(end + 2);
  }
}

std::string bound_text(double bound) {
  const auto whole = static_cast<std::int64_t>(bound);
  return static_cast<double>(whole) == bound ? std::to_string(whole) : java_double_text(bound);
}

Result<void> check_range(const ConfigKey& key, const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return reject(key, value, "Value must be non-null");
  const auto* whole = std::get_if<std::int64_t>(&value);
  const double number = whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
  if (number < key.validator.min) {
    return reject(key, value, "Value must be at least " + bound_text(key.validator.min));
  }
  if (key.validator.kind == Validator::Kind::kBetween && number > key.validator.max) {
    return reject(key, value, "Value must be no more than " + bound_text(key.validator.max));
  }
  return {};
}

Result<void> check_choice(const ConfigKey& key, const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text != nullptr && is_choice(key.validator.choices, *text)) return {};
  return reject(key, value, "String must be one of: " + std::string(key.validator.choices));
}

Result<void> check_choice_ignoring_case(const ConfigKey& key, const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text != nullptr && is_choice(key.validator.choices, upper(*text))) return {};
  return reject(key, value,
                "String must be one of (case insensitive): " + std::string(key.validator.choices));
}

std::unexpected<Error> reject_list(const ConfigKey& key, std::string_view rest) {
  std::string message = "Configuration '";
  message.append(key.name).append("' ").append(rest);
  return fail(ErrorCode::kInvalidConfig, std::move(message));
}

Result<void> check_list(const ConfigKey& key, const Value& value) {
  const auto* list = std::get_if<StringList>(&value);
  if (list == nullptr) {
    if (key.validator.may_be_null) return {};
    return reject_list(key, "values must not be null.");
  }
  if (list->empty() && !key.validator.may_be_empty) {
    const std::string choices(key.validator.choices);
    return reject_list(key, "must not be empty. Valid values include: " +
                                (choices.empty() ? "any non-empty value" : "[" + choices + "]"));
  }
  for (const std::string& element : *list) {
    if (element.empty()) return reject_list(key, "values must not be empty.");
    if (!key.validator.choices.empty() && !is_choice(key.validator.choices, element)) {
      return invalid_value(key.name, element, "String must be one of: " + std::string(key.validator.choices));
    }
  }
  return {};
}

Result<void> check_gzip_level(const ConfigKey& key, const Value& value) {
  const auto* level = std::get_if<std::int64_t>(&value);
  if (level == nullptr) return reject(key, value, "Value must be non-null");
  if ((*level < kGzipMinLevel && *level != kGzipDefaultLevel) || *level > kGzipMaxLevel) {
    return reject(key, value, "Value must be between 1 and 9 or equal to -1");
  }
  return {};
}

bool is_replica(std::string_view text) {
  if (text.empty()) return true;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const auto all_digits = [](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  };
  return all_digits(text.substr(0, colon)) && all_digits(text.substr(colon + 1));
}

Result<void> check_throttled_replicas(const ConfigKey& key, const Value& value) {
  const auto& list = std::get<StringList>(value);
  std::string joined;
  bool all_replicas = true;
  for (const std::string& element : list) {
    const std::string_view trimmed = trim(element);
    joined.append(trimmed);
    all_replicas = all_replicas && is_replica(trimmed);
  }
  if (all_replicas || joined == "*") return {};
  return reject(key, value,
                std::string(key.name) +
                    " must be the literal '*' or a list of replicas in the following format: "
                    "[partitionId]:[brokerId],[partitionId]:[brokerId],...");
}

Result<void> check_offset_reset(const ConfigKey& key, const Value& value) {
  const auto& text = std::get<std::string>(value);
  constexpr std::string_view kByDuration = "by_duration:";
  if (text == "earliest" || text == "latest") return {};
  if (text.starts_with(kByDuration) &&
      parse_iso_duration_ms(std::string_view(text).substr(kByDuration.size()))) {
    return {};
  }
  return reject(key, value,
                "Invalid value `" + text + "` for configuration " + std::string(key.name) +
                    ". The value must be either 'earliest', 'latest' or of the format "
                    "'by_duration:<PnDTnHnMn.nS>'.");
}

Result<void> check_voters(const Value& value) {
  if (auto voters = parse_quorum_voters(std::get<StringList>(value)); !voters) return fail(voters.error());
  return {};
}

Result<void> check_bootstrap_servers(const Value& value) {
  for (const std::string& entry : std::get<StringList>(value)) {
    if (auto server = parse_bootstrap_server(entry); !server) return fail(server.error());
  }
  return {};
}

}  // namespace

Result<void> check_value(const ConfigKey& key, const Value& value) {
  const bool is_null = std::holds_alternative<std::monostate>(value);
  switch (key.validator.kind) {
    case Validator::Kind::kAny:
      return {};
    case Validator::Kind::kAtLeast:
    case Validator::Kind::kBetween:
      return check_range(key, value);
    case Validator::Kind::kOneOf:
      return check_choice(key, value);
    case Validator::Kind::kOneOfIgnoringCase:
      return check_choice_ignoring_case(key, value);
    case Validator::Kind::kListOf:
      return check_list(key, value);
    case Validator::Kind::kNonEmpty:
      if (!is_null && std::get<std::string>(value).empty()) {
        return reject(key, value, "String must be non-empty");
      }
      return {};
    case Validator::Kind::kNonNull:
      if (is_null) return reject(key, value, "entry must be non null");
      return {};
    case Validator::Kind::kGzipLevel:
      return check_gzip_level(key, value);
    case Validator::Kind::kThrottledReplicas:
      if (is_null) return reject(key, value, "");
      return check_throttled_replicas(key, value);
    case Validator::Kind::kQuorumVoters:
      if (is_null) return reject(key, value, "");
      return check_voters(value);
    case Validator::Kind::kBootstrapServers:
      if (is_null) return reject(key, value, "");
      return check_bootstrap_servers(value);
    case Validator::Kind::kOffsetReset:
      if (is_null) return reject(key, value, "");
      return check_offset_reset(key, value);
  }
  return {};
}

}  // namespace moldau::config
