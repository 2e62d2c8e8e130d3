#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "tools/flags.h"

namespace moldau::tools {

/// What a command line of kafka-topics asks for. Checked, but for the values that only the work itself reads.
struct TopicsCommand {
  enum class Action { kList, kCreate, kDescribe, kAlter, kDelete, kHelp, kVersion };

  Action action = Action::kHelp;
  std::string bootstrap_server;
  Flags flags;

  /// INVALID_REQUEST in Apache's words. Sentences that stop nothing go to `warnings`.
  static Result<TopicsCommand> parse(std::span<const std::string> arguments,
                                     std::vector<std::string>& warnings);
};

/// What has to be read out of the flags for a new topic.
struct NewTopic {
  std::string name;
  std::optional<std::int32_t> partitions;  ///< the cluster's default without it, as the next one
  std::optional<std::int16_t> replication_factor;
  std::map<std::int32_t, std::vector<std::int32_t>> assignments;
  std::vector<std::pair<std::string, std::string>> configs;

  /// INVALID_REQUEST in Apache's words.
  static Result<NewTopic> parse(const Flags& flags);
};

/// The value of --partitions. INVALID_REQUEST in Apache's words.
Result<std::optional<std::int32_t>> partition_count(const Flags& flags);

/// The most partitions that an answer is to have, where --partition-size-limit-per-response says nothing.
inline constexpr std::int32_t kPartitionsInAnswer = 2000;

/// The value of --partition-size-limit-per-response. INVALID_REQUEST in Apache's words.
Result<std::int32_t> partition_limit(const Flags& flags);

/// Reads --replica-assignment: partitions by commas, their replicas by colons. INVALID_REQUEST in Apache's
/// words.
Result<std::map<std::int32_t, std::vector<std::int32_t>>> parse_assignments(std::string_view text);

}  // namespace moldau::tools
