#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace moldau::coordinator {

/// Keeps offset commits back while a log is replayed: of those that follow one another only the last of each
/// key counts, and a log that is not compacted yet has the same keys over and over. What is no plain offset
/// commit is replayed behind all that was kept.
class OffsetReplay {
 public:
  /// A record of the log outside of transactions.
  struct Commit {
    std::int64_t offset = 0;
    TimestampMs wall_ms = 0;
    ByteView key;
    ByteView value;
  };

  /// Keeps a copy of a record that is an offset commit. False, and nothing is kept, for a tombstone and for
  /// any other record.
  bool keep(std::int64_t offset, ByteView key, std::optional<ByteView> value, TimestampMs wall_ms);

  /// How many keys are kept.
  std::size_t size() const { return order_.size(); }

  /// Calls replay(commit) for the last commit of each key, in the order in which the keys came first and with
  /// the time of the first commit, as a replay of all would have made their groups; then keeps nothing. Ends
  /// with the failure of `replay`.
  template <class Replay>
  Result<void> release(Replay replay) {
    Result<void> outcome;
    for (std::size_t i = 0; i < order_.size() && outcome; ++i) {
      const auto& [key, kept] = *order_[i];
      outcome = replay(Commit{.offset = kept.offset,
                              .wall_ms = kept.first_wall_ms,
                              .key = as_bytes(key),
                              .value = as_bytes(kept.value)});
    }
    order_.clear();
    // Not clear(): that goes over all buckets, however few of them are in use.
    if (!kept_.empty()) kept_ = Map();
    return outcome;
  }

 private:
  struct Kept {
    std::int64_t offset = 0;
    TimestampMs first_wall_ms = 0;
    std::string value;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's name.
  };
  using Map = std::unordered_map<std::string, Kept, Hash, std::equal_to<>>;

  Map kept_;
  std::vector<const Map::value_type*> order_;  ///< as the keys came first
};

}  // namespace moldau::coordinator
