#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "consumer_harness.h"
#include "coordinator/share_group/share_group_update.h"
#include "golden.h"

namespace moldau::coordinator {
namespace {

ShareSubscription subscribed_to(std::set<std::string, std::less<>> topics) {
  return {.client_id = "client", .client_host = "/127.0.0.1", .topics = std::move(topics)};
}

/// One share group, its log and the time.
class Group {
 public:
  struct Heard {
    ErrorCode error = ErrorCode::kNone;
    std::int32_t epoch = 0;
    PartitionSets assigned = {};
    std::optional<InitializeShareStates> initialize = {};
  };

  Group()
      : topics_(1, {{"topic", {.id = kTopic, .partitions = 4}}, {"other", {.id = kOther, .partitions = 1}}}) {
  }

  Heard heartbeat(std::string_view id, std::int32_t epoch,
                  const std::optional<ShareSubscription>& subscription = {}) {
    const ShareUpdateContext context = this->context();
    ShareGroupUpdate update("group", group_, context);
    const auto member = update.member(id, epoch, epoch == kJoinEpoch);
    if (!member) return {.error = member.error().code};
    bool has_to = update.subscribe(*member, subscription.value_or(member->subscription));
    has_to = update.has_new_states() || has_to;
    const bool begun = update.update_metadata(has_to);
    REQUIRE(update.update_target());
    update.reconcile_member(id, begun);
    Heard heard{.initialize = update.initialize_states()};
    const ShareAssignment& current = update.group().find(id)->current;
    heard.epoch = current.epoch;
    heard.assigned = current.assigned;
    take(update);
    return heard;
  }

  template <class Step>
  void update(Step step) {
    const ShareUpdateContext context = this->context();
    ShareGroupUpdate update("group", group_, context);
    step(update);
    take(update);
  }

  /// Reads all records back: the same group.
  void check_replay() const {
    ShareGroup again;
    for (const Record& record : log_) {
      const auto read = decode_share_group_record(read_prefix_of(record), record.key, view(record));
      REQUIRE(read);
      again.apply(read->change, now_ms_);
    }
    CHECK(again == group_);
  }

  void pass(TimestampMs ms) { now_ms_ += ms; }
  const ShareGroup& group() const { return group_; }

 private:
  static std::int16_t read_prefix_of(const Record& record) {
    return static_cast<std::int16_t>(record.key[0] << 8 | record.key[1]);
  }

  ShareUpdateContext context() const {
    return {.at = {.now = Instant(), .wall_ms = now_ms_, .next_offset = 0},
            .topics = topics_,
            .settings = {.assignment_interval_ms = 0}};
  }

  void take(ShareGroupUpdate& update) {
    log_.insert(log_.end(), update.records().begin(), update.records().end());
    group_ = update.group();
  }

  FakeTopics topics_;
  ShareGroup group_;
  std::vector<Record> log_;
  TimestampMs now_ms_ = 1'700'000'000'000;
};

const PartitionSets kAll = {{kTopic, {0, 1, 2, 3}}};

std::map<std::string, ShareGroupChange> records() {
  ShareSubscription subscription = subscribed_to({"topic", "other"});
  subscription.rack_id = "rack";
  const ShareStates states{.initializing = {{kTopic, {.name = "topic", .partitions = {0, 3}}}},
                           .initialized = {{kOther, {.name = "other", .partitions = {1}}}},
                           .deleting = {{Uuid(9, 9), "gone"}}};
  return {
      {"share-subscription", ShareSubscriptionRecord{"m-1", subscription}},
      {"share-subscription-tombstone", ShareSubscriptionRecord{"m-1", std::nullopt}},
      {"share-group-epoch", GroupEpochRecord{GroupEpochRecord::Value{.epoch = 5, .metadata_hash = -2}}},
      {"share-group-epoch-tombstone", GroupEpochRecord{std::nullopt}},
      {"share-target-epoch",
       TargetEpochRecord{TargetEpochRecord::Value{.epoch = 5, .timestamp_ms = 1'700'000'000'000}}},
      {"share-target-epoch-tombstone", TargetEpochRecord{std::nullopt}},
      {"share-target", TargetRecord{"m-1", MemberAssignment{{.topic_id = kTopic, .partitions = {0, 3}}}}},
      {"share-target-tombstone", TargetRecord{"m-1", std::nullopt}},
      {"share-current", ShareCurrentRecord{"m-1", ShareAssignment{.epoch = 5,
                                                                  .previous_epoch = 4,
                                                                  .state = MemberState::kStable,
                                                                  .assigned = {{kTopic, {0, 3}}}}}},
      {"share-current-tombstone", ShareCurrentRecord{"m-1", std::nullopt}},
      {"share-states", ShareStatesRecord{states}},
      {"share-states-tombstone", ShareStatesRecord{std::nullopt}},
  };
}

}  // namespace

TEST_CASE("share groups' records have Apache Kafka's bytes, and read back as what they say") {
  const Golden golden;
  for (const auto& [name, change] : records()) {
    CAPTURE(name);
    const Record& expected = golden.records.at(name);
    CHECK(encode_share_group_record("group", change) == expected);
    const auto type = static_cast<std::int16_t>(expected.key[0] << 8 | expected.key[1]);
    REQUIRE(is_share_group_record(type));
    const auto decoded = decode_share_group_record(type, expected.key, view(expected));
    REQUIRE(decoded);
    CHECK(encode_share_group_record(decoded->group, decoded->change) == expected);
  }
}

TEST_CASE("a member of a share group gets partitions once their state is there, and shares them") {
  Group group;
  const auto joined = group.heartbeat("a", 0, subscribed_to({"topic"}));
  CHECK(joined.error == ErrorCode::kNone);
  CHECK(joined.epoch == 2);
  CHECK(joined.assigned.empty());
  REQUIRE(joined.initialize);
  CHECK(joined.initialize->state_epoch == 2);
  CHECK(joined.initialize->start_offsets.at(kTopic).size() == 4);
  // Asked for once, not with every heartbeat.
  CHECK(!group.heartbeat("a", 2).initialize);
  group.update([](ShareGroupUpdate& update) { update.states_initialized(kAll); });
  const auto given = group.heartbeat("a", 2);
  CHECK(given.epoch == 3);
  CHECK(given.assigned == kAll);
  group.check_replay();

  const auto second = group.heartbeat("b", 0, subscribed_to({"topic"}));
  const auto first = group.heartbeat("a", 3);
  PartitionSets both = second.assigned;
  both[kTopic].insert(first.assigned.at(kTopic).begin(), first.assigned.at(kTopic).end());
  CHECK(both == kAll);
  CHECK(!second.assigned.at(kTopic).empty());
  group.check_replay();
}

TEST_CASE("a state that is refused, or not confirmed in time, is asked for again") {
  Group group;
  REQUIRE(group.heartbeat("a", 0, subscribed_to({"topic"})).initialize);
  SUBCASE("refused") {
    group.update([](ShareGroupUpdate& update) { update.states_refused({{kTopic, {1}}}); });
    const auto again = group.heartbeat("a", 2).initialize;
    REQUIRE(again);
    CHECK(again->start_offsets.at(kTopic).size() == 1);
    CHECK(again->start_offsets.at(kTopic).contains(1));
  }
  SUBCASE("no answer") {
    group.pass(29'999);
    CHECK(!group.heartbeat("a", 2).initialize);
    group.pass(1);
    CHECK(group.heartbeat("a", 2).initialize);
  }
  group.check_replay();
}

TEST_CASE("members of share groups are fenced by their epochs") {
  Group group;
  CHECK(group.heartbeat("a", 1).error == ErrorCode::kUnknownMemberId);
  group.heartbeat("a", 0, subscribed_to({"topic"}));
  CHECK(group.heartbeat("a", 3).error == ErrorCode::kFencedMemberEpoch);
  CHECK(group.heartbeat("a", 1).error == ErrorCode::kFencedMemberEpoch);
  group.heartbeat("a", 2, subscribed_to({"topic", "other"}));
  CHECK(group.heartbeat("a", 2).error == ErrorCode::kNone);
  CHECK(group.heartbeat("a", 3).epoch == 3);
}

TEST_CASE(
    "a member that leaves a share group leaves its topics' state, which goes with topics and with the "
    "group") {
  Group group;
  group.heartbeat("a", 0, subscribed_to({"topic", "other"}));
  group.update(
      [](ShareGroupUpdate& update) { update.states_initialized({{kTopic, {0, 1, 2, 3}}, {kOther, {0}}}); });
  group.update([](ShareGroupUpdate& update) { update.fence("a"); });
  CHECK(group.group().is_empty());
  CHECK(group.group().subscribed_topics().empty());
  REQUIRE(group.group().states() != nullptr);
  CHECK(group.group().states()->initialized.size() == 2);
  group.update([](ShareGroupUpdate& update) { update.topics_deleted({kOther}); });
  CHECK(group.group().states()->initialized.size() == 1);
  group.check_replay();
  group.update([](ShareGroupUpdate& update) { update.remove_group(); });
  CHECK(group.group().states() == nullptr);
  group.check_replay();
}

}  // namespace moldau::coordinator
