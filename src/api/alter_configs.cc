#include "api/alter_configs.h"

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/config_resources.h"
#include "api/keep_any.h"
#include "api/wanted_configs.h"
#include "metadata/config_decisions.h"

namespace moldau::api {
namespace {

using metadata::Alteration;
using metadata::AlteredResource;
using metadata::ConfigResource;
using metadata::ConfigResourceType;

/// What is answered already, and what is to be decided.
struct Screened {
  std::vector<AlteredResource> answers;  ///< in the order of the request
  std::vector<metadata::ResourceAlteration> to_decide;
  std::vector<std::size_t> places;  ///< of those to decide, among the answers
  /// An operation that is none: Apache Kafka's controller fails over all of the request.
  bool has_unknown_operation = false;
};

ConfigResource resource_of(const WantedResource& wanted) {
  return {.type = wanted.type, .name = std::string(wanted.name)};
}

void refuse(const Error& error, AlteredResource& answer) {
  answer.error = error.code;
  if (!error.message.empty()) answer.error_message = error.message;
}

void add_to_decide(const WantedResource& wanted, Screened& screened) {
  screened.places.push_back(screened.answers.size() - 1);
  metadata::ResourceAlteration& alteration = screened.to_decide.emplace_back();
  alteration.resource = resource_of(wanted);
  for (const WantedConfig& one : wanted.configs) {
    if (!metadata::is_alter_operation(one.operation)) screened.has_unknown_operation = true;
    metadata::ConfigChange change{.operation = static_cast<metadata::AlterOperation>(one.operation)};
    if (one.value) change.value = std::string(*one.value);
    alteration.changes.insert_or_assign(std::string(one.name), std::move(change));
  }
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

std::map<ConfigResource, int> count_names(std::span<const WantedResource> all) {
  std::map<ConfigResource, int> times;
  for (const WantedResource& wanted : all)
    ++times[resource_of(wanted)];
  return times;
}

/// What is known of a resource without the controller's decision. A broker answers as often as a resource is
/// named, a controller once.
Screened screen(const Context& context, std::span<const WantedResource> all, Alteration kind) {
  const bool is_controller = context.listener.is_controller;
  const char* repeated = is_controller ? "Duplicate resource." : "Each resource must appear at most once.";
  Screened screened;
  const auto times = count_names(all);
  std::set<ConfigResource> answered;
  for (const WantedResource& wanted : all) {
    const bool is_repeated = times.at(resource_of(wanted)) > 1 && (!is_controller || is_known(wanted.type));
    if (is_repeated && is_controller && !answered.insert(resource_of(wanted)).second) continue;
    auto checked = is_repeated     ? fail(ErrorCode::kInvalidRequest, repeated)
                   : is_controller ? check_at_controller(context, wanted, kind)
                                   : check_at_broker(context, wanted, kind);
    screened.answers.push_back({.resource = resource_of(wanted)});
    if (!checked) {
      refuse(checked.error(), screened.answers.back());
    } else if (wanted.type != kBrokerLogger) {
      add_to_decide(wanted, screened);
    }
  }
  return screened;
}

runtime::Task<std::vector<AlteredResource>> alter(Context& context, std::vector<WantedResource> all,
                                                  Alteration kind, bool is_only_validated) {
  Screened screened = screen(context, all, kind);
  if (screened.to_decide.empty()) co_return std::move(screened.answers);
  using Decided = Result<std::vector<AlteredResource>>;
  Decided decided = fail(ErrorCode::kUnknownServerError);
  if (!screened.has_unknown_operation) {
    decided = co_await context.node.decide<std::vector<AlteredResource>>(
        context.shard, [&screened, kind, is_only_validated](const metadata::DecisionContext& decision) {
          return metadata::alter_configs(screened.to_decide, kind, is_only_validated, decision);
        });
  }
  for (std::size_t i = 0; i < screened.places.size(); ++i) {
    AlteredResource& answer = screened.answers[screened.places[i]];
    if (decided) {
      answer = std::move((*decided)[i]);
    } else {
      refuse(decided.error(), answer);
    }
  }
  co_return std::move(screened.answers);
}

/// The two requests have the same fields, but for the operation.
template <class Request>
std::vector<WantedResource> wanted_of(const Request& request) {
  std::vector<WantedResource> all;
  for (const auto& resource : request.resources) {
    WantedResource& wanted = all.emplace_back();
    wanted.type = resource.resource_type;
    wanted.name = resource.resource_name;
    for (const auto& config : resource.configs) {
      WantedConfig& one = wanted.configs.emplace_back();
      one.name = config.name;
      one.value = config.value;
      if constexpr (requires { config.config_operation; }) one.operation = config.config_operation;
    }
  }
  return all;
}

template <class Response>
Response response_of(Context& context, std::vector<AlteredResource> answers) {
  Response response;
  for (AlteredResource& answer : answers) {
    auto& result = response.responses.emplace_back();
    result.error_code = answer.error;
    result.error_message = keep_any(context, std::move(answer.error_message));
    result.resource_type = answer.resource.type;
    result.resource_name = context.keep(std::move(answer.resource.name));
  }
  return response;
}

}  // namespace

runtime::Task<protocol::AlterConfigsResponse> alter_configs(Context& context,
                                                            const protocol::AlterConfigsRequest& request) {
  co_return response_of<protocol::AlterConfigsResponse>(
      context, co_await alter(context, wanted_of(request), Alteration::kReplaceAll, request.validate_only));
}

runtime::Task<protocol::IncrementalAlterConfigsResponse> incremental_alter_configs(
    Context& context, const protocol::IncrementalAlterConfigsRequest& request) {
  co_return response_of<protocol::IncrementalAlterConfigsResponse>(
      context, co_await alter(context, wanted_of(request), Alteration::kIncremental, request.validate_only));
}

}  // namespace moldau::api
