#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace moldau::share {

/// Another partition comes first with each epoch of a session: that many places are turned to the left. The
/// first and the final epoch leave the order as it is.
template <class Partition>
std::vector<Partition> in_turn(std::vector<Partition> partitions, std::int32_t session_epoch) {
  if (partitions.size() < 2 || session_epoch < 1) return partitions;
  const auto first = static_cast<std::ptrdiff_t>(static_cast<std::size_t>(session_epoch) % partitions.size());
  std::ranges::rotate(partitions, partitions.begin() + first);
  return partitions;
}

/// How many bytes each of these partitions may give to a ShareFetch: even shares of what is asked for. What
/// is left over goes to one of them, and if there are fewer bytes than partitions some have one byte each.
/// `chance`, at least 0 and less than `partitions`, says which. `acquired` are all partitions that the
/// request reads, of which these are some. All of them at least 1.
std::vector<std::int32_t> share_max_bytes(std::int32_t max_bytes, std::size_t partitions,
                                          std::size_t acquired, std::size_t chance);

}  // namespace moldau::share
