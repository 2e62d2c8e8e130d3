#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "coordinator/group/group_records.h"

namespace moldau::sim {

/// Every offset that was sent to be committed, and what became of it as far as clients were told. Values are
/// used once, so that an offset that is read names the commit it came from.
///
/// Each partition of a group is a register: a commit takes its place among the others some time between being
/// sent and being settled; one without an answer may have done so or not. Offsets of a transaction take their
/// place in the same way, but count only from the transaction's end on.
class OffsetHistory {
 public:
  using Write = std::size_t;

  /// What OffsetFetch answers where nothing is committed.
  static constexpr std::int64_t kNone = -1;

  /// From then on offsets without members may expire; nullopt: never.
  explicit OffsetHistory(std::optional<Duration> retention = {}) : retention_(retention) {}

  /// A value that nobody has committed.
  std::int64_t next_value() { return ++last_value_; }

  Write sent(const coordinator::OffsetKey& key, std::int64_t value, Instant now);
  /// The offset is to be deleted, by itself or with its group.
  Write deletion_sent(const coordinator::OffsetKey& key, Instant now) { return sent(key, kNone, now); }

  void acknowledged(Write write, Instant now);
  void refused(Write write) { writes_[write].is_void = true; }
  /// The broker has died, or closed the connection.
  void unanswered(Write write, Instant now);

  /// The offset is to count when a transaction commits; before it is settled.
  void hold(Write write);
  /// The commit of its transaction was sent: it may count from now on.
  void commit_sent(Write write, Instant now);
  /// That commit was acknowledged, so it will count some time.
  void commit_acknowledged(Write write) { writes_[write].is_decided = true; }
  /// The transaction is over for all that can be asked now.
  void transaction_ended(Write write, Instant now);

  /// Holds an answer to an OffsetFetch, asked at `asked` and here at `now`, against all that; the complaint,
  /// or nothing.
  std::string read(const coordinator::OffsetKey& key, std::int64_t value, Instant asked, Instant now) const;

 private:
  struct Entry {
    std::int64_t value = kNone;
    Instant sent;
    Instant settled = Instant::never();      ///< it has its place by then, if it has one
    Instant counts_from = Instant::never();  ///< not before
    Instant counts_by = Instant::never();    ///< if at all
    bool is_acknowledged = false;
    bool is_void = false;
    bool is_held = false;    ///< by a transaction
    bool is_decided = true;  ///< its transaction is known to commit
  };

  /// Whether it is known to have counted before `asked`.
  static bool is_certain(const Entry& entry, Instant asked) {
    return entry.is_acknowledged && entry.is_decided && !entry.is_void && entry.counts_by < asked;
  }
  bool is_replaced(const std::vector<Write>& writes, const Entry& entry, Instant asked) const;
  bool may_have_none(const std::vector<Write>& writes, const Entry* deletion, Instant asked,
                     Instant now) const;

  std::optional<Duration> retention_;
  std::int64_t last_value_ = 0;
  std::vector<Entry> writes_;
  std::map<coordinator::OffsetKey, std::vector<Write>> by_key_;
};

}  // namespace moldau::sim
