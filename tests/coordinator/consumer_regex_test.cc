#include "consumer_harness.h"
#include "coordinator/consumer/topic_regex.h"

namespace moldau::coordinator {
namespace {

protocol::ConsumerGroupHeartbeatRequest by_regex(std::string_view member, std::string_view regex) {
  auto request = joining(member);
  request.subscribed_topic_names.reset();
  request.subscribed_topic_regex = regex;
  return request;
}

}  // namespace

TEST_CASE("an expression that is none is refused, and nothing is written") {
  ConsumerHarness harness;
  const auto refused = harness.heartbeat(by_regex("a", "["));
  CHECK(refused.error_code == ErrorCode::kInvalidRegularExpression);
  CHECK(refused.error_message ==
        "SubscribedTopicRegex `[` is not a valid regular expression: missing closing ].");
  CHECK(harness.log.empty());
  CHECK(harness.coordinator.store().consumer("group") == nullptr);
}

TEST_CASE("a member gets the topics whose whole names match, once they have been searched") {
  ConsumerHarness harness;
  const auto joined = harness.heartbeat(by_regex("a", "to.*|the"));
  CHECK(joined.member_epoch == 1);
  CHECK(assigned(joined) == Partitions{});
  harness.pass(std::chrono::milliseconds(0));
  const auto found = harness.heartbeat(heartbeat_of("a", 1));
  CHECK(found.member_epoch == 2);
  CHECK(assigned(found) == Partitions{0, 1, 2, 3});
  CHECK(assigned(found, kOther) == Partitions{});
  harness.check_replay();
}

TEST_CASE("an expression that is known counts at once, and goes with its last subscriber") {
  ConsumerHarness harness;
  harness.heartbeat(by_regex("a", "to.*"));
  harness.pass(std::chrono::milliseconds(0));
  harness.heartbeat(heartbeat_of("a", 1));
  const auto second = harness.heartbeat(by_regex("b", "to.*"));
  CHECK(second.member_epoch == 3);
  CHECK(harness.consumers().is_homogeneous());
  CHECK(harness.consumers().subscribers("to.*") == 2);
  auto names = heartbeat_of("b", 3);
  names.subscribed_topic_regex = "";
  names.subscribed_topic_names = {{TopicName("other")}};
  const auto by_name = harness.heartbeat(names);
  CHECK(by_name.member_epoch == 4);
  CHECK(assigned(by_name, kOther) == Partitions{0});
  CHECK(harness.consumers().resolved("to.*") != nullptr);
  harness.heartbeat(heartbeat_of("a", -1));
  CHECK(harness.consumers().resolved("to.*") == nullptr);
  CHECK(!harness.consumers().is_subscribed_to("topic"));
  harness.check_replay();
}

TEST_CASE("new topics are searched, but not more often than every ten seconds") {
  ConsumerHarness harness;
  harness.heartbeat(by_regex("a", "t.*"));
  harness.pass(std::chrono::milliseconds(0));
  harness.heartbeat(heartbeat_of("a", 1));
  harness.set_topics({{"topic", {.id = kTopic, .partitions = 4}}, {"two", {.id = kOther, .partitions = 1}}},
                     {"two"});
  harness.pass(std::chrono::milliseconds(5'000));
  harness.heartbeat(heartbeat_of("a", 2));
  harness.pass(std::chrono::milliseconds(5'000));
  CHECK(harness.heartbeat(heartbeat_of("a", 2)).member_epoch == 2);
  harness.pass(std::chrono::milliseconds(1));
  harness.heartbeat(heartbeat_of("a", 2));
  harness.pass(std::chrono::milliseconds(0));
  const auto found = harness.heartbeat(heartbeat_of("a", 2));
  CHECK(found.member_epoch == 3);
  CHECK(assigned(found, kOther) == Partitions{0});
  harness.check_replay();
}

}  // namespace moldau::coordinator
