#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "log/segment.h"

namespace moldau::log {

/// The segments of one log by base offset.
class SegmentList {
 public:
  using Map = std::map<std::int64_t, std::shared_ptr<Segment>>;

  void add(std::shared_ptr<Segment> segment) {
    segments_[segment->base_offset()] = std::move(segment);
    note_last();
  }
  void remove(std::int64_t base_offset) {
    segments_.erase(base_offset);
    note_last();
  }
  void clear() {
    segments_.clear();
    note_last();
  }

  bool empty() const { return segments_.empty(); }
  std::size_t size() const { return segments_.size(); }
  Segment& first() const { return *segments_.begin()->second; }
  /// The one that is appended to.
  Segment& last() const { return *last_; }
  bool contains(std::int64_t base_offset) const { return segments_.contains(base_offset); }
  /// The one that begins there; nullptr if none does.
  Segment* find(std::int64_t base_offset) const {
    const auto found = segments_.find(base_offset);
    return found == segments_.end() ? nullptr : found->second.get();
  }

  /// The last segment that begins at or below `offset`, or the first one; end() only if there is none.
  Map::const_iterator floor(std::int64_t offset) const {
    auto behind = segments_.upper_bound(offset);
    return behind == segments_.begin() ? behind : std::prev(behind);
  }
  Map::const_iterator begin() const { return segments_.begin(); }
  Map::const_iterator end() const { return segments_.end(); }

  std::vector<std::int64_t> base_offsets() const {
    std::vector<std::int64_t> offsets;
    offsets.reserve(segments_.size());
    for (const auto& [base_offset, segment] : segments_)
      offsets.push_back(base_offset);
    return offsets;
  }

 private:
  void note_last() { last_ = segments_.empty() ? nullptr : segments_.rbegin()->second.get(); }

  Map segments_;
  Segment* last_ = nullptr;  ///< Found in one step by each append.
};

}  // namespace moldau::log
