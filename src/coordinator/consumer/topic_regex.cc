#include "coordinator/consumer/topic_regex.h"

#include <memory>
#include <utility>
#include <vector>

#include <re2/re2.h>

namespace moldau::coordinator {
namespace {

/// An expression as RE2 of before 2023 reads it.
struct ForRe2 {
  std::string regex;
  std::size_t named_groups = 0;
};

/// RE2 wants a P in named groups, (?P<name>, which what Apache Kafka uses does not.
ForRe2 for_re2(std::string_view regex) {
  ForRe2 result;
  bool in_class = false;
  for (std::size_t i = 0; i < regex.size(); ++i) {
    const std::string_view rest = regex.substr(i);
    result.regex.push_back(regex[i]);
    if (regex[i] == '\\' && rest.size() > 1) {
      result.regex.push_back(regex[++i]);
    } else if (regex[i] == '[' || regex[i] == ']') {
      in_class = regex[i] == '[';
    } else if (!in_class && rest.starts_with("(?P<")) {
      ++result.named_groups;
    } else if (!in_class && rest.starts_with("(?<")) {
      ++result.named_groups;
      result.regex.append("?P");
      ++i;
    }
  }
  return result;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

/// What Apache Kafka's library says of the error. RE2 says the most of it alike.
std::string describe(const re2::RE2& regex) {
  using re2::RE2;
  switch (regex.error_code()) {
    case RE2::ErrorBadEscape:
      return "invalid escape sequence";
    case RE2::ErrorBadCharClass:
      return "invalid character class";
    case RE2::ErrorBadCharRange:
      return "invalid character class range";
    case RE2::ErrorMissingBracket:
      return "missing closing ]";
    case RE2::ErrorMissingParen:
      return "missing closing )";
    case RE2::ErrorUnexpectedParen:
      return "regexp/syntax: internal error";
    case RE2::ErrorTrailingBackslash:
      return "trailing backslash at end of expression";
    case RE2::ErrorRepeatArgument:
      return "missing argument to repetition operator";
    case RE2::ErrorRepeatSize:
      return "invalid repeat count";
    case RE2::ErrorRepeatOp:
      return "invalid nested repetition operator";
    case RE2::ErrorBadPerlOp:
      return "invalid or unsupported Perl syntax";
    case RE2::ErrorBadUTF8:
      return "invalid UTF-8";
    case RE2::ErrorBadNamedCapture:
      return "invalid named capture";
    default:
      return regex.error();
  }
}

}  // namespace

Result<void> check_topic_regex(std::string_view regex) {
  const ForRe2 expression = for_re2(regex);
  const re2::RE2 compiled(expression.regex, re2::RE2::Quiet);
  std::string reason;
  if (!compiled.ok()) {
    reason = describe(compiled);
  } else if (compiled.NamedCapturingGroups().size() < expression.named_groups) {
    reason = "duplicate capture group name";
  } else {
    return {};
  }
  return fail(
      ErrorCode::kInvalidRegularExpression,
      "SubscribedTopicRegex `" + std::string(regex) + "` is not a valid regular expression: " + reason + ".");
}

std::map<std::string, ResolvedRegex, std::less<>> resolve_topic_regexes(
    const ConsumerGroup::ByName<std::int32_t>& regexes, const TopicsView& topics, TimestampMs now_ms) {
  const std::vector<std::string_view> names = topics.names();
  std::map<std::string, ResolvedRegex, std::less<>> resolved;
  for (const auto& [regex, subscribers] : regexes) {
    ResolvedRegex& matching = resolved[regex];
    matching.version = topics.version();
    matching.timestamp_ms = now_ms;
    const re2::RE2 compiled(for_re2(regex).regex, re2::RE2::Quiet);
    if (!compiled.ok()) continue;
    for (const std::string_view name : names) {
      if (re2::RE2::FullMatch(piece(name), compiled)) matching.topics.emplace(name);
    }
  }
  return resolved;
}

}  // namespace moldau::coordinator
