#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "config/broker_config.h"
#include "protocol/messages/create_topics_request.h"
#include "runtime/node.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// How an internal topic is made. Move only: the specification points into the texts.
struct InternalTopic {
  InternalTopic() = default;
  InternalTopic(InternalTopic&&) = default;
  InternalTopic& operator=(InternalTopic&&) = default;
  InternalTopic(const InternalTopic&) = delete;
  InternalTopic& operator=(const InternalTopic&) = delete;
  ~InternalTopic() = default;

  protocol::CreateTopicsRequest::CreatableTopic specification;
  std::list<std::string> texts;
};

/// How the coordinator wants its topic of that name; nullopt for a topic that is not internal. `name`
/// outlives it.
std::optional<InternalTopic> internal_topic(const config::BrokerConfig& config, std::string_view name);

/// Creates the internal topic of that name if it is not there, and waits a while until `here`, the caller's
/// shard, sees it.
Task<void> make_internal_topic(Node& node, Shard& here, std::string_view name);

}  // namespace moldau::runtime
