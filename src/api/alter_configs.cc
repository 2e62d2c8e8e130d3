#include "api/alter_configs.h"

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/config_resources.h"
#include "api/wanted_configs.h"
#include "metadata/config_decisions.h"

namespace moldau::api {
namespace {

using metadata::Alteration;
using metadata::AlteredResource;
using metadata::ConfigResource;
using metadata::ConfigResourceType;

/// What is to be decided, and what is answered already.
struct Screened {
  std::vector<AlteredResource> answers;
  std::vector<metadata::ResourceAlteration> to_decide;
  /// An operation that is none: Apache Kafka's controller fails over all of the request.
  bool has_unknown_operation = false;
};

ConfigResource resource_of(const WantedResource& wanted) {
  return {.type = wanted.type, .name = std::string(wanted.name)};
}

AlteredResource refused(const WantedResource& wanted, Error error) {
  return {.resource = resource_of(wanted),
          .error = error.code,
          .error_message = error.message.empty() ? std::nullopt : std::optional(std::move(error.message))};
}

void add_to_decide(const WantedResource& wanted, Screened& screened) {
  metadata::ResourceAlteration& alteration = screened.to_decide.emplace_back();
  alteration.resource = resource_of(wanted);
  for (const WantedConfig& one : wanted.configs) {
    if (!metadata::is_alter_operation(one.operation)) screened.has_unknown_operation = true;
    metadata::ConfigChange change{.operation = static_cast<metadata::AlterOperation>(one.operation)};
    if (one.value) change.value = std::string(*one.value);
    alteration.changes.insert_or_assign(std::string(one.name), std::move(change));
  }
}

std::map<ConfigResource, int> count_names(std::span<const WantedResource> all) {
  std::map<ConfigResource, int> times;
  for (const WantedResource& wanted : all)
    ++times[resource_of(wanted)];
  return times;
}

/// Answers hold a place for each resource, in order; those to be decided fill theirs later.
Screened screen_at_broker(const Context& context, std::span<const WantedResource> all, Alteration kind) {
  Screened screened;
  const auto times = count_names(all);
  for (const WantedResource& wanted : all) {
    if (times.at(resource_of(wanted)) > 1) {
      screened.answers.push_back(refused(wanted, {.code = ErrorCode::kInvalidRequest,
                                                  .message = "Each resource must appear at most once."}));
    } else if (auto checked = check_at_broker(context, wanted, kind); !checked) {
      screened.answers.push_back(refused(wanted, std::move(checked).error()));
    } else {
      screened.answers.push_back({.resource = resource_of(wanted)});
      if (wanted.type != kBrokerLogger) add_to_decide(wanted, screened);
    }
  }
  return screened;
}

bool is_known(std::int8_t type) {
  return type == code_of(ConfigResourceType::kTopic) || type == code_of(ConfigResourceType::kBroker) ||
         type == code_of(ConfigResourceType::kClientMetrics) || type == code_of(ConfigResourceType::kGroup) ||
         type == kBrokerLogger;
}

Result<void> check_at_controller(const Context& context, const WantedResource& wanted, Alteration kind) {
  if (!is_known(wanted.type)) {
    return fail(ErrorCode::kUnsupportedVersion, "Unknown resource type " + std::to_string(wanted.type) + ".");
  }
  if (wanted.type != kBrokerLogger) return {};
  if (kind == Alteration::kIncremental) return check_loggers(context, wanted);
  return fail(ErrorCode::kInvalidRequest, "Unexpected resource type BROKER_LOGGER.");
}

/// A controller answers once for a resource, however often it is named.
Screened screen_at_controller(const Context& context, std::span<const WantedResource> all, Alteration kind) {
  Screened screened;
  const auto times = count_names(all);
  std::set<ConfigResource> answered;
  for (const WantedResource& wanted : all) {
    const bool is_repeated = times.at(resource_of(wanted)) > 1 && is_known(wanted.type);
    if (is_repeated && !answered.insert(resource_of(wanted)).second) continue;
    if (is_repeated) {
      screened.answers.push_back(
          refused(wanted, {.code = ErrorCode::kInvalidRequest, .message = "Duplicate resource."}));
    } else if (auto checked = check_at_controller(context, wanted, kind); !checked) {
      screened.answers.push_back(refused(wanted, std::move(checked).error()));
    } else {
      screened.answers.push_back({.resource = resource_of(wanted)});
      if (wanted.type != kBrokerLogger) add_to_decide(wanted, screened);
    }
  }
  return screened;
}

/// Puts the answer of the controller, or the error of the whole, into the places left open.
void fill_in(Screened& screened, Result<std::vector<AlteredResource>> decided) {
  std::set<ConfigResource> open;
  for (const metadata::ResourceAlteration& one : screened.to_decide)
    open.insert(one.resource);
  std::map<ConfigResource, AlteredResource> outcomes;
  if (decided) {
    for (AlteredResource& one : *decided)
      outcomes.emplace(one.resource, std::move(one));
  }
  for (AlteredResource& answer : screened.answers) {
    if (!open.contains(answer.resource) || answer.error != ErrorCode::kNone) continue;
    if (!decided) {
      answer.error = decided.error().code;
      if (!decided.error().message.empty()) answer.error_message = decided.error().message;
    } else if (const auto found = outcomes.find(answer.resource); found != outcomes.end()) {
      answer = std::move(found->second);
    }
  }
}

runtime::Task<std::vector<AlteredResource>> alter(Context& context, std::vector<WantedResource> all,
                                                  Alteration kind, bool is_only_validated) {
  Screened screened = context.listener.is_controller ? screen_at_controller(context, all, kind)
                                                     : screen_at_broker(context, all, kind);
  if (screened.to_decide.empty()) co_return std::move(screened.answers);
  if (screened.has_unknown_operation) {
    fill_in(screened, fail(ErrorCode::kUnknownServerError));
    co_return std::move(screened.answers);
  }
  auto decided = co_await context.node.decide<std::vector<AlteredResource>>(
      context.shard, [&screened, kind, is_only_validated](const metadata::DecisionContext& decision) {
        return metadata::alter_configs(screened.to_decide, kind, is_only_validated, decision);
      });
  fill_in(screened, std::move(decided));
  co_return std::move(screened.answers);
}

template <class Response>
Response response_of(Context& context, std::vector<AlteredResource> answers) {
  Response response;
  for (AlteredResource& answer : answers) {
    auto& result = response.responses.emplace_back();
    result.error_code = answer.error;
    result.error_message.reset();
    if (answer.error_message) result.error_message = context.keep(std::move(*answer.error_message));
    result.resource_type = answer.resource.type;
    result.resource_name = context.keep(std::move(answer.resource.name));
  }
  return response;
}

}  // namespace

runtime::Task<protocol::AlterConfigsResponse> alter_configs(Context& context,
                                                            const protocol::AlterConfigsRequest& request) {
  std::vector<WantedResource> all;
  for (const auto& resource : request.resources) {
    WantedResource& wanted = all.emplace_back();
    wanted.type = resource.resource_type;
    wanted.name = resource.resource_name;
    for (const auto& config : resource.configs)
      wanted.configs.push_back({.name = config.name, .value = config.value});
  }
  co_return response_of<protocol::AlterConfigsResponse>(
      context, co_await alter(context, std::move(all), Alteration::kReplaceAll, request.validate_only));
}

runtime::Task<protocol::IncrementalAlterConfigsResponse> incremental_alter_configs(
    Context& context, const protocol::IncrementalAlterConfigsRequest& request) {
  std::vector<WantedResource> all;
  for (const auto& resource : request.resources) {
    WantedResource& wanted = all.emplace_back();
    wanted.type = resource.resource_type;
    wanted.name = resource.resource_name;
    for (const auto& config : resource.configs)
      wanted.configs.push_back(
          {.name = config.name, .operation = config.config_operation, .value = config.value});
  }
  co_return response_of<protocol::IncrementalAlterConfigsResponse>(
      context, co_await alter(context, std::move(all), Alteration::kIncremental, request.validate_only));
}

}  // namespace moldau::api
