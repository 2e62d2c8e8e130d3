#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/wire/unknown_tags.h"

namespace moldau::wire {

/// Puts unknown tagged fields between the known ones, so that all leave by rising tag.
class UnknownTagsInOrder {
 public:
  explicit UnknownTagsInOrder(const UnknownTags& tags) : tags_(tags) {}

  /// Puts those below `tag` that were not put yet.
  template <class Sink>
  void put_below(std::uint32_t tag, Sink& sink) {
    for (; next_ < tags_.size() && tags_[next_].tag < tag; ++next_) {
      sink.raw_tagged(tags_[next_]);
    }
  }

  template <class Sink>
  void put_rest(Sink& sink) {
    for (; next_ < tags_.size(); ++next_) {
      sink.raw_tagged(tags_[next_]);
    }
  }

 private:
  const UnknownTags& tags_;
  std::size_t next_ = 0;
};

}  // namespace moldau::wire
