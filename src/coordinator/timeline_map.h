#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"

namespace moldau::coordinator {

/// An offset of the coordinator's log: the one after the last record of an append.
using LogEnd = std::int64_t;

/// Reads the newest state, whether committed or not.
inline constexpr LogEnd kLatest = std::numeric_limits<LogEnd>::max();

/// A sorted map that remembers what it held before changes that are not committed yet. Changes are open until
/// seal() ties them to the log end behind their records; revert() drops what was not written; commit()
/// forgets what lies before a committed log end. Reading at a committed log end shows the state as of that
/// end. A key without uncommitted changes costs one version.
template <class Key, class T>
class TimelineMap {
 public:
  /// The value at `at`; null when the key was not there. Valid until the next change of the map.
  template <class K>
  const T* find(const K& key, LogEnd at = kLatest) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : value_at(found->second, at);
  }

  void put(const Key& key, T value) { change(key, std::optional<T>(std::move(value))); }

  /// Nothing happens when the key is not there.
  void erase(const Key& key) {
    if (find(key) != nullptr) change(key, std::nullopt);
  }

  /// Calls visit(key, value) for the entries at `at` from `first` on, in order, until it returns false.
  /// `visit` must not change the map.
  template <class K, class Visit>
  void visit_from(const K& first, LogEnd at, Visit visit) const {
    for (auto entry = entries_.lower_bound(first); entry != entries_.end(); ++entry) {
      const T* value = value_at(entry->second, at);
      if (value != nullptr && !visit(entry->first, *value)) return;
    }
  }

  template <class Visit>
  void visit_all(LogEnd at, Visit visit) const {
    for (const auto& [key, versions] : entries_) {
      if (const T* value = value_at(versions, at)) visit(key, *value);
    }
  }

  /// Ties the open changes to `log_end`, behind their records, which rises from call to call.
  void seal(LogEnd log_end) {
    for (const Key& key : open_) {
      entries_.find(key)->second.back().since = log_end;
      sealed_.emplace_back(log_end, key);
    }
    open_.clear();
  }

  /// Drops the open changes, and those that are tied to ends behind `log_end`.
  void revert(LogEnd log_end) {
    for (const Key& key : open_)
      drop_newest(key);
    open_.clear();
    while (!sealed_.empty() && sealed_.back().first > log_end) {
      drop_newest(sealed_.back().second);
      sealed_.pop_back();
    }
  }

  /// Forgets what was overwritten at or before `log_end`.
  void commit(LogEnd log_end) {
    while (!sealed_.empty() && sealed_.front().first <= log_end) {
      prune(sealed_.front().second, log_end);
      sealed_.pop_front();
    }
  }

 private:
  struct Version {
    LogEnd since;
    std::optional<T> value;
  };
  using Versions = std::vector<Version>;

  static const T* value_at(const Versions& versions, LogEnd at) {
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      if (version->since <= at) return version->value ? &*version->value : nullptr;
    }
    return nullptr;
  }

  void change(const Key& key, std::optional<T> value) {
    Versions& versions = entries_[key];
    if (!versions.empty() && versions.back().since == kLatest) {
      versions.back().value = std::move(value);
      return;
    }
    versions.push_back({kLatest, std::move(value)});
    open_.push_back(key);
  }

  void drop_newest(const Key& key) {
    const auto entry = entries_.find(key);
    entry->second.pop_back();
    if (entry->second.empty()) entries_.erase(entry);
  }

  void prune(const Key& key, LogEnd log_end) {
    const auto entry = entries_.find(key);
    if (entry == entries_.end()) return;
    Versions& versions = entry->second;
    while (versions.size() > 1 && versions[1].since <= log_end)
      versions.erase(versions.begin());
    if (versions.size() == 1 && !versions.front().value && versions.front().since <= log_end) {
      entries_.erase(entry);
    }
  }

  std::map<Key, Versions, std::less<>> entries_;
  std::vector<Key> open_;
  std::deque<std::pair<LogEnd, Key>> sealed_;
};

}  // namespace moldau::coordinator
