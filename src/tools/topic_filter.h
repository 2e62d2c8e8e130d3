#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <re2/re2.h>

#include "base/result.h"

namespace moldau::tools {

/// Names of topics by a regular expression, with commas for "or", as --topic gives it.
class TopicFilter {
 public:
  /// INVALID_REQUEST, in Apache's words, if it is none.
  static Result<TopicFilter> parse(std::string_view text);

  /// Whether all of the name is matched.
  bool matches(std::string_view name) const;

 private:
  std::unique_ptr<re2::RE2> expression_;
};

}  // namespace moldau::tools
