#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/uuid.h"

namespace moldau::coordinator {

/// What a coordinator needs to know of the cluster's topics, as of one metadata image. Never changes.
class TopicsView {
 public:
  TopicsView() = default;
  TopicsView(const TopicsView&) = delete;
  TopicsView& operator=(const TopicsView&) = delete;
  virtual ~TopicsView() = default;

  /// Offset of the metadata log that it reflects.
  virtual std::int64_t version() const = 0;
  /// nullopt where there is no such topic.
  virtual std::optional<Uuid> id_of(std::string_view name) const = 0;
  /// nullopt where there is no such topic. Valid as long as the view.
  virtual std::optional<std::string_view> name_of(const Uuid& id) const = 0;
  /// nullopt where there is no such topic.
  virtual std::optional<std::int32_t> partition_count(const Uuid& id) const = 0;
  /// Racks of the partition's replicas, one for each replica on a broker that has a rack; in no order.
  virtual std::vector<std::string_view> racks(const Uuid& id, std::int32_t partition) const = 0;
  /// Names of all topics. Valid as long as the view.
  virtual std::vector<std::string_view> names() const = 0;
};

/// A cluster without topics.
class NoTopics final : public TopicsView {
 public:
  std::int64_t version() const override { return -1; }
  std::optional<Uuid> id_of(std::string_view) const override { return std::nullopt; }
  std::optional<std::string_view> name_of(const Uuid&) const override { return std::nullopt; }
  std::optional<std::int32_t> partition_count(const Uuid&) const override { return std::nullopt; }
  std::vector<std::string_view> racks(const Uuid&, std::int32_t) const override { return {}; }
  std::vector<std::string_view> names() const override { return {}; }
};

}  // namespace moldau::coordinator
