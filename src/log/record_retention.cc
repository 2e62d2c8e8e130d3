#include "log/record_retention.h"

#include <limits>

namespace moldau::log {
namespace {

bool is_last_of_producer(const records::BatchHeader& batch, const LastRecords& last_records) {
  if (!batch.has_producer_id()) return false;
  const auto known = last_records.find(batch.producer_id());
  if (known == last_records.end()) return false;
  const LastRecord& last = known->second;
  if (last.data_offset) return batch.last_offset() == *last.data_offset;
  // A producer without data is known by its epoch, which fences earlier ones.
  return batch.is_control() && batch.producer_epoch() == last.epoch;
}

}  // namespace

LastRecords last_records_of(const ProducerState& producers) {
  LastRecords last_records;
  for (const ProducerEntry* entry : producers.entries()) {
    LastRecord& last = last_records[entry->producer_id];
    last.epoch = entry->epoch;
    if (entry->last_data_offset() >= 0) last.data_offset = entry->last_data_offset();
  }
  return last_records;
}

BatchVerdict judge_batch(const records::BatchHeader& batch, bool is_removable,
                         const LastRecords& last_records, const RetentionRules& rules) {
  const bool has_expired = batch.has_delete_horizon() && batch.base_timestamp() <= rules.now_ms;
  return {
      .drops_records = is_removable && (!batch.is_control() || has_expired),
      .stays_empty = is_last_of_producer(batch, last_records) || batch.next_offset() == rules.end_of_round,
      .marks_nothing = is_removable && batch.is_control()};
}

bool keeps_record(const JudgedRecord& record, const OffsetMap& map, bool keeps_tombstones) {
  if (record.offset > map.latest_offset()) return true;
  if (!record.key) return false;
  return (record.has_value || keeps_tombstones) && record.offset >= map.get(*record.key);
}

std::optional<TimestampMs> new_delete_horizon(const RetentionRules& rules) {
  if (rules.delete_retention_ms > std::numeric_limits<TimestampMs>::max() - rules.now_ms) return std::nullopt;
  return rules.now_ms + rules.delete_retention_ms;
}

}  // namespace moldau::log
