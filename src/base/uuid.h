#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace moldau {

/// 128 bits that name a topic, a log directory or an incarnation. Text form as Apache Kafka writes it:
/// 22 characters of URL-safe base64 without padding, most significant byte first.
class Uuid {
 public:
  constexpr Uuid() = default;
  constexpr Uuid(std::uint64_t most_significant, std::uint64_t least_significant)
      : most_significant_(most_significant), least_significant_(least_significant) {}

  constexpr std::uint64_t most_significant() const { return most_significant_; }
  constexpr std::uint64_t least_significant() const { return least_significant_; }

  /// The zero id; on the wire it stands for "no id".
  constexpr bool is_zero() const { return most_significant_ == 0 && least_significant_ == 0; }

  /// 22 characters of URL-safe base64.
  std::string to_string() const;

  /// 32 lower-case hex digits, as in the names of deleted partition folders.
  std::string to_hex() const;

  /// Reads the base64 form; kInvalidRequest unless it is 16 bytes of base64url (padding allowed).
  static Result<Uuid> parse(std::string_view text);

  constexpr auto operator<=>(const Uuid&) const = default;
  constexpr bool operator==(const Uuid&) const = default;

 private:
  std::uint64_t most_significant_ = 0;
  std::uint64_t least_significant_ = 0;
};

/// The topic id of `__cluster_metadata` (KIP-595 and the metadata log's folder name it).
inline constexpr Uuid kClusterMetadataTopicId{0, 1};

}  // namespace moldau

template <>
struct std::hash<moldau::Uuid> {
  std::size_t operator()(const moldau::Uuid& id) const noexcept {
    return static_cast<std::size_t>(id.most_significant() ^ (id.least_significant() * 0x9E3779B97F4A7C15ULL));
  }
};
