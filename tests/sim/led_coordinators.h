#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sim/led_partitions.h"

namespace moldau::sim {

/// A coordinator with the partition of an internal topic that it stands on.
template <class Coordinator>
struct LedCoordinator {
  std::int32_t partition = 0;
  std::shared_ptr<Coordinator> coordinator;
  std::shared_ptr<runtime::Partition> log;
};

/// The coordinators of a node on the partitions of `topic`; `table_of(node, shard)` is where a shard has
/// them.
template <class Coordinator, class TableOf>
std::vector<LedCoordinator<Coordinator>> led_coordinators(runtime::Node& node, std::string_view topic,
                                                          TableOf table_of) {
  std::vector<LedCoordinator<Coordinator>> all;
  for_each_led_partition(
      node, topic,
      [&](runtime::ShardId shard, std::int32_t index, const std::shared_ptr<runtime::Partition>& partition) {
        auto coordinator = table_of(node, shard).find(index);
        if (coordinator)
          all.push_back({.partition = index, .coordinator = std::move(coordinator), .log = partition});
      });
  return all;
}

/// Whether each of the topic's partitions, of which there are `partitions`, has been read.
template <class Coordinator>
bool are_loaded(const std::vector<LedCoordinator<Coordinator>>& led, std::int32_t partitions) {
  std::int32_t loaded = 0;
  for (const auto& one : led)
    loaded += one.coordinator->is_loaded() ? 1 : 0;
  return loaded == partitions;
}

/// What those that have been read know, by partition: image_of(coordinator, log end).
template <class Image, class Coordinator, class ImageOf>
std::map<std::int32_t, Image> images_of(const std::vector<LedCoordinator<Coordinator>>& led,
                                        ImageOf image_of) {
  std::map<std::int32_t, Image> images;
  for (const auto& one : led) {
    if (!one.coordinator->is_loaded()) continue;
    images.emplace(one.partition, image_of(*one.coordinator, one.log->log().log_end_offset()));
  }
  return images;
}

/// How their logs differ, up to where they ended then, from what was known then; empty where they do not.
/// replayed(coordinator, log, log end) is what a log says.
template <class Image, class Coordinator, class Replayed>
std::string difference_to_logs(const std::vector<LedCoordinator<Coordinator>>& led,
                               const std::map<std::int32_t, Image>& then, Replayed replayed) {
  for (const auto& one : led) {
    const auto image = then.find(one.partition);
    if (image == then.end()) continue;
    const std::string name = "partition " + std::to_string(one.partition) + ": ";
    log::PartitionLog& log = one.log->log();
    if (log.log_end_offset() < image->second.log_end) return name + "the log has lost its end";
    const auto again = replayed(*one.coordinator, log, image->second.log_end);
    if (!again) return name + "its log cannot be read: " + again.error().message;
    if (const auto what = difference(image->second, *again); !what.empty()) return name + what;
  }
  return {};
}

}  // namespace moldau::sim
