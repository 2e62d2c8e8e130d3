#include "tools/topics_command.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <set>
#include <utility>

#include "base/split.h"
#include "config/java_number.h"
#include "config/key.h"
#include "config/value.h"

namespace moldau::tools {
namespace {

using Action = TopicsCommand::Action;

constexpr std::array<Flag, 25> kFlags = {{{"bootstrap-server", true},
                                          {"command-config", true},
                                          {"list"},
                                          {"create"},
                                          {"describe"},
                                          {"alter"},
                                          {"delete"},
                                          {"topic", true},
                                          {"topic-id", true},
                                          {"partitions", true},
                                          {"replication-factor", true},
                                          {"replica-assignment", true},
                                          {"config", true},
                                          {"delete-config", true},
                                          {"if-exists"},
                                          {"if-not-exists"},
                                          {"exclude-internal"},
                                          {"topics-with-overrides"},
                                          {"under-replicated-partitions"},
                                          {"unavailable-partitions"},
                                          {"under-min-isr-partitions"},
                                          {"at-min-isr-partitions"},
                                          {"partition-size-limit-per-response", true},
                                          {"help"},
                                          {"version"}}};

constexpr std::array<std::pair<std::string_view, Action>, 5> kActions = {{{"create", Action::kCreate},
                                                                          {"list", Action::kList},
                                                                          {"alter", Action::kAlter},
                                                                          {"describe", Action::kDescribe},
                                                                          {"delete", Action::kDelete}}};

constexpr std::string_view kOneAction =
    "Command must include exactly one action: --list, --describe, --create, --alter or --delete";

/// A flag that only some actions take.
struct Limited {
  std::string_view name;
  std::set<Action> actions;
};

const std::array<Limited, 12>& limited_flags() {
  static const std::array<Limited, 12> kLimited = {
      {{"config", {Action::kCreate}},
       {"partitions", {Action::kCreate, Action::kAlter}},
       {"replication-factor", {Action::kCreate}},
       {"replica-assignment", {Action::kCreate, Action::kAlter}},
       {"if-exists", {Action::kAlter, Action::kDelete, Action::kDescribe}},
       {"if-not-exists", {Action::kCreate}},
       {"exclude-internal", {Action::kList, Action::kDescribe}},
       {"topics-with-overrides", {Action::kDescribe}},
       {"under-replicated-partitions", {Action::kDescribe}},
       {"unavailable-partitions", {Action::kDescribe}},
       {"under-min-isr-partitions", {Action::kDescribe}},
       {"at-min-isr-partitions", {Action::kDescribe}}}};
  return kLimited;
}

std::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::kInvalidRequest, std::move(why));
}

std::unexpected<Error> clash(std::string_view flag, std::string_view other) {
  return refused("Option \"[" + std::string(flag) + "]\" can't be used with option \"[" + std::string(other) +
                 "]\"");
}

Result<void> check(const Flags& flags, std::string_view action_name, Action action) {
  if (action == Action::kDescribe && flags.has("if-exists") && !flags.has("topic") && !flags.has("topic-id"))
    return refused("--topic or --topic-id is required to describe a topic");
  const bool needs_topic = action == Action::kCreate || action == Action::kAlter || action == Action::kDelete;
  if (needs_topic && !flags.has("topic")) return refused("Missing required argument \"[topic]\"");
  if (action == Action::kAlter && flags.has("config")) {
    return refused(
        "Option combination \"[[bootstrap-server], [config]]\" can't be used with option \"[alter]\" (To "
        "alter topic configurations, the kafka-configs tool can be used.)");
  }
  if (action == Action::kAlter && !flags.has("partitions")) {
    return refused("Missing required argument \"[partitions]\"");
  }
  if (action == Action::kCreate && flags.has("replica-assignment")) {
    for (const std::string_view other : {"partitions", "replication-factor"}) {
      if (flags.has(other)) return clash("replica-assignment", other);
    }
  }
  for (const Limited& flag : limited_flags()) {
    if (flags.has(flag.name) && !flag.actions.contains(action)) return clash(flag.name, action_name);
  }
  for (const std::string_view report : {"under-replicated-partitions", "unavailable-partitions",
                                        "under-min-isr-partitions", "at-min-isr-partitions"}) {
    if (flags.has(report) && flags.has("topics-with-overrides"))
      return clash(report, "topics-with-overrides");
  }
  return {};
}

Result<std::optional<std::int32_t>> number_of(const Flags& flags, std::string_view name) {
  auto text = flags.one(name);
  if (!text) return fail(std::move(text).error());
  if (!*text) return std::nullopt;
  const auto number = config::parse_integer<std::int32_t>(**text);
  if (!number) return refused("Cannot parse argument '" + **text + "' of option " + std::string(name));
  return number;
}

Result<std::pair<std::string, std::string>> parse_config(std::string_view text) {
  const auto parts = split(text, '=');
  if (parts.size() != 2 || parts[1].empty()) {
    return refused(
        "requirement failed: Invalid topic config: all configs to be added must be in the format "
        "\"key=val\".");
  }
  std::pair<std::string, std::string> setting(config::trim(parts[0]), config::trim(parts[1]));
  // The tool asks before the broker does, so that a wrong setting counts before a topic that is there.
  const config::ConfigKey* key = config::find_key(config::ResourceType::kTopic, setting.first);
  if (key == nullptr) return refused("Unknown topic config name: " + setting.first);
  if (auto value = config::parse_value(*key, setting.second); !value) return fail(std::move(value).error());
  return setting;
}

}  // namespace

Result<TopicsCommand> TopicsCommand::parse(std::span<const std::string> arguments,
                                           std::vector<std::string>& warnings) {
  auto flags = Flags::parse(arguments, kFlags);
  if (!flags) return fail(std::move(flags).error());
  TopicsCommand command;
  command.flags = *std::move(flags);
  if (command.flags.has("delete-config")) {
    warnings.emplace_back(
        "delete-config option is no longer supported and deprecated since version 4.0. The config will be "
        "fully "
        "removed in future releases.");
  }
  if (arguments.empty() || command.flags.has("help")) return command;
  if (command.flags.has("version")) {
    command.action = Action::kVersion;
    return command;
  }
  std::string_view action_name;
  for (const auto& [name, action] : kActions) {
    if (!command.flags.has(name)) continue;
    if (!action_name.empty()) return refused(std::string(kOneAction));
    action_name = name;
    command.action = action;
  }
  if (action_name.empty()) return refused(std::string(kOneAction));
  if (!command.flags.has("bootstrap-server")) return refused("--bootstrap-server must be specified");
  if (auto checked = check(command.flags, action_name, command.action); !checked) {
    return fail(std::move(checked).error());
  }
  auto servers = command.flags.one("bootstrap-server");
  if (!servers) return fail(std::move(servers).error());
  command.bootstrap_server = **servers;
  return command;
}

Result<std::optional<std::int32_t>> partition_count(const Flags& flags) {
  auto count = number_of(flags, "partitions");
  if (count && *count && **count < 1) return refused("The partitions must be greater than 0");
  return count;
}

Result<std::int32_t> partition_limit(const Flags& flags) {
  const auto limit = number_of(flags, "partition-size-limit-per-response");
  if (!limit) return fail(limit.error());
  return limit->value_or(kPartitionsInAnswer);
}

Result<std::map<std::int32_t, std::vector<std::int32_t>>> parse_assignments(std::string_view text) {
  std::map<std::int32_t, std::vector<std::int32_t>> assignments;
  if (text.empty()) return assignments;
  std::int32_t partition = 0;
  for (const std::string_view list : split(text, ',')) {
    std::vector<std::int32_t> replicas;
    for (const std::string_view part : split(list, ':')) {
      const auto id = config::parse_integer<std::int32_t>(config::trim(part));
      if (!id) return refused("For input string: \"" + std::string(part) + "\"");
      if (std::ranges::find(replicas, *id) != replicas.end()) {
        return refused("Partition replica lists may not contain duplicate entries: " + std::to_string(*id));
      }
      replicas.push_back(*id);
    }
    if (partition > 0 && replicas.size() != assignments[0].size()) {
      std::string listed;
      for (const std::int32_t id : replicas)
        listed += (listed.empty() ? "" : ", ") + std::to_string(id);
      return refused("Partition " + std::to_string(partition) + " has different replication factor: [" +
                     listed + "]");
    }
    assignments.emplace(partition++, std::move(replicas));
  }
  return assignments;
}

Result<NewTopic> NewTopic::parse(const Flags& flags) {
  NewTopic topic;
  auto name = flags.one("topic");
  if (!name) return fail(std::move(name).error());
  topic.name = name->value_or("");
  for (const std::string& text : flags.all("config")) {
    auto config = parse_config(text);
    if (!config) return fail(std::move(config).error());
    topic.configs.push_back(*std::move(config));
  }
  const auto count = partition_count(flags);
  if (!count) return fail(count.error());
  topic.partitions = *count;
  const auto factor = number_of(flags, "replication-factor");
  if (!factor) return fail(factor.error());
  if (*factor && (**factor < 1 || **factor > std::numeric_limits<std::int16_t>::max())) {
    return refused("The replication factor must be between 1 and 32767 inclusive");
  }
  if (*factor) topic.replication_factor = static_cast<std::int16_t>(**factor);
  auto text = flags.one("replica-assignment");
  if (!text) return fail(std::move(text).error());
  auto assignments = parse_assignments(text->value_or(""));
  if (!assignments) return fail(std::move(assignments).error());
  topic.assignments = *std::move(assignments);
  return topic;
}

}  // namespace moldau::tools
