#include "io/sim/cached_folder.h"

#include <utility>

namespace moldau::io::sim {

const Entry* CachedFolder::find(std::string_view name) const {
  const auto found = seen_.find(name);
  return found == seen_.end() ? nullptr : &found->second;
}

void CachedFolder::apply(const Change& change, Entries& entries) {
  if (!change.gone.empty()) {
    // The name may stand for something newer, if this change was lost and is only now made good.
    const auto found = entries.find(change.gone);
    if (found != entries.end() && found->second == change.entry) entries.erase(found);
  }
  if (!change.made.empty()) entries.insert_or_assign(change.made, change.entry);
}

void CachedFolder::change(Change one) {
  apply(one, seen_);
  unsynced_.push_back(std::move(one));
}

void CachedFolder::put(std::string_view name, Entry entry, CallNumber number) {
  change({number, {}, std::string(name), std::move(entry)});
}

void CachedFolder::remove(std::string_view name, CallNumber number) {
  change({number, std::string(name), {}, seen_.find(name)->second});
}

void CachedFolder::rename(std::string_view from, std::string_view to, CallNumber number) {
  if (from == to) return;
  change({number, std::string(from), std::string(to), seen_.find(from)->second});
}

void CachedFolder::sync() {
  for (const Change& one : unsynced_) {
    apply(one, durable_);
  }
  unsynced_.clear();
}

void CachedFolder::fail_sync() {
  unsynced_.clear();
}

void CachedFolder::cut_power(Survival& survival) {
  for (const Change& one : unsynced_) {
    if (survival.keeps(one.number)) apply(one, durable_);
  }
  unsynced_.clear();
  seen_ = durable_;
  for (const auto& [name, entry] : seen_) {
    if (entry.file) entry.file->cut_power(survival);
    if (entry.folder) entry.folder->cut_power(survival);
  }
}

}  // namespace moldau::io::sim
