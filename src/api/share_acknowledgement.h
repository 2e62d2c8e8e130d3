#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/context.h"
#include "base/error_code.h"
#include "base/uuid.h"
#include "runtime/task.h"
#include "share/share_acknowledgement.h"
#include "share/share_session.h"

/// What ShareFetch and ShareAcknowledge have in common: members say what became of records (KIP-932).
namespace moldau::api {

/// The first version of ShareFetch and of ShareAcknowledge with renewals.
constexpr std::int16_t kFirstVersionWithRenewals = 2;

using TopicPartition = std::pair<Uuid, std::int32_t>;

/// What a request says of each partition. The last of what it says of one counts.
using Acknowledgements = std::map<TopicPartition, std::vector<share::AcknowledgementBatch>>;

/// What became of it.
struct AcknowledgeOutcome {
  ErrorCode error = ErrorCode::kNone;
  std::string message = {};  ///< nothing to say where it is empty
};
using AcknowledgeOutcomes = std::map<TopicPartition, AcknowledgeOutcome>;

/// What of it may be acknowledged.
struct AcknowledgeManner {
  bool knows_renew = false;  ///< the request's version has renewals
  bool is_renewal = false;   ///< the request says that it renews
};

/// The acknowledgements of a request. Views point into it.
template <class Request>
Acknowledgements acknowledgements_of(const Request& request) {
  Acknowledgements all;
  for (const auto& topic : request.topics) {
    for (const auto& partition : topic.partitions) {
      auto& batches = all[{topic.topic_id, partition.partition_index}];
      batches.clear();
      for (const auto& batch : partition.acknowledgement_batches) {
        batches.push_back({.first_offset = batch.first_offset,
                           .last_offset = batch.last_offset,
                           .types = batch.acknowledge_types});
      }
    }
  }
  return all;
}

/// Acknowledges a member's records, each partition for itself, and returns when the share coordinators know.
/// By partition: UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION, INVALID_REQUEST, and the errors of
/// LedSharePartition::acknowledge(). As in Apache Kafka, partitions of which nothing is said have an outcome
/// only where something was done for another. `key` and what `all` points to outlive the task.
runtime::Task<AcknowledgeOutcomes> acknowledge_records(Context& context, const share::ShareSessionKey& key,
                                                       Acknowledgements all, AcknowledgeManner manner);

/// How long a group's records stay acquired, for its members to know.
std::int32_t lock_timeout_ms(Context& context, std::string_view group);

/// Whether a member's id can be one.
bool is_member_id(std::optional<std::string_view> member);

}  // namespace moldau::api
