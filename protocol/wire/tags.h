#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/wire/unknown_tags.h"

namespace moldau::wire {

/// Puts unknown tagged fields between the known ones, so that all leave by rising tag. As in Apache Kafka,
/// a struct whose unknown tags do not rise can be read but not written.
class UnknownTagsInOrder {
 public:
  explicit UnknownTagsInOrder(const UnknownTags& tags) : tags_(tags) {}

  /// Puts those below `tag` that were not put yet.
  template <class Sink>
  void put_below(std::uint32_t tag, Sink& sink) {
    while (next_ < tags_.size() && tags_[next_].tag < tag) {
      put_next(sink);
    }
    floor_ = tag + std::uint64_t{1};
  }

  template <class Sink>
  void put_rest(Sink& sink) {
    while (next_ < tags_.size()) {
      put_next(sink);
    }
  }

 private:
  template <class Sink>
  void put_next(Sink& sink) {
    const UnknownTag& unknown = tags_[next_++];
    if (unknown.tag < floor_) sink.reject("tagged fields", "their tags do not rise");
    floor_ = unknown.tag + std::uint64_t{1};
    sink.raw_tagged(unknown);
  }

  const UnknownTags& tags_;
  std::size_t next_ = 0;
  std::uint64_t floor_ = 0;  ///< the least tag that may come
};

}  // namespace moldau::wire
