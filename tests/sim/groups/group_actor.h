#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error_code.h"
#include "base/time.h"
#include "base/uuid.h"
#include "io/sim/random.h"
#include "io/sim/world.h"
#include "tests/sim/client_process.h"
#include "tests/sim/groups/group_history.h"
#include "tests/sim/groups/offset_history.h"
#include "tests/sim/groups/share_history.h"

namespace moldau::sim {

/// A topic whose partitions groups share.
struct GroupTopic {
  std::string name;
  Uuid id;
  std::int32_t partitions = 0;
};

/// What all that act in a group script have in common.
struct GroupStage {
  io::sim::World& world;
  io::sim::SimRandom& random;
  ClientProcess& client;
  GroupHistory groups;
  OffsetHistory offsets;
  ShareHistory shares;  ///< of the group that reads
  std::vector<GroupTopic> topics = {};
  std::map<std::string, int> acknowledged = {};  ///< by what was asked
  int lives = 0;                                 ///< how often the broker has begun
  /// The broker is being stopped: coordinators go one after the other, and what is told of all groups is not
  /// whole, as in Apache Kafka.
  bool is_stopping = false;
  std::string complaint = {};  ///< the first one

  std::deque<std::string> story = {};  ///< what happened last, with virtual time

  void complain(std::string bad) {
    if (complaint.empty()) complaint = std::move(bad);
  }
  void tell(std::string_view who, std::string_view what) {
    constexpr std::size_t kLinesKept = 3000;
    const auto at_us = std::chrono::duration_cast<std::chrono::microseconds>(world.now().since_start());
    story.push_back(std::to_string(at_us.count()) + "us " + std::string(who) + ": " + std::string(what));
    if (story.size() > kLinesKept) story.pop_front();
  }
  const GroupTopic* topic(const Uuid& id) const {
    for (const GroupTopic& one : topics) {
      if (one.id == id) return &one;
    }
    return nullptr;
  }
  /// Some partition of some topic, as a group's offsets are kept by.
  coordinator::OffsetKey any_key(const std::string& group) {
    const GroupTopic& one = topics[random.below(topics.size())];
    return {group, one.name,
            static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(one.partitions)))};
  }
};

/// How long a member of the newer protocols may say nothing; a setting of the script's broker.
inline constexpr std::int32_t kSessionTimeoutMs = 10'000;
/// How long records are locked for who reads them in a share group; another one.
inline constexpr std::int32_t kRecordLockMs = 5'000;

/// Somebody who asks one thing after the other, on a connection of its own.
class GroupActor {
 public:
  using Exchange = GroupHistory::Exchange;

  /// `stage` outlives it; `connection` is the number of its connection.
  GroupActor(GroupStage& stage, std::string name, std::size_t connection)
      : stage_(stage), name_(std::move(name)), connection_(connection) {
    next_at_ = stage.world.now() + stage.random.between(Duration::zero(), std::chrono::seconds(2));
  }
  virtual ~GroupActor() = default;
  GroupActor(const GroupActor&) = delete;
  GroupActor& operator=(const GroupActor&) = delete;

  /// Asks its next question, when it is time. Complains where an answer is overdue.
  void turn() {
    if (!asked_at_) {
      if (stage_.world.now() >= next_at_) act();
    } else if (stage_.world.now() > *asked_at_ + patience_) {
      stage_.complain(name_ + " waits in vain for an answer to " + std::string(question_));
    }
  }

  bool waits() const { return asked_at_.has_value(); }

  /// It is time now.
  void hurry() { next_at_ = std::min(next_at_, stage_.world.now()); }

  /// The broker is gone, and with it the answer that was due.
  void cut_off() {
    if (!asked_at_) return;
    tell("has no answer");
    unanswered();
    asked_at_.reset();
  }

 protected:
  virtual void act() = 0;
  /// What was asked last has no answer, and may have been done or not.
  virtual void unanswered() = 0;

  /// Sends the request; `done(response, exchange)` hears the answer. The broker has `patience` to give it.
  template <class Response, class Request, class Done>
  void ask(const Request& request, std::int16_t version, Duration patience, Done done) {
    asked_at_ = stage_.world.now();
    patience_ = patience;
    question_ = Request::kName;
    tell("asks " + std::string(question_));
    stage_.client.send<Response>(
        request, version,
        [this, done = std::move(done)](std::optional<client::Answer<Response>> answer) {
          const Exchange exchange{.sent = *asked_at_, .came = stage_.world.now()};
          if (!answer) {
            tell("has no answer");
            unanswered();
            asked_at_.reset();
            return;
          }
          asked_at_.reset();
          done(**answer, exchange);
        },
        connection_);
  }

  /// Counts an answer without an error.
  bool is_good(ErrorCode error) {
    tell(std::string(question_) + ": " + std::string(error_name(error)));
    if (error == ErrorCode::kNone) ++stage_.acknowledged[std::string(question_)];
    return error == ErrorCode::kNone;
  }
  /// The broker is not ready: the same question again.
  static bool is_passing(ErrorCode error) {
    return error == ErrorCode::kCoordinatorLoadInProgress || error == ErrorCode::kNotCoordinator ||
           error == ErrorCode::kCoordinatorNotAvailable || error == ErrorCode::kConcurrentTransactions;
  }
  /// That answer is none that the broker may give.
  void complain_of(ErrorCode error) {
    stage_.complain(name_ + ": " + std::string(question_) + " is answered with " +
                    std::string(error_name(error)));
  }
  void complain(std::string bad) {
    if (!bad.empty()) stage_.complain(name_ + ": " + std::move(bad));
  }

  /// For the story.
  void tell(std::string_view what) { stage_.tell(name_, what); }

  void rest(Duration least, Duration most) { next_at_ = now() + stage_.random.between(least, most); }
  Instant now() const { return stage_.world.now(); }
  /// When it asked what is under way.
  Instant asked_at() const { return asked_at_.value_or(now()); }
  bool one_in(std::uint64_t n) { return stage_.random.one_in(n); }
  std::string fresh_id() { return name_ + "-" + std::to_string(stage_.random.below(std::uint64_t{1} << 32)); }

  static constexpr Duration kPatience = std::chrono::seconds(30);

  GroupStage& stage_;
  std::string name_;

 private:
  std::size_t connection_;
  Instant next_at_;
  std::optional<Instant> asked_at_;
  Duration patience_{};
  std::string_view question_;
};

}  // namespace moldau::sim
