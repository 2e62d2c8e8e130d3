#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coordinator/group/group_records.h"
#include "coordinator/timeline_map.h"

namespace moldau::coordinator {

/// The committed offsets of all groups of one log partition, and those of open transactions. Changed by
/// records alone.
class OffsetStore {
 public:
  /// Takes one OffsetCommit record at `record_offset`; no value is a tombstone. With a producer id the offset
  /// waits for the transaction's end; -1 stands for none.
  void apply(std::int64_t producer_id, const OffsetKey& key, std::optional<StoredOffset> value);

  /// Ends a producer's transaction: its offsets count if it commits, except where a later record overtook
  /// them.
  void end_transaction(std::int64_t producer_id, bool commit);

  const StoredOffset* find(const OffsetKey& key, LogEnd at = kLatest) const { return offsets_.find(key, at); }

  /// Calls visit(key, value) for a group's offsets, by topic and partition.
  template <class Visit>
  void visit_group(std::string_view group, LogEnd at, Visit visit) const {
    offsets_.visit_from(OffsetKey{std::string(group), {}, kLeastPartition}, at,
                        [&](const OffsetKey& key, const StoredOffset& value) {
                          if (key.group != group) return false;
                          visit(key, value);
                          return true;
                        });
  }

  /// Calls visit(key, value) for all offsets.
  template <class Visit>
  void visit_all(LogEnd at, Visit visit) const {
    offsets_.visit_all(at, visit);
  }

  /// Calls visit(key) for a group's partitions with an open transaction, each once.
  template <class Visit>
  void visit_open(std::string_view group, Visit visit) const {
    const OffsetKey* last = nullptr;
    open_.visit_from(OpenKey{{std::string(group), {}, kLeastPartition}, kLeastProducer}, kLatest,
                     [&](const OpenKey& key, const StoredOffset&) {
                       if (key.offset.group != group) return false;
                       if (last == nullptr || *last != key.offset) visit(key.offset);
                       last = &key.offset;
                       return true;
                     });
  }

  /// Calls visit(key, value) for all offsets of open transactions.
  template <class Visit>
  void visit_all_open(Visit visit) const {
    open_.visit_all(kLatest,
                    [&](const OpenKey& key, const StoredOffset& value) { visit(key.offset, value); });
  }

  /// Whether a transaction is open on the group, or on one of its partitions.
  bool has_open(std::string_view group) const;
  bool has_open(const OffsetKey& key) const;

  void seal(LogEnd log_end);
  void revert(LogEnd log_end);
  void commit(LogEnd log_end);

 private:
  static constexpr std::int32_t kLeastPartition = std::numeric_limits<std::int32_t>::min();
  static constexpr std::int64_t kLeastProducer = std::numeric_limits<std::int64_t>::min();

  struct OpenKey {
    OffsetKey offset;
    std::int64_t producer_id = -1;

    auto operator<=>(const OpenKey&) const = default;
  };

  TimelineMap<OffsetKey, StoredOffset> offsets_;
  TimelineMap<OpenKey, StoredOffset> open_;
};

}  // namespace moldau::coordinator
