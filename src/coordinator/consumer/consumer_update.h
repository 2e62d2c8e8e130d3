#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "coordinator/consumer/consumer_group.h"
#include "coordinator/consumer/current_assignment.h"
#include "coordinator/consumer/member.h"
#include "coordinator/effects.h"
#include "coordinator/topics_view.h"

namespace moldau::coordinator {

/// What holds for one consumer group: the broker's settings, or the group's own.
struct ConsumerGroupSettings {
  std::int32_t session_timeout_ms = 45'000;          ///< consumer.session.timeout.ms
  std::int32_t heartbeat_interval_ms = 5'000;        ///< consumer.heartbeat.interval.ms
  std::int32_t assignment_interval_ms = 1'000;       ///< consumer.assignment.interval.ms
  std::int32_t regex_refresh_interval_ms = 600'000;  ///< group.consumer.regex.refresh.interval.ms
  std::string_view default_assignor = "uniform";     ///< the first of group.consumer.assignors
};

/// What an update looks at besides the group. Outlives it.
struct ConsumerUpdateContext {
  Moment at;
  const TopicsView& topics;
  ConsumerGroupSettings settings;
  /// Version of the newest image in which a topic was new.
  std::int64_t newest_topic_version = -1;
};

/// A request of a member, by either protocol.
struct MemberRequest {
  std::string_view member;
  std::optional<std::string_view> instance_id = {};
  std::int32_t epoch = 0;
  const OwnedPartitions* owned = nullptr;  ///< nullptr where it does not say what it has
  bool may_join = false;
  bool is_classic = false;
};

/// A consumer group while a request or a timer changes it: what is written counts at once, as reading it back
/// would. The group that was there is not touched, so an update that fails is just dropped.
///
/// The steps of a heartbeat in their order (KIP-848): member(), subscribe(), update_regexes(),
/// update_metadata(), update_target(), reconcile_member().
class ConsumerUpdate {
 public:
  /// `context` outlives it.
  ConsumerUpdate(std::string id, ConsumerGroup group, const ConsumerUpdateContext& context);

  const std::string& id() const { return id_; }
  const ConsumerGroup& group() const { return group_; }
  /// The group's epoch when the update began.
  std::int32_t first_epoch() const { return first_epoch_; }
  std::vector<Record>& records() { return records_; }
  std::vector<TimerEffect>& timers() { return timers_; }

  void write(const ConsumerChange& change);
  /// What was written until now is the group that the update began with.
  void begin_here() {
    old_targets_ = group_.targets();
    first_epoch_ = group_.epoch();
  }

  /// The member that asks; a new one, which is not in the group yet, where it may join. A static member takes
  /// the place of an earlier one with its instance id. UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH,
  /// FENCED_INSTANCE_ID, UNRELEASED_INSTANCE_ID.
  Result<ConsumerMember> member(const MemberRequest& request);

  /// Takes what the member wants. True if it subscribes to other topics by name than before.
  bool subscribe(const ConsumerMember& member, MemberSubscription subscription);

  enum class RegexUpdate : std::uint8_t { kNone, kUnresolved, kResolved };
  /// Follows the change of the member's regular expression; the topics that match a new one are searched
  /// later. INVALID_REGULAR_EXPRESSION.
  Result<RegexUpdate> update_regexes(const MemberSubscription& before, const MemberSubscription& now);
  /// Whether the topics that match the group's regular expressions are to be searched anew.
  bool wants_regex_search() const { return wants_regex_search_; }
  /// Takes what that search found.
  void take_resolved_regexes();

  /// Begins the group's next epoch where it has to, or where its topics have changed; whether it did.
  bool update_metadata(bool has_to);

  /// Computes the next target if the epoch asks for it and the last one is old enough. UNKNOWN_SERVER_ERROR
  /// where the assignor fails.
  Result<void> update_target();

  /// The member's next step towards the target. FENCED_MEMBER_EPOCH.
  Result<void> reconcile_member(std::string_view member, const MemberReport& report);

  /// Removes members and begins the next epoch. At least one.
  void fence(std::span<const std::string> members);

  /// The static member leaves for a while: its partitions are kept for it.
  void leave_for_a_while(const ConsumerMember& member);

  /// Tombstones for all of the group.
  void remove_group();

  /// The session of a member begins anew.
  void restart_session(std::string_view member, std::int32_t timeout_ms);
  void set_timer(TimerKind kind, std::string_view member, std::int32_t delay_ms, bool keeps_earlier = false);
  void cancel_timer(TimerKind kind, std::string_view member);

 private:
  Result<ConsumerMember> static_member(const MemberRequest& request);
  void replace_member(const ConsumerMember& old, const ConsumerMember& replacement);
  void remove_member(const std::string& member);

  std::string id_;
  ConsumerGroup group_;
  const ConsumerUpdateContext& context_;
  SharedByName<MemberAssignment> old_targets_;
  std::int32_t first_epoch_;
  std::vector<Record> records_;
  std::vector<TimerEffect> timers_;
  bool wants_regex_search_ = false;
};

}  // namespace moldau::coordinator
