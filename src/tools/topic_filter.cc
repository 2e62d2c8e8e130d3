#include "tools/topic_filter.h"

#include <utility>

namespace moldau::tools {

Result<TopicFilter> TopicFilter::parse(std::string_view text) {
  // Blanks and the quotes around it are dropped.
  std::string expression;
  for (const char c : text) {
    if (c != ' ') expression.push_back(c == ',' ? '|' : c);
  }
  const auto first = expression.find_first_not_of("\"'");
  const auto last = expression.find_last_not_of("\"'");
  expression = first == std::string::npos ? "" : expression.substr(first, last - first + 1);
  TopicFilter filter;
  filter.expression_ = std::make_unique<re2::RE2>(expression, re2::RE2::Quiet);
  if (!filter.expression_->ok())
    return fail(ErrorCode::kInvalidRequest, expression + " is an invalid regex.");
  return filter;
}

bool TopicFilter::matches(std::string_view name) const {
  return re2::RE2::FullMatch(re2::StringPiece(name.data(), name.size()), *expression_);
}

}  // namespace moldau::tools
