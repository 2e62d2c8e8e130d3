#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metadata/decision.h"

namespace moldau::metadata {

/// What happens to one config; the numbers are those of IncrementalAlterConfigs (KIP-339).
enum class AlterOperation : std::int8_t { kSet = 0, kDelete = 1, kAppend = 2, kSubtract = 3 };

/// True for the number of an operation.
constexpr bool is_alter_operation(std::int8_t number) {
  return number >= static_cast<std::int8_t>(AlterOperation::kSet) &&
         number <= static_cast<std::int8_t>(AlterOperation::kSubtract);
}

struct ConfigChange {
  AlterOperation operation = AlterOperation::kSet;
  std::optional<std::string> value = {};  ///< Without one a config is removed.
};

/// A list with the parts of `value` added that it lacks, or each taken away once.
std::string altered_list(std::vector<std::string_view> parts, std::string_view value,
                         AlterOperation operation);

/// The changes of one resource, by the config's name.
struct ResourceAlteration {
  ConfigResource resource;
  std::map<std::string, ConfigChange> changes;
};

/// The answer for one resource.
struct AlteredResource {
  ConfigResource resource;
  ErrorCode error = ErrorCode::kNone;
  std::optional<std::string> error_message = {};
};

/// Whether the changes given are all, or the whole of what a resource is to have.
enum class Alteration : std::uint8_t { kIncremental, kReplaceAll };

/// IncrementalAlterConfigs and AlterConfigs, with an answer for each of `wanted` in its place: each resource,
/// named once, succeeds or fails as a whole and on its own; the records of those that succeed are atomic, and
/// there are none if it is only to be validated. Configs of brokers are written even if they stay the same,
/// so that brokers read files anew that they name. POLICY_VIOLATION as the whole answer for more than 10,000
/// records.
Result<Decision<std::vector<AlteredResource>>> alter_configs(std::span<const ResourceAlteration> wanted,
                                                             Alteration kind, bool is_only_validated,
                                                             const DecisionContext& context);

}  // namespace moldau::metadata
