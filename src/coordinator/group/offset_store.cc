#include "coordinator/group/offset_store.h"

#include <utility>
#include <vector>

namespace moldau::coordinator {
namespace {

constexpr std::int64_t kNoProducer = -1;

}  // namespace

void OffsetStore::apply(std::int64_t producer_id, const OffsetKey& key, std::optional<StoredOffset> value) {
  if (!value) {
    offsets_.erase(key);
    std::vector<OpenKey> ended;
    open_.visit_from(OpenKey{key, kLeastProducer}, kLatest, [&](const OpenKey& open, const StoredOffset&) {
      if (open.offset != key) return false;
      ended.push_back(open);
      return true;
    });
    for (const OpenKey& open : ended)
      open_.erase(open);
  } else if (producer_id == kNoProducer) {
    offsets_.put(key, *std::move(value));
  } else {
    open_.put(OpenKey{key, producer_id}, *std::move(value));
  }
}

void OffsetStore::end_transaction(std::int64_t producer_id, bool commit) {
  std::vector<std::pair<OpenKey, StoredOffset>> ended;
  open_.visit_all(kLatest, [&](const OpenKey& open, const StoredOffset& value) {
    if (open.producer_id == producer_id) ended.emplace_back(open, value);
  });
  for (auto& [open, value] : ended) {
    open_.erase(open);
    if (!commit) continue;
    const StoredOffset* current = offsets_.find(open.offset);
    if (current == nullptr || value.record_offset > current->record_offset) {
      offsets_.put(open.offset, std::move(value));
    }
  }
}

bool OffsetStore::has_open(std::string_view group) const {
  bool found = false;
  visit_open(group, [&](const OffsetKey&) { found = true; });
  return found;
}

bool OffsetStore::has_open(const OffsetKey& key) const {
  bool found = false;
  open_.visit_from(OpenKey{key, kLeastProducer}, kLatest, [&](const OpenKey& open, const StoredOffset&) {
    found = open.offset == key;
    return false;
  });
  return found;
}

void OffsetStore::seal(LogEnd log_end) {
  offsets_.seal(log_end);
  open_.seal(log_end);
}

void OffsetStore::revert(LogEnd log_end) {
  offsets_.revert(log_end);
  open_.revert(log_end);
}

void OffsetStore::commit(LogEnd log_end) {
  offsets_.commit(log_end);
  open_.commit(log_end);
}

}  // namespace moldau::coordinator
