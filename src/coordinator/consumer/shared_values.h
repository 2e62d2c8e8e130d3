#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "base/persistent_map.h"

namespace moldau::coordinator {

/// Values by name, shared by the versions of a group.
template <class T>
using SharedByName = PersistentMap<std::string, std::shared_ptr<const T>>;

/// nullptr where there is none. Good as long as a map that shares it.
template <class T>
const T* find_shared(const SharedByName<T>& map, std::string_view name) {
  const auto* found = map.find(name);
  return found == nullptr ? nullptr : found->get();
}

/// Whether both hold equal values by the same names.
template <class T>
bool same_values(const SharedByName<T>& one, const SharedByName<T>& other) {
  return one.size() == other.size() && std::ranges::equal(one, other, [](const auto& a, const auto& b) {
           return a.first == b.first && *a.second == *b.second;
         });
}

}  // namespace moldau::coordinator
