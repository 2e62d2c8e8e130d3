#pragma once

#include <cstddef>
#include <cstdint>
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

/// The unknown tagged fields of one struct, in the order they came, which has to be that of rising tags where
/// they are written again. As small as a pointer while there are none.
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

  /// Keeps a copy of `data` behind the others.
  void add(std::uint32_t tag, ByteView data) {
    if (!tags_) tags_ = std::make_unique<std::vector<UnknownTag>>();
    tags_->push_back({tag, Bytes(data.begin(), data.end())});
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
