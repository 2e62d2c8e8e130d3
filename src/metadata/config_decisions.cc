#include "metadata/config_decisions.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/split.h"
#include "metadata/record_limit.h"
#include "metadata/record_writer.h"
#include "metadata/topic.h"

namespace moldau::metadata {
namespace {

constexpr std::string_view kMinInSyncReplicas = "min.insync.replicas";
constexpr std::string_view kCordonedLogDirs = "cordoned.log.dirs";

/// The value of one config after the alteration; nullopt if it has none.
struct NewValue {
  std::string name;
  std::optional<std::string> value;
};

std::unexpected<Error> invalid(std::string why) {
  return fail(ErrorCode::kInvalidConfig, std::move(why));
}

bool is_type(const ConfigResource& resource, ConfigResourceType type) {
  return resource.type == static_cast<std::int8_t>(type);
}

/// A list with the parts of `value` added or taken away.
Result<std::string> changed_list(const ConfigResource& resource, std::string_view name,
                                 const std::optional<std::string>& current, const ConfigChange& change,
                                 const ConfigRules& rules) {
  const auto default_list = rules.list_default(resource, name);
  if (!default_list) {
    const char* operation = change.operation == AlterOperation::kAppend ? "APPEND" : "SUBTRACT";
    return invalid(std::string("Can't ") + operation + " to key " + std::string(name) +
                   " because its type is not LIST.");
  }
  const std::string before = current.value_or(*default_list);
  std::vector<std::string_view> parts = java_split(before, ',');
  std::erase(parts, std::string_view());
  return altered_list(std::move(parts), change.value ? *change.value : std::string_view(), change.operation);
}

Result<std::vector<NewValue>> new_values(const ResourceAlteration& wanted, Alteration kind,
                                         const Configs& existing, const ConfigRules& rules) {
  std::vector<NewValue> values;
  for (const auto& [name, change] : wanted.changes) {
    const auto found = existing.find(name);
    const auto current = found == existing.end() ? std::nullopt : std::optional(found->second);
    NewValue next{.name = name, .value = change.value};
    if (change.operation == AlterOperation::kDelete) {
      next.value.reset();
    } else if (change.operation != AlterOperation::kSet) {
      auto list = changed_list(wanted.resource, name, current, change, rules);
      if (!list) return fail(std::move(list).error());
      next.value = *std::move(list);
    }
    const bool is_broker = is_type(wanted.resource, ConfigResourceType::kBroker);
    if (next.value != current || is_broker) values.push_back(std::move(next));
  }
  if (kind == Alteration::kIncremental) return values;
  for (const auto& [name, value] : existing) {
    if (!wanted.changes.contains(name)) values.push_back({.name = name, .value = std::nullopt});
  }
  return values;
}

/// What may not be done whatever the values mean.
Result<void> check_change(const ConfigResource& resource, const NewValue& next,
                          const DecisionContext& context) {
  const bool is_broker = is_type(resource, ConfigResourceType::kBroker);
  if (is_broker && next.name == kMinInSyncReplicas && context.image.is_elr_enabled()) {
    if (!resource.name.empty()) {
      return invalid("Broker-level min.insync.replicas cannot be altered while ELR is enabled.");
    }
    if (!next.value) {
      return invalid("Cluster-level min.insync.replicas cannot be removed while ELR is enabled.");
    }
  }
  if (is_broker && next.name == kCordonedLogDirs &&
      !finalized_version(context).supports_cordoned_directories()) {
    return invalid(
        "The cordoned.log.dirs configuration value cannot be set because it requires metadata.version >= "
        "4.3-IV0");
  }
  if (next.value && next.value->size() > kMaxConfigValueLength) {
    return invalid(
        "The configuration value cannot be added because it exceeds the maximum value size of 32767 bytes.");
  }
  return {};
}

Result<void> check_broker_name(const std::string& name, const Image& image) {
  if (name.empty()) return {};
  std::int32_t id = 0;
  const char* begin = name.data() + (name.front() == '+' ? 1 : 0);
  const char* end = name.data() + name.size();
  const auto [parsed_end, error] = std::from_chars(begin, end, id);
  if (error != std::errc() || parsed_end != end) {
    return fail(ErrorCode::kInvalidRequest, "Unable to parse broker name as a base 10 number.");
  }
  if (id < 0) return fail(ErrorCode::kInvalidRequest, "Invalid negative broker ID.");
  if (image.broker(BrokerId(id)) == nullptr && image.controllers.find(BrokerId(id)) == nullptr) {
    return fail(ErrorCode::kBrokerIdNotRegistered, "No node with id " + std::to_string(id) + " found.");
  }
  return {};
}

Result<void> check_resource(const ResourceAlteration& wanted, const Configs& existing, const Configs& altered,
                            const DecisionContext& context) {
  const ConfigResource& resource = wanted.resource;
  if (is_type(resource, ConfigResourceType::kBroker)) return check_broker_name(resource.name, context.image);
  const bool is_topic = is_type(resource, ConfigResourceType::kTopic);
  if (is_topic) {
    if (resource.name.empty())
      return fail(ErrorCode::kInvalidRequest, "Default topic resources are not allowed.");
    if (auto checked = check_topic_name(resource.name); !checked) return checked;
  }
  if (auto valid = context.configs.validate(resource, layers_below(context), existing, altered); !valid)
    return valid;
  if (is_topic && context.image.topic(resource.name) == nullptr) {
    return fail(ErrorCode::kUnknownTopicOrPartition, "The topic '" + resource.name + "' does not exist.");
  }
  return {};
}

/// Adds the records of one resource, or says why there are none.
Result<void> alter(const ResourceAlteration& wanted, Alteration kind, const DecisionContext& context,
                   std::vector<Bytes>& records, std::vector<Bytes>& elr_records) {
  const Configs* present = context.image.configs_of(wanted.resource);
  const Configs existing = present == nullptr ? Configs{} : *present;
  const auto values = new_values(wanted, kind, existing, context.configs);
  if (!values) return fail(values.error());
  Configs altered = existing;
  for (const NewValue& next : *values) {
    if (auto checked = check_change(wanted.resource, next, context); !checked) return checked;
    if (next.value) {
      altered.insert_or_assign(next.name, *next.value);
    } else {
      altered.erase(next.name);
    }
  }
  if (auto checked = check_resource(wanted, existing, altered, context); !checked) return checked;
  for (const NewValue& next : *values) {
    records.push_back(write::config(wanted.resource, next.name, next.value));
    if (next.name != kMinInSyncReplicas || !context.image.is_elr_enabled()) continue;
    const bool is_topic = is_type(wanted.resource, ConfigResourceType::kTopic);
    elr_records.push_back(write::clear_elr(is_topic ? std::string_view(wanted.resource.name) : ""));
  }
  return {};
}

}  // namespace

std::string altered_list(std::vector<std::string_view> parts, std::string_view value,
                         AlterOperation operation) {
  const bool is_append = operation == AlterOperation::kAppend;
  for (const std::string_view part : java_split(value, ',')) {
    const auto found = std::ranges::find(parts, part);
    if (is_append && found == parts.end()) parts.push_back(part);
    if (!is_append && found != parts.end()) parts.erase(found);
  }
  std::string joined;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    joined.append(i == 0 ? "" : ",").append(parts[i]);
  }
  return joined;
}

Result<Decision<std::vector<AlteredResource>>> alter_configs(std::span<const ResourceAlteration> wanted,
                                                             Alteration kind, bool is_only_validated,
                                                             const DecisionContext& context) {
  Decision<std::vector<AlteredResource>> decision{.records = {}, .response = {}, .is_atomic = true};
  std::vector<Bytes> elr_records;
  for (const ResourceAlteration& resource : wanted) {
    AlteredResource& answer = decision.response.emplace_back(AlteredResource{.resource = resource.resource});
    auto altered = alter(resource, kind, context, decision.records, elr_records);
    if (altered) continue;
    answer.error = altered.error().code;
    answer.error_message = std::move(altered.error().message);
  }
  std::ranges::move(elr_records, std::back_inserter(decision.records));
  if (auto few = check_record_count(decision.records); !few) return fail(std::move(few).error());
  if (is_only_validated) decision.records.clear();
  return decision;
}

}  // namespace moldau::metadata
