#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metadata/decision.h"
#include "protocol/messages/create_partitions_request.h"
#include "protocol/messages/create_topics_request.h"
#include "protocol/messages/delete_topics_request.h"

namespace moldau::metadata {

/// What the requester may do with a topic of that name. Asked for names that the request holds; a
/// default-made one allows everything.
struct TopicRights {
  std::function<bool(std::string_view)> may_create = [](std::string_view) { return true; };
  std::function<bool(std::string_view)> may_delete = [](std::string_view) { return true; };
  std::function<bool(std::string_view)> may_alter = [](std::string_view) { return true; };
  std::function<bool(std::string_view)> may_describe = [](std::string_view) { return true; };
  /// DESCRIBE_CONFIGS: whether the answer shows the new topic's configs.
  std::function<bool(std::string_view)> may_describe_configs = [](std::string_view) { return true; };
};

/// One topic of a CreateTopics answer.
struct CreatedTopic {
  std::string name;
  ErrorCode error = ErrorCode::kNone;
  std::optional<std::string> error_message = {};
  Uuid topic_id = {};
  /// TOPIC_AUTHORIZATION_FAILED where the requester may not see the three fields below.
  ErrorCode config_error = ErrorCode::kNone;
  std::int32_t partition_count = -1;
  std::int16_t replication_factor = -1;
  std::vector<EffectiveConfig> configs = {};
};

/// CreateTopics: each topic on its own succeeds or fails; the records of all that succeed are atomic. No
/// records with validate_only. POLICY_VIOLATION as the whole answer for more than 10,000 partitions.
Result<Decision<std::vector<CreatedTopic>>> create_topics(const protocol::CreateTopicsRequest& request,
                                                          const TopicRights& rights,
                                                          const DecisionContext& context);

/// One topic of a DeleteTopics answer.
struct DeletedTopic {
  std::optional<std::string> name = {};  ///< nullopt where the requester may not know it.
  Uuid topic_id = {};
  ErrorCode error = ErrorCode::kNone;
  std::optional<std::string> error_message = {};
};

/// DeleteTopics by name or id. TOPIC_DELETION_DISABLED (INVALID_REQUEST before version 3) as the whole answer
/// where the configuration forbids it.
Result<Decision<std::vector<DeletedTopic>>> delete_topics(const protocol::DeleteTopicsRequest& request,
                                                          std::int16_t request_version,
                                                          const TopicRights& rights,
                                                          const DecisionContext& context);

/// One topic of a CreatePartitions answer.
struct ExtendedTopic {
  std::string name;
  ErrorCode error = ErrorCode::kNone;
  std::optional<std::string> error_message = {};
};

/// CreatePartitions: each topic on its own succeeds or fails; the records of all that succeed are atomic. No
/// records with validate_only. UNKNOWN_SERVER_ERROR for the topic that would bring the request above 10,000
/// partitions, as Apache Kafka answers it.
Result<Decision<std::vector<ExtendedTopic>>> create_partitions(
    const protocol::CreatePartitionsRequest& request, const TopicRights& rights,
    const DecisionContext& context);

}  // namespace moldau::metadata
