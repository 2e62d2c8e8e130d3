#include "metadata/partition.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "metadata/directory_id.h"

namespace moldau::metadata {

bool contains(const Replicas& replicas, BrokerId id) {
  return std::ranges::find(replicas, id) != replicas.end();
}

Replicas without(const Replicas& replicas, BrokerId id, BrokerId other) {
  Replicas rest;
  rest.reserve(replicas.size());
  std::ranges::copy_if(replicas, std::back_inserter(rest),
                       [&](BrokerId member) { return member != id && member != other; });
  return rest;
}

bool is_valid_isr(const Replicas& replicas, const Replicas& isr) {
  for (std::size_t i = 0; i < isr.size(); ++i) {
    if (isr[i].value() < 0 || !contains(replicas, isr[i])) return false;
    if (std::find(isr.begin(), isr.begin() + static_cast<std::ptrdiff_t>(i), isr[i]) !=
        isr.begin() + static_cast<std::ptrdiff_t>(i)) {
      return false;
    }
  }
  return true;
}

Uuid Partition::directory_of(BrokerId replica) const {
  for (std::size_t i = 0; i < replicas.size() && i < directories.size(); ++i) {
    if (replicas[i] == replica) return directories[i];
  }
  return kMigratingDirectory;
}

}  // namespace moldau::metadata
