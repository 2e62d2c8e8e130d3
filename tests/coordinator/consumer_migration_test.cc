#include <array>

#include "consumer_harness.h"
#include "coordinator/group/embedded_protocol.h"
#include "coordinator/record_bytes.h"
#include "protocol/messages/consumer_protocol_subscription.h"

namespace moldau::coordinator {
namespace {

/// What a consumer of the classic protocol says when it joins.
std::string embedded(const Partitions& owned = {}) {
  protocol::ConsumerProtocolSubscription subscription;
  subscription.topics = {"topic"};
  if (!owned.empty()) {
    auto& topic = subscription.owned_partitions.emplace_back();
    topic.topic = TopicName("topic");
    topic.partitions = owned;
  }
  return std::string(as_text(prefixed(1, subscription, 1)));
}

std::string told(const Partitions& partitions) {
  return encode_assignment({{"topic", partitions}}, as_bytes(embedded())).value_or("");
}

/// A classic consumer on its way through a group.
class Classic {
 public:
  explicit Classic(ConsumerHarness& harness) : harness_(harness) {}

  protocol::JoinGroupResponse join(const Partitions& owned = {}) {
    metadata_ = embedded(owned);
    auto request = join_request(id_, {}, metadata_);
    request.protocol_type = "consumer";
    const Token token = harness_.join(request, 3);
    harness_.pass(std::chrono::milliseconds(0));
    const auto& joined = harness_.joined(token);
    id_ = joined.member_id;
    generation_ = joined.generation_id;
    return joined;
  }

  protocol::SyncGroupResponse sync(const std::string& assignment = {}) {
    assignment_ = assignment;
    std::vector<std::pair<std::string_view, std::string_view>> given;
    if (!assignment_.empty()) given.emplace_back(id_, assignment_);
    return harness_.synced(harness_.sync(sync_request(id_, generation_, given), 3));
  }

  ErrorCode heartbeat() {
    return harness_
        .take(harness_.coordinator.heartbeat(harness_.context(3), heartbeat_request(id_, generation_)))
        .error_code;
  }

  const std::string& id() const { return id_; }

 private:
  ConsumerHarness& harness_;
  std::string id_;
  std::int32_t generation_ = 0;
  std::string metadata_;
  std::string assignment_;
};

/// A classic group of one consumer that has all partitions, which a consumer of the new protocol joins.
struct Mixed {
  explicit Mixed(ConsumerHarness& harness) : harness(harness), classic(harness) {
    REQUIRE(classic.join().error_code == ErrorCode::kNone);
    REQUIRE(classic.sync(told({0, 1, 2, 3})).error_code == ErrorCode::kNone);
    joined = harness.heartbeat(joining("m"));
  }

  ConsumerHarness& harness;
  Classic classic;
  protocol::ConsumerGroupHeartbeatResponse joined;
};

}  // namespace

TEST_CASE(
    "a consumer of the new protocol makes a classic group a consumer group, with what its members have") {
  ConsumerHarness harness;
  Mixed group(harness);
  CHECK(group.joined.error_code == ErrorCode::kNone);
  CHECK(group.joined.member_epoch == 2);
  CHECK(assigned(group.joined) == Partitions{});
  CHECK(harness.coordinator.store().classic("group") == nullptr);
  const ConsumerMember* classic = harness.consumers().find(group.classic.id());
  REQUIRE(classic != nullptr);
  CHECK(classic->is_classic());
  CHECK(classic->current.assigned.at(kTopic).size() == 4);
  harness.check_replay();

  CHECK(group.classic.heartbeat() == ErrorCode::kRebalanceInProgress);
  CHECK(group.classic.join({0, 1, 2, 3}).error_code == ErrorCode::kNone);
  const auto kept = group.classic.sync();
  CHECK(kept.error_code == ErrorCode::kNone);
  const auto parsed = parse_assignment(kept.assignment.bytes);
  REQUIRE(parsed);
  const Partitions has = parsed->partitions.at("topic");
  CHECK(has.size() == 2);
  CHECK(group.classic.heartbeat() == ErrorCode::kRebalanceInProgress);
  CHECK(group.classic.join(has).generation_id == 2);
  group.classic.sync();
  CHECK(group.classic.heartbeat() == ErrorCode::kNone);
  CHECK(assigned(harness.heartbeat(heartbeat_of("m", 2)))->size() == 2);
  CHECK(harness.consumers().state() == ConsumerState::kStable);
  harness.check_replay();
}

TEST_CASE("a classic member that does not follow a rebalance in time is gone") {
  ConsumerHarness harness;
  Mixed group(harness);
  for (int i = 0; i < 4; ++i) {
    group.classic.heartbeat();
    harness.heartbeat(heartbeat_of("m", 2));
    harness.pass(std::chrono::milliseconds(9'000));
  }
  CHECK(harness.consumers().find(group.classic.id()) == nullptr);
  harness.check_replay();
}

TEST_CASE("the last consumer of the new protocol that leaves makes the group a classic one") {
  ConsumerHarness harness;
  Mixed group(harness);
  CHECK(harness.heartbeat(heartbeat_of("m", -1)).error_code == ErrorCode::kNone);
  CHECK(harness.coordinator.store().consumer("group") == nullptr);
  CHECK(harness.group("group").is_in(ClassicState::kPreparingRebalance));
  CHECK(group.classic.join({0, 1}).error_code == ErrorCode::kNone);
  CHECK(group.classic.sync(told({0, 1, 2, 3})).error_code == ErrorCode::kNone);
  harness.check_replay();
}

TEST_CASE("the policy may forbid either way") {
  auto config = ConsumerHarness::at_once();
  SUBCASE("no upgrade") {
    config.migration = {.upgrade = false, .downgrade = true};
    ConsumerHarness harness(config);
    Mixed group(harness);
    CHECK(group.joined.error_code == ErrorCode::kGroupIdNotFound);
    CHECK(group.classic.heartbeat() == ErrorCode::kNone);
  }
  SUBCASE("no downgrade") {
    config.migration = {.upgrade = true, .downgrade = false};
    ConsumerHarness harness(config);
    Mixed group(harness);
    harness.heartbeat(heartbeat_of("m", -1));
    CHECK(harness.consumers().find(group.classic.id()) != nullptr);
    harness.check_replay();
  }
  SUBCASE("neither: classic members stay out") {
    config.migration = {.upgrade = false, .downgrade = false};
    ConsumerHarness harness(config);
    harness.heartbeat(joining("m"));
    CHECK(Classic(harness).join().error_code == ErrorCode::kInconsistentGroupProtocol);
  }
}

TEST_CASE("members that wait in a classic group are told to join again when it is a consumer group") {
  ConsumerHarness harness;
  Classic first(harness);
  first.join();
  const std::string metadata = embedded();
  auto request = join_request({}, {}, metadata);
  request.protocol_type = "consumer";
  const Token parked = harness.join(request, 3);
  CHECK(!harness.is_answered(parked));
  SUBCASE("the new member is taken") {
    CHECK(harness.heartbeat(joining("m")).error_code == ErrorCode::kNone);
    CHECK(harness.joined(parked).error_code == ErrorCode::kRebalanceInProgress);
    harness.check_replay();
  }
  SUBCASE("the new member is refused: nothing has changed") {
    auto refused = joining("m");
    refused.subscribed_topic_regex = "[";
    CHECK(harness.heartbeat(refused).error_code == ErrorCode::kInvalidRegularExpression);
    CHECK(!harness.is_answered(parked));
  }
}

TEST_CASE("a group without members changes its kind by whoever comes next") {
  ConsumerHarness harness;
  harness.heartbeat(joining("m"));
  harness.heartbeat(heartbeat_of("m", -1));
  Classic classic(harness);
  CHECK(classic.join().error_code == ErrorCode::kNone);
  CHECK(harness.coordinator.store().consumer("group") == nullptr);
  classic.sync(told({0}));
  harness.check_replay();
  protocol::LeaveGroupRequest leave;
  leave.group_id = GroupId("group");
  leave.members.emplace_back().member_id = classic.id();
  harness.take(harness.coordinator.leave(harness.context(5), leave));
  CHECK(harness.heartbeat(joining("m")).member_epoch == 2);
  harness.check_replay();
}

TEST_CASE("an operator removes members of either protocol from a consumer group") {
  ConsumerHarness harness;
  Mixed group(harness);
  protocol::LeaveGroupRequest leave;
  leave.group_id = GroupId("group");
  leave.members.emplace_back().member_id = group.classic.id();
  leave.members.emplace_back().member_id = "nobody";
  const auto left = harness.take(harness.coordinator.leave(harness.context(5), leave));
  CHECK(left.members[0].error_code == ErrorCode::kNone);
  CHECK(left.members[1].error_code == ErrorCode::kUnknownMemberId);
  CHECK(harness.consumers().find(group.classic.id()) == nullptr);
  harness.check_replay();
}

}  // namespace moldau::coordinator
