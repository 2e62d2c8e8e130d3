#include "metadata/partition.h"

#include <algorithm>
#include <cstddef>

#include "metadata/directory_id.h"

namespace moldau::metadata {

bool contains(const Replicas& replicas, std::int32_t id) {
  return std::ranges::find(replicas, id) != replicas.end();
}

Replicas without(const Replicas& replicas, std::int32_t id, std::int32_t other) {
  Replicas rest;
  rest.reserve(replicas.size());
  std::ranges::copy_if(replicas, std::back_inserter(rest),
                       [&](std::int32_t member) { return member != id && member != other; });
  return rest;
}

bool is_valid_isr(const Replicas& replicas, const Replicas& isr) {
  for (std::size_t i = 0; i < isr.size(); ++i) {
    if (isr[i] < 0 || !contains(replicas, isr[i])) return false;
    if (std::find(isr.begin(), isr.begin() + static_cast<std::ptrdiff_t>(i), isr[i]) !=
        isr.begin() + static_cast<std::ptrdiff_t>(i)) {
      return false;
    }
  }
  return true;
}

Uuid Partition::directory_of(std::int32_t replica) const {
  for (std::size_t i = 0; i < replicas.size() && i < directories.size(); ++i) {
    if (replicas[i] == replica) return directories[i];
  }
  return kMigratingDirectory;
}

}  // namespace moldau::metadata
