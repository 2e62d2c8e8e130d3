#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <vector>

#include "base/bytes.h"

namespace moldau::wire {

/// A tagged field that the schema does not know: kept raw, so that a message passed on keeps it.
struct UnknownTag {
  std::uint32_t tag = 0;
  Bytes data;

  bool operator==(const UnknownTag&) const = default;
};

/// The unknown tagged fields of one struct, by rising tag. As small as a pointer while there are none.
class UnknownTags {
 public:
  UnknownTags() = default;
  UnknownTags(UnknownTags&&) noexcept = default;
  UnknownTags& operator=(UnknownTags&&) noexcept = default;
  UnknownTags(const UnknownTags& other) : tags_(copy_of(other)) {}
  UnknownTags& operator=(const UnknownTags& other) {
    if (this != &other) tags_ = copy_of(other);
    return *this;
  }
  ~UnknownTags() = default;

  std::size_t size() const { return tags_ ? tags_->size() : 0; }
  const UnknownTag& operator[](std::size_t index) const { return (*tags_)[index]; }

  /// Keeps a field behind those of lower or equal tag.
  void add(std::uint32_t tag, ByteView data) {
    if (!tags_) tags_ = std::make_unique<std::vector<UnknownTag>>();
    auto place = tags_->end();
    while (place != tags_->begin() && std::prev(place)->tag > tag) {
      --place;
    }
    tags_->insert(place, {tag, Bytes(data.begin(), data.end())});
  }

  bool operator==(const UnknownTags& other) const {
    if (size() != other.size()) return false;
    return size() == 0 || *tags_ == *other.tags_;
  }

 private:
  static std::unique_ptr<std::vector<UnknownTag>> copy_of(const UnknownTags& other) {
    return other.tags_ ? std::make_unique<std::vector<UnknownTag>>(*other.tags_) : nullptr;
  }

  std::unique_ptr<std::vector<UnknownTag>> tags_;
};

}  // namespace moldau::wire
