#include "consumer_harness.h"

namespace moldau::coordinator {
namespace {

protocol::ConsumerGroupHeartbeatRequest as_instance(protocol::ConsumerGroupHeartbeatRequest request,
                                                    std::string_view instance = "i") {
  request.instance_id = instance;
  return request;
}

}  // namespace

TEST_CASE("a static member that left for a while comes back to its partitions by another id") {
  ConsumerHarness harness;
  harness.heartbeat(as_instance(joining("a")));
  const auto left = harness.heartbeat(as_instance(heartbeat_of("a", -2)));
  CHECK(left.member_epoch == -2);
  CHECK(harness.consumers().epoch() == 2);
  const auto back = harness.heartbeat(as_instance(joining("b")));
  CHECK(back.error_code == ErrorCode::kNone);
  CHECK(back.member_epoch == 2);
  CHECK(assigned(back) == Partitions{0, 1, 2, 3});
  CHECK(harness.consumers().epoch() == 2);
  CHECK(harness.consumers().find("a") == nullptr);
  harness.check_replay();
}

TEST_CASE("an instance id belongs to one member at a time") {
  ConsumerHarness harness;
  harness.heartbeat(as_instance(joining("a")));
  CHECK(harness.heartbeat(as_instance(joining("b"))).error_code == ErrorCode::kUnreleasedInstanceId);
  CHECK(harness.heartbeat(as_instance(heartbeat_of("b", 2))).error_code == ErrorCode::kFencedInstanceId);
  CHECK(harness.heartbeat(as_instance(heartbeat_of("b", -2))).error_code == ErrorCode::kFencedInstanceId);
  CHECK(harness.heartbeat(as_instance(heartbeat_of("a", 2), "j")).error_code == ErrorCode::kUnknownMemberId);
  CHECK(harness.heartbeat(as_instance(heartbeat_of("a", 2))).error_code == ErrorCode::kNone);
}

TEST_CASE("a static member that does not come back in time is gone") {
  ConsumerHarness harness;
  harness.heartbeat(as_instance(joining("a")));
  harness.heartbeat(as_instance(heartbeat_of("a", -2)));
  harness.pass(std::chrono::milliseconds(45'000));
  CHECK(harness.consumers().is_empty());
  CHECK(harness.consumers().static_member("i") == nullptr);
  harness.check_replay();
}

TEST_CASE("a static member that leaves for good is gone at once") {
  ConsumerHarness harness;
  harness.heartbeat(as_instance(joining("a")));
  CHECK(harness.heartbeat(as_instance(heartbeat_of("a", -1))).error_code == ErrorCode::kNone);
  CHECK(harness.consumers().is_empty());
  harness.check_replay();
}

TEST_CASE("static members come first in ranges, by their instance ids") {
  ConsumerHarness harness;
  auto first = as_instance(joining("z"), "1");
  first.server_assignor = "range";
  harness.heartbeat(first);
  auto second = joining("a");
  second.server_assignor = "range";
  harness.heartbeat(second);
  CHECK(assigned(harness.heartbeat(as_instance(heartbeat_of("z", 2), "1"))) == Partitions{0, 1});
  harness.check_replay();
}

}  // namespace moldau::coordinator
