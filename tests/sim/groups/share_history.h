#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/error_code.h"
#include "base/time.h"
#include "share/share_acknowledgement.h"
#include "tests/sim/groups/group_history.h"

namespace moldau::sim {

/// Offsets of one partition, both ends included.
struct OffsetRange {
  Share partition;  ///< of a topic
  std::int64_t first = 0;
  std::int64_t last = 0;
};

/// What those who read were told of the records of one share group, which is never deleted, and what follows
/// (KIP-932): a record that was accepted or rejected does not come again; what one has nobody is given until
/// it says what became of it, its lock is over, its session or the broker; a record comes no more often than
/// the group allows, and each comes to somebody in the end.
///
/// Locks, sessions and deliveries are not written down, so that the end of the broker ends them; what was
/// acknowledged outlasts it. Answers are complaints, or nothing.
class ShareHistory {
 public:
  using Reader = std::size_t;
  using Exchange = GroupHistory::Exchange;

  /// What the broker's settings say; deliveries are counted from 1 on.
  struct Limits {
    Duration lock{};
    std::int16_t deliveries = 5;
  };

  explicit ShareHistory(Limits limits) : limits_(limits) {}

  /// A producer was told that the records are in the log.
  void produced(const OffsetRange& records);

  /// The reader was given records, each for the `delivery`th time as the broker counts.
  std::string acquired(Reader reader, const OffsetRange& records, std::int16_t delivery, Exchange exchange);
  /// It has no answer, and may have been given anything of the partition.
  void unanswered(const Share& partition) { ++partitions_[partition].unanswered; }

  /// The reader sends what became of the records. Until when it has all of them for sure; nullopt where it
  /// may not.
  std::optional<Instant> says(Reader reader, const OffsetRange& records, share::AcknowledgeType type);
  /// The answer to that. `held_until` is what says() gave.
  std::string heard(Reader reader, const OffsetRange& records, share::AcknowledgeType type, ErrorCode error,
                    std::optional<Instant> held_until, Exchange exchange);

  /// The reader's session ends, or another begins in its place: others may have what it had.
  void session_over(Reader reader);
  void broker_over();

  /// Whether every record that was produced has come to somebody. One that may have come in answers that were
  /// lost, as often as it may come at all, need not.
  std::string have_all_come() const;
  /// How many records came, and how many are done with.
  std::size_t came() const;
  std::size_t done() const;

 private:
  struct Hold {
    Reader reader = 0;
    Instant since;
    Instant until;
  };
  static bool has_all_the_while(const Hold& hold, Exchange exchange) {
    return hold.since < exchange.sent && hold.until > exchange.came;
  }

  struct Partition {
    std::set<std::int64_t> produced = {};
    std::set<std::int64_t> came = {};
    std::map<std::int64_t, share::AcknowledgeType> done = {};
    std::map<std::int64_t, Hold> holds = {};
    int unanswered = 0;
  };

  Limits limits_;
  std::map<Share, Partition> partitions_;
};

}  // namespace moldau::sim
