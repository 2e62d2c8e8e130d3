#pragma once

#include <compare>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace moldau::coordinator {

/// Names a request whose answer is awaited. Chosen by the caller, unique among those it waits for.
using Token = std::uint64_t;

/// One record for the coordinator's log, as its bytes; no value is a tombstone.
struct Record {
  Bytes key;
  std::optional<Bytes> value;

  bool operator==(const Record&) const = default;
};

/// A message together with the texts it points into. Move only; the message stays valid when moved.
template <class Message>
struct Reply {
  Message message{};
  std::list<std::string> texts = {};

  Reply() = default;
  explicit Reply(Message&& content) : message(std::move(content)) {}
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) noexcept = default;
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  ~Reply() = default;

  /// Keeps `text` as long as the reply lives.
  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
};

/// When a decision is made, and where its records will lie.
struct Moment {
  Instant now;
  TimestampMs wall_ms = 0;
  /// Offset of the next record: the log's end plus what is decided but not appended yet.
  std::int64_t next_offset = 0;
};

/// What a timer is for; (kind, group, member) names it, and setting it again replaces it.
enum class TimerKind : std::uint8_t {
  kMemberSession,  ///< a member's heartbeat, or its second join with the id it was given
  kJoinPhase,      ///< the join phase of a classic group's rebalance
  kSyncPhase,      ///< the wait for all members' SyncGroup in a classic group
  kRevocation,     ///< the partitions that a member of a consumer group has to give back
  kMemberJoin,     ///< the JoinGroup by which a classic member follows a consumer group's rebalance
  kMemberSync,     ///< the SyncGroup behind it
  kRegexes,        ///< the search for topics that match a group's regular expressions
  kExpiry,         ///< the sweep of expired offsets and groups; no group
  kInitialDelay,   ///< the time that a new streams group gives its members to join; no member
};

struct TimerKey {
  TimerKind kind = TimerKind::kExpiry;
  std::string group;
  std::string member;

  auto operator<=>(const TimerKey&) const = default;
};

/// Sets the timer, or cancels it where there is no deadline.
struct TimerEffect {
  TimerKey key;
  std::optional<Instant> deadline;
  bool keeps_earlier = false;  ///< a timer that is set already stays as it is

  bool operator==(const TimerEffect&) const = default;
};

}  // namespace moldau::coordinator
