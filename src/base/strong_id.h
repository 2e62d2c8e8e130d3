#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <utility>

namespace moldau {

/// A value of type Rep that only mixes with its own kind: a broker id cannot be passed for a partition.
/// Tag is an incomplete type that names the kind. Same size and cost as Rep.
template <class Tag, class Rep>
class StrongId {
 public:
  using rep = Rep;

  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep value) : value_(std::move(value)) {}

  constexpr const Rep& value() const { return value_; }

  constexpr auto operator<=>(const StrongId&) const = default;
  constexpr bool operator==(const StrongId&) const = default;

 private:
  Rep value_{};
};

}  // namespace moldau

template <class Tag, class Rep>
struct std::hash<moldau::StrongId<Tag, Rep>> {
  std::size_t operator()(const moldau::StrongId<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>{}(id.value());
  }
};
