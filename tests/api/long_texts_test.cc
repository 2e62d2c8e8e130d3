#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "protocol/messages/create_topics_request.h"
#include "protocol/messages/create_topics_response.h"
#include "protocol/messages/elect_leaders_request.h"
#include "protocol/messages/elect_leaders_response.h"
#include "protocol/messages/update_features_request.h"
#include "protocol/messages/update_features_response.h"
#include "running_broker.h"

using namespace moldau;
using namespace moldau::protocol;

namespace {

// It fits by itself; what is said about it does not.
const std::string kLongText(32'760, 'a');

}  // namespace

TEST_CASE("an answer that would repeat too long a text is an error, and the connection goes on") {
  const testing::RunningBroker broker(1);
  testing::BrokerClient client(broker.address());

  CreateTopicsRequest create;
  create.timeout_ms = 10'000;
  create.topics.emplace_back().name = TopicName(kLongText);
  create.topics.back().num_partitions = 1;
  create.topics.back().replication_factor = 1;
  const auto created = client.ask<CreateTopicsResponse>(create, 7);
  REQUIRE(created->topics.size() == 1);
  CHECK(created->topics[0].name == TopicName(kLongText));
  CHECK(created->topics[0].error_code == ErrorCode::kUnknownServerError);
  CHECK(!created->topics[0].error_message);

  ElectLeadersRequest elect;
  elect.timeout_ms = 10'000;
  auto& topic = elect.topic_partitions->emplace_back();
  topic.topic = TopicName(kLongText);
  topic.partitions = {0};
  for (std::int16_t version = 0; version <= 1; ++version) {
    const auto elected = client.ask<ElectLeadersResponse>(elect, version);
    CHECK(elected->error_code == (version == 0 ? ErrorCode::kNone : ErrorCode::kUnknownServerError));
    REQUIRE(elected->replica_election_results.size() == 1);
    CHECK(elected->replica_election_results[0].partition_result[0].error_code ==
          ErrorCode::kUnknownServerError);
  }

  UpdateFeaturesRequest update;
  update.timeout_ms = 10'000;
  update.feature_updates.emplace_back().feature = kLongText;
  update.feature_updates.back().max_version_level = 1;
  const auto updated = client.ask<UpdateFeaturesResponse>(update, 2);
  CHECK(updated->error_code == ErrorCode::kUnknownServerError);
}
