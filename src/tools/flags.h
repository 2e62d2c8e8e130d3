#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace moldau::tools {

/// A flag that a tool knows.
struct Flag {
  std::string_view name;  ///< without dashes
  bool has_value = false;
};

/// A command line as Apache Kafka's tools read theirs: "--name value", "--name=value", one dash for two; what
/// is no flag is passed over.
class Flags {
 public:
  /// INVALID_REQUEST, in Apache's words, for a flag that is not known or lacks its value.
  static Result<Flags> parse(std::span<const std::string> arguments, std::span<const Flag> known);

  bool has(std::string_view name) const { return values_.contains(name); }
  bool empty() const { return values_.empty(); }

  /// All values in their order.
  const std::vector<std::string>& all(std::string_view name) const;

  /// The value of a flag that is given once; INVALID_REQUEST, in Apache's words, if it is given more often.
  Result<std::optional<std::string>> one(std::string_view name) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

}  // namespace moldau::tools
