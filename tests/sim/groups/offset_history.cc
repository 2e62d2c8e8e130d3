#include "tests/sim/groups/offset_history.h"

#include <algorithm>

namespace moldau::sim {

OffsetHistory::Write OffsetHistory::sent(const coordinator::OffsetKey& key, std::int64_t value, Instant now) {
  const Write write = writes_.size();
  writes_.push_back({.value = value, .sent = now, .counts_from = now});
  by_key_[key].push_back(write);
  return write;
}

void OffsetHistory::acknowledged(Write write, Instant now) {
  Entry& entry = writes_[write];
  entry.settled = now;
  entry.is_acknowledged = true;
  if (!entry.is_held) entry.counts_by = now;
}

void OffsetHistory::unanswered(Write write, Instant now) {
  Entry& entry = writes_[write];
  entry.settled = now;
  if (!entry.is_held) entry.counts_by = now;
}

void OffsetHistory::hold(Write write) {
  Entry& entry = writes_[write];
  entry.is_held = true;
  entry.is_decided = false;
  entry.counts_from = Instant::never();
}

void OffsetHistory::commit_sent(Write write, Instant now) {
  Entry& entry = writes_[write];
  entry.counts_from = std::min(entry.counts_from, now);
}

void OffsetHistory::transaction_ended(Write write, Instant now) {
  writes_[write].counts_by = now;
}

bool OffsetHistory::is_replaced(const std::vector<Write>& writes, const Entry& entry, Instant asked) const {
  return std::ranges::any_of(writes, [&](Write write) {
    const Entry& other = writes_[write];
    if (!is_certain(other, asked)) return false;
    // What a transaction holds outlasts a deletion where nothing was committed before.
    const bool is_deletion = other.value == kNone;
    return other.sent > (is_deletion && entry.is_held ? entry.counts_by : entry.settled);
  });
}

bool OffsetHistory::may_have_none(const std::vector<Write>& writes, const Entry* deletion, Instant asked,
                                  Instant now) const {
  return std::ranges::none_of(writes, [&](Write write) {
    const Entry& other = writes_[write];
    if (other.value == kNone || !is_certain(other, asked)) return false;
    if (retention_ && other.sent + *retention_ <= now) return false;
    return deletion == nullptr || other.sent > deletion->settled;
  });
}

std::string OffsetHistory::read(const coordinator::OffsetKey& key, std::int64_t value, Instant asked,
                                Instant now) const {
  const std::string name = key.group + ", " + key.topic + "-" + std::to_string(key.partition);
  const auto known = by_key_.find(key);
  if (known == by_key_.end()) {
    return value == kNone ? "" : "offset " + std::to_string(value) + " of " + name + " was never sent";
  }
  const std::vector<Write>& writes = known->second;
  if (value == kNone) {
    if (may_have_none(writes, nullptr, asked, now)) return {};
    const bool is_deleted = std::ranges::any_of(writes, [&](Write write) {
      const Entry& entry = writes_[write];
      return entry.value == kNone && !entry.is_void && may_have_none(writes, &entry, asked, now);
    });
    return is_deleted ? "" : "the offset of " + name + " is lost";
  }
  const auto from = std::ranges::find_if(writes, [&](Write write) { return writes_[write].value == value; });
  const std::string what = "offset " + std::to_string(value) + " of " + name;
  if (from == writes.end()) return what + " was never sent";
  const Entry& entry = writes_[*from];
  if (entry.is_void) return what + " was refused";
  if (entry.counts_from > now) return what + " belongs to a transaction that was not committed";
  return is_replaced(writes, entry, asked) ? what + " had been replaced" : "";
}

}  // namespace moldau::sim
