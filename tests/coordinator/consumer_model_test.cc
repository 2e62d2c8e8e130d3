#include <array>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "consumer_harness.h"

/// Consumers that behave as KIP-848 asks of them, answers that get lost, appends that fail and coordinators
/// that move: nobody has what another has, and in the end all is given out.
namespace moldau::coordinator {
namespace {

using Owned = std::set<std::pair<Uuid, std::int32_t>>;

/// One consumer: what it believes to be its own.
struct Consumer {
  std::string id;
  std::optional<std::string> instance_id;
  std::vector<TopicName> topics;
  std::optional<std::string> assignor;
  std::int32_t epoch = 0;
  Owned owned = {};
  bool says_all = true;  ///< the next heartbeat: after an error, a lost answer or a change of what it has
};

class Model {
 public:
  explicit Model(std::uint64_t seed) : random_(seed), harness_(config()) { set_topics(); }

  void run() {
    for (int step = 0; step < 150; ++step) {
      act();
      check_owners();
      harness_.pass(std::chrono::milliseconds(pick(200)));
    }
    settle();
  }

  std::size_t acknowledged() const { return acknowledged_; }

 private:
  static constexpr std::array<std::string_view, 3> kNames = {"topic", "other", "third"};

  static GroupCoordinatorConfig config() {
    GroupCoordinatorConfig config;
    config.consumer_settings_of = [](std::string_view) {
      return ConsumerGroupSettings{.session_timeout_ms = 45'000, .assignment_interval_ms = 100};
    };
    return config;
  }

  std::uint64_t pick(std::uint64_t below) { return random_() % below; }

  void act() {
    const std::uint64_t what = pick(100);
    if (what < 8 && consumers_.size() < 6) {
      join();
    } else if (what < 12) {
      leave();
    } else if (what < 15) {
      partitions_ += 1;
      set_topics();
    } else if (what < 18) {
      reload();
    } else if (what < 22 && !consumers_.empty()) {
      Consumer& consumer = any();
      consumer.topics = some_topics();
      consumer.says_all = true;
    } else if (!consumers_.empty()) {
      heartbeat(any());
    }
  }

  Consumer& any() {
    auto at = consumers_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(pick(consumers_.size())));
    return at->second;
  }

  std::vector<TopicName> some_topics() {
    std::vector<TopicName> topics;
    for (const std::string_view name : kNames) {
      if (pick(3) != 0) topics.emplace_back(name);
    }
    return topics;
  }

  void join() {
    Consumer consumer{
        .id = "m" + std::to_string(++made_), .instance_id = {}, .topics = some_topics(), .assignor = {}};
    if (pick(3) == 0) consumer.instance_id = "i" + consumer.id;
    if (pick(3) == 0) consumer.assignor = "range";
    Consumer& added = consumers_.emplace(consumer.id, consumer).first->second;
    heartbeat(added);
  }

  void leave() {
    if (consumers_.empty()) return;
    Consumer& consumer = any();
    if (consumer.epoch <= 0) return;
    const bool for_a_while = consumer.instance_id && pick(2) == 0;
    auto request = heartbeat_of(consumer.id, for_a_while ? kStaticLeaveEpoch : kLeaveEpoch);
    request.instance_id = consumer.instance_id;
    if (harness_.heartbeat(request).error_code == ErrorCode::kNone) ++acknowledged_;
    if (!for_a_while) {
      consumers_.erase(consumers_.find(consumer.id));
      return;
    }
    Consumer back = consumer;
    consumers_.erase(consumers_.find(consumer.id));
    back.id = "m" + std::to_string(++made_);
    back.epoch = 0;
    back.owned.clear();
    back.says_all = true;
    consumers_.emplace(back.id, back);
  }

  protocol::ConsumerGroupHeartbeatRequest request_of(const Consumer& consumer) const {
    auto request = heartbeat_of(consumer.id, consumer.epoch);
    request.instance_id = consumer.instance_id;
    if (!consumer.says_all && consumer.epoch > 0) return request;
    request.rebalance_timeout_ms = 30'000;
    request.subscribed_topic_names = consumer.topics;
    request.server_assignor = consumer.assignor;
    auto& topics = request.topic_partitions.emplace();
    for (const auto& [topic_id, partition] : consumer.owned) {
      if (topics.empty() || topics.back().topic_id != topic_id) topics.emplace_back().topic_id = topic_id;
      topics.back().partitions.push_back(partition);
    }
    return request;
  }

  void heartbeat(Consumer& consumer) {
    const bool fails = pick(20) == 0;
    harness_.append_error = fails ? ErrorCode::kNotEnoughReplicas : ErrorCode::kNone;
    const auto response = harness_.heartbeat(request_of(consumer));
    harness_.append_error = ErrorCode::kNone;
    if (fails || pick(10) == 0) {
      consumer.says_all = true;
      return;
    }
    hear(consumer, response);
  }

  void hear(Consumer& consumer, const ConsumerHarness::Response& response) {
    if (response.error_code != ErrorCode::kNone) {
      const bool is_fenced = response.error_code == ErrorCode::kFencedMemberEpoch ||
                             response.error_code == ErrorCode::kUnknownMemberId ||
                             response.error_code == ErrorCode::kGroupIdNotFound;
      const bool waits = response.error_code == ErrorCode::kUnreleasedInstanceId;
      CAPTURE(response.error_message.value_or(""));
      REQUIRE((is_fenced || waits));
      consumer.epoch = 0;
      consumer.owned.clear();
      consumer.says_all = true;
      return;
    }
    ++acknowledged_;
    consumer.epoch = response.member_epoch;
    consumer.says_all = false;
    if (!response.assignment) return;
    Owned target;
    for (const auto& topic : response.assignment->topic_partitions) {
      for (const std::int32_t partition : topic.partitions)
        target.emplace(topic.topic_id, partition);
    }
    if (target == consumer.owned) return;
    consumer.owned = target;
    consumer.says_all = true;
  }

  void check_owners() {
    std::map<std::pair<Uuid, std::int32_t>, std::string> owners;
    for (const auto& [id, consumer] : consumers_) {
      for (const auto& partition : consumer.owned) {
        const auto [known, is_new] = owners.emplace(partition, id);
        CAPTURE(id);
        CAPTURE(known->second);
        CAPTURE(partition.second);
        REQUIRE(is_new);
      }
    }
  }

  void reload() {
    harness_.check_replay();
    harness_.coordinator = GroupCoordinator(harness_.config);
    for (std::size_t i = 0; i < harness_.log.size(); ++i) {
      std::optional<ByteView> value;
      if (harness_.log[i].value) value = ByteView(*harness_.log[i].value);
      REQUIRE(harness_.coordinator.replay(static_cast<std::int64_t>(i), -1, harness_.log[i].key, value, 0));
    }
    harness_.coordinator.seal(static_cast<LogEnd>(harness_.log.size()));
    harness_.coordinator.committed_up_to(static_cast<LogEnd>(harness_.log.size()));
    harness_.timers.clear();
    set_topics();
    harness_.carry_out(harness_.coordinator.loaded(harness_.moment()));
  }

  void set_topics() {
    harness_.set_topics({{"topic", {.id = kTopic, .partitions = partitions_}},
                         {"other", {.id = kOther, .partitions = 3}},
                         {"third", {.id = Uuid(3, 3), .partitions = 2}}},
                        {"topic"});
  }

  /// With nothing more going wrong everybody gets there, and nothing that somebody wants is left over.
  void settle() {
    // A static member whose join was not answered is not let in before its session has ended.
    for (int round = 0; round < 100; ++round) {
      for (auto& [id, consumer] : consumers_) {
        hear(consumer, harness_.heartbeat(request_of(consumer)));
        check_owners();
      }
      harness_.pass(std::chrono::milliseconds(600));
    }
    harness_.check_replay();
    if (consumers_.empty()) return;
    CHECK(harness_.consumers().state() == ConsumerState::kStable);
    Owned all;
    std::set<std::string_view> wanted;
    for (const auto& [id, consumer] : consumers_) {
      all.insert(consumer.owned.begin(), consumer.owned.end());
      for (const TopicName& topic : consumer.topics)
        wanted.insert(topic.value());
    }
    const std::size_t expected = (wanted.contains("topic") ? static_cast<std::size_t>(partitions_) : 0) +
                                 (wanted.contains("other") ? 3 : 0) + (wanted.contains("third") ? 2 : 0);
    CHECK(all.size() == expected);
  }

  std::mt19937_64 random_;
  ConsumerHarness harness_;
  std::map<std::string, Consumer> consumers_;
  std::int32_t partitions_ = 4;
  int made_ = 0;
  std::size_t acknowledged_ = 0;
};

}  // namespace

TEST_CASE("whatever goes wrong, no partition has two owners, and in the end none has none") {
  std::size_t acknowledged = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    Model model(seed);
    model.run();
    acknowledged += model.acknowledged();
  }
  CHECK(acknowledged > 5'000);
}

}  // namespace moldau::coordinator
