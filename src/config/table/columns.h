#pragma once

#include <string_view>

#include "config/key.h"

/// Short names for the columns of the table, used by the rows alone.
namespace moldau::config::table {

using enum ConfigType;
using enum Update;
using enum Visibility;

// NOLINTBEGIN(readability-identifier-naming): words of the table, not of the program.
inline constexpr DefaultValue null = DefaultValue::of_null();
inline constexpr DefaultValue required = DefaultValue::of_required();
// NOLINTEND(readability-identifier-naming)

/// Whether a list may have no element, or a null in its place.
struct ListForm {
  bool may_be_empty;
  bool may_be_null;
};
inline constexpr ListForm kNotEmpty{false, false};
inline constexpr ListForm kMayBeEmpty{true, false};
inline constexpr ListForm kMayBeNull{false, true};
inline constexpr ListForm kMayBeEmptyOrNull{true, true};

constexpr Validator any() {
  return {};
}
constexpr Validator at_least(double min) {
  return {.kind = Validator::Kind::kAtLeast, .min = min};
}
constexpr Validator between(double min, double max) {
  return {.kind = Validator::Kind::kBetween, .min = min, .max = max};
}
constexpr Validator one_of(std::string_view choices) {
  return {.kind = Validator::Kind::kOneOf, .choices = choices};
}
constexpr Validator one_of_ignoring_case(std::string_view choices) {
  return {.kind = Validator::Kind::kOneOfIgnoringCase, .choices = choices};
}
constexpr Validator list_of(std::string_view choices, ListForm form) {
  return {.kind = Validator::Kind::kListOf,
          .choices = choices,
          .may_be_empty = form.may_be_empty,
          .may_be_null = form.may_be_null};
}
constexpr Validator distinct_list(ListForm form) {
  return list_of({}, form);
}
constexpr Validator non_empty() {
  return {.kind = Validator::Kind::kNonEmpty};
}
constexpr Validator non_null() {
  return {.kind = Validator::Kind::kNonNull};
}
constexpr Validator gzip_level() {
  return {.kind = Validator::Kind::kGzipLevel};
}
constexpr Validator throttled_replicas() {
  return {.kind = Validator::Kind::kThrottledReplicas};
}
constexpr Validator quorum_voters() {
  return {.kind = Validator::Kind::kQuorumVoters};
}
constexpr Validator bootstrap_servers() {
  return {.kind = Validator::Kind::kBootstrapServers};
}
constexpr Validator offset_reset() {
  return {.kind = Validator::Kind::kOffsetReset};
}

}  // namespace moldau::config::table
