#pragma once

#include <cstdint>
#include <initializer_list>

#include "metadata/partition.h"

namespace moldau::metadata {

/// Replicas as a test writes them down.
inline Replicas ids(std::initializer_list<std::int32_t> values) {
  Replicas replicas;
  for (const std::int32_t value : values)
    replicas.push_back(BrokerId(value));
  return replicas;
}

}  // namespace moldau::metadata
