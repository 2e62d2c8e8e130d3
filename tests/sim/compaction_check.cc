// What a CompactionScript holds against its log.

#include <algorithm>
#include <iterator>
#include <set>

#include "protocol/records/record_iterator.h"
#include "tests/sim/compaction_script.h"

namespace moldau::sim {

std::string CompactionScript::check_all() {
  const std::int64_t start = log_->log_start_offset();
  if (auto complaint = check(start); !complaint.empty()) return complaint;
  return check(start + static_cast<std::int64_t>(
                           random_.below(static_cast<std::uint64_t>(log_->log_end_offset() - start) + 1)));
}

std::string CompactionScript::check(std::int64_t from) {
  const std::int64_t stable = log_->last_stable_offset(log_->log_end_offset());
  if (from >= stable) return {};
  Latest found;
  if (auto complaint = read(from, stable, found); !complaint.empty()) return complaint;
  const Latest wanted = expected(from, stable);
  for (const auto& [key, latest] : found) {
    const auto known = wanted.find(key);
    if (known == wanted.end()) {
      return key + " is seen at " + std::to_string(latest.offset) + " and was never committed";
    }
    if (known->second.offset != latest.offset) {
      return key + " is seen at " + std::to_string(latest.offset) + ", its latest is at " +
             std::to_string(known->second.offset);
    }
  }
  for (const auto& [key, latest] : wanted) {
    if (latest.value && !found.contains(key)) {
      return key + " is lost, its latest is at " + std::to_string(latest.offset);
    }
  }
  return {};
}

CompactionScript::Latest CompactionScript::expected(std::int64_t from, std::int64_t stable) const {
  Latest latest;
  std::map<std::int64_t, bool> commits;  // By producer: how the transaction ends that goes on here.
  for (auto at = written_.rbegin(); at != written_.rend(); ++at) {
    if (at->commits) {
      commits[at->producer_id] = *at->commits;
      continue;
    }
    if (at->offset < from || at->offset >= stable) continue;
    if (at->is_transactional && !commits[at->producer_id]) continue;
    latest.try_emplace(at->key, *at);
  }
  return latest;
}

std::string CompactionScript::read(std::int64_t from, std::int64_t stable, Latest& latest) {
  auto aborted = log_->aborted_transactions(from, stable);
  if (!aborted) return aborted.error().message;
  std::ranges::sort(*aborted, {}, &log::AbortedTransaction::first_offset);
  std::size_t begun = 0;
  std::set<std::int64_t> aborting;  // Producers, as a client keeps them.
  for (std::int64_t offset = from; offset < stable;) {
    const auto bytes = log_->read_bytes(offset, 1, stable, true);
    if (!bytes) return "the log cannot be read at " + std::to_string(offset) + ": " + bytes.error().message;
    if (bytes->empty()) return {};
    const auto batch = records::BatchView::parse(*bytes);
    if (!batch || !batch->is_valid()) return "no batch at " + std::to_string(offset);
    if (batch->last_offset() < offset) return "the batch at " + std::to_string(offset) + " is an earlier one";
    for (; begun < aborted->size() && (*aborted)[begun].first_offset <= batch->last_offset(); ++begun)
      aborting.insert((*aborted)[begun].producer_id);
    const bool is_seen =
        !batch->is_control() && !(batch->is_transactional() && aborting.contains(batch->producer_id()));
    if (batch->is_control()) aborting.erase(batch->producer_id());
    if (auto complaint = read_batch(*batch, from, is_seen ? &latest : nullptr); !complaint.empty()) {
      return complaint;
    }
    offset = batch->next_offset();
  }
  return {};
}

std::string CompactionScript::forget_lost() {
  // Without a flush the first segment may be gone as well.
  const std::int64_t start = log_->log_start_offset();
  if (start > 0 && durable_end_ > 0) return "the log begins at " + std::to_string(start);
  std::set<std::int64_t> found;
  for (std::int64_t offset = std::max(start, durable_end_); offset < log_->log_end_offset();) {
    const auto bytes = log_->read_bytes(offset, 1, log_->log_end_offset(), true);
    if (!bytes) return "the log cannot be read at " + std::to_string(offset) + ": " + bytes.error().message;
    if (bytes->empty()) break;
    const auto batch = records::BatchView::parse(*bytes);
    if (!batch) return "no batch at " + std::to_string(offset);
    // What is not durable is not compacted: batches are all there or not at all.
    for (offset = batch->base_offset(); offset < batch->next_offset(); ++offset)
      found.insert(offset);
  }
  std::erase_if(written_, [&](const Written& each) {
    return each.offset >= durable_end_ && !found.contains(each.offset);
  });
  return {};
}

std::string CompactionScript::read_batch(const records::BatchView& batch, std::int64_t from,
                                         Latest* latest) const {
  records::DecoderSet decoders;
  auto iterator = records::RecordIterator::open(batch, decoders);
  if (!iterator) return iterator.error().message;
  records::RecordView record;
  while (true) {
    const auto there = iterator->next(record);
    if (!there) return there.error().message;
    if (!*there) return {};
    const std::string where = "the record at " + std::to_string(record.offset);
    const auto known = std::ranges::lower_bound(written_, record.offset, {}, &Written::offset);
    if (known == written_.end() || known->offset != record.offset) return where + " was never written";
    if (batch.is_control() != known->commits.has_value()) return where + " was written as something else";
    if (batch.is_control()) continue;
    const std::string key(as_text(record.key.value_or(ByteView{})));
    const auto value =
        record.value ? std::optional(std::string(as_text(*record.value))) : std::optional<std::string>();
    if (key != known->key || value != known->value) return where + " has changed";
    if (latest != nullptr && record.offset >= from) (*latest)[key] = *known;
  }
}

std::string CompactionScript::check_producers() {
  for (auto& [id, producer] : producers_) {
    const log::ProducerEntry* known = log_->producers().find(id);
    if (producer.next_sequence == 0) continue;
    if (known == nullptr) return "producer " + std::to_string(id) + " is unknown";
    if (known->last_sequence() != producer.next_sequence - 1) {
      return "producer " + std::to_string(id) + " is known wrongly";
    }
  }
  return {};
}

}  // namespace moldau::sim
