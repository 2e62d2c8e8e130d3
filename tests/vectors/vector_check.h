#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/wire/message_info.h"
#include "tests/vectors/wire_vector.h"

namespace moldau::testing {

/// What was checked of the messages of one type, or of all.
struct VectorTally {
  std::int64_t messages = 0;
  std::int64_t combinations = 0;  ///< of a message and a version
  std::int64_t instances = 0;     ///< decoded, encoded to the same bytes, and made of JSON
  std::int64_t json = 0;          ///< those whose JSON was held against the converter's
  std::int64_t unknown_tags = 0;  ///< those with unknown tagged fields
  std::int64_t refused = 0;       ///< messages that a version cannot carry, refused as by Apache Kafka
  std::int64_t failures = 0;
};

/// Holds Moldau's messages against what Apache Kafka's classes wrote, line by line, and counts.
class VectorCheck {
 public:
  /// Checks one line of a vector file. What is wrong becomes a failure.
  void add(std::string_view line);

  /// After the last line: each message and version that the registry knows must have had `least` instances.
  void finish(std::int64_t least);

  /// One sentence each, naming message, version and line.
  const std::vector<std::string>& failures() const { return failures_; }
  VectorTally total() const;
  /// A row per type of message and one for all, under a heading.
  std::string table() const;
  /// Names of the messages for which the release has no JSON converter.
  const std::set<std::string_view>& without_converter() const { return without_converter_; }

 private:
  using Combination = std::pair<std::string_view, std::int16_t>;

  void check_instance(const wire::MessageInfo& message, const WireVector& vector);
  void check_refused(const wire::MessageInfo& message, const WireVector& vector);
  void check_json(const wire::MessageInfo& message, const WireVector& vector);
  void fail_here(const std::string& what);
  void fail_for(std::string_view type, std::string what);

  std::map<std::string_view, VectorTally> by_type_;
  std::map<Combination, std::int64_t> instances_;
  std::set<std::string_view> without_converter_;
  std::vector<std::string> failures_;
  std::int64_t line_ = 0;
  std::string_view type_;  ///< of the message at hand
  std::string where_;
};

}  // namespace moldau::testing
