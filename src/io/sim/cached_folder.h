#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/sim/cached_file.h"
#include "io/sim/survival.h"

namespace moldau::io::sim {

class CachedFolder;

/// What a name in a folder stands for: exactly one of the two.
struct Entry {
  std::shared_ptr<CachedFile> file;
  std::shared_ptr<CachedFolder> folder;

  bool operator==(const Entry&) const = default;
};

/// The names in a folder: changes are seen at once, and a power cut may undo each of them until the folder is
/// synced.
class CachedFolder {
 public:
  using Entries = std::map<std::string, Entry, std::less<>>;

  const Entries& entries() const { return seen_; }

  /// nullptr if there is no such name.
  const Entry* find(std::string_view name) const;

  void put(std::string_view name, Entry entry, CallNumber number);
  void remove(std::string_view name, CallNumber number);
  /// One change: a power cut leaves the old name or the new one.
  void rename(std::string_view from, std::string_view to, CallNumber number);

  void sync();
  /// No later sync makes durable what changed before.
  void fail_sync();

  /// What a power cut leaves of the folder and of all below it.
  void cut_power(Survival& survival);

 private:
  struct Change {
    CallNumber number;
    std::string gone;  ///< the name that ends to be; empty if none
    std::string made;  ///< the name that begins to be; empty if none
    Entry entry;       ///< what it stands for
  };

  static void apply(const Change& change, Entries& entries);
  void change(Change one);

  Entries seen_;
  Entries durable_;
  std::vector<Change> unsynced_;
};

}  // namespace moldau::io::sim
