#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/uuid.h"
#include "coordinator/topics_view.h"

namespace moldau::testing {

/// The topics of a cluster at one time.
class StreamsTopics final : public coordinator::TopicsView {
 public:
  struct Topic {
    Uuid id;
    std::int32_t partitions = 0;

    bool operator==(const Topic&) const = default;
  };
  using ByName = std::map<std::string, Topic, std::less<>>;

  explicit StreamsTopics(ByName topics) : topics_(std::move(topics)) {}

  const ByName& by_name() const { return topics_; }

  std::int64_t version() const override { return 0; }
  std::optional<Uuid> id_of(std::string_view name) const override {
    const auto found = topics_.find(name);
    return found == topics_.end() ? std::nullopt : std::optional(found->second.id);
  }
  std::optional<std::string_view> name_of(const Uuid& id) const override {
    for (const auto& [name, topic] : topics_) {
      if (topic.id == id) return name;
    }
    return std::nullopt;
  }
  std::optional<std::int32_t> partition_count(const Uuid& id) const override {
    const auto name = name_of(id);
    return name ? std::optional(topics_.find(*name)->second.partitions) : std::nullopt;
  }
  std::vector<std::string_view> racks(const Uuid&, std::int32_t) const override { return {}; }
  std::vector<std::string_view> names() const override {
    std::vector<std::string_view> all;
    for (const auto& [name, topic] : topics_)
      all.push_back(name);
    return all;
  }

 private:
  ByName topics_;
};

}  // namespace moldau::testing
