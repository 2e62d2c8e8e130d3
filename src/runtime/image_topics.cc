#include "runtime/image_topics.h"

namespace moldau::runtime {

std::optional<Uuid> ImageTopics::id_of(std::string_view name) const {
  const metadata::Topic* topic = image_.topic(name);
  return topic == nullptr ? std::nullopt : std::optional(topic->id());
}

std::optional<std::string_view> ImageTopics::name_of(const Uuid& id) const {
  const metadata::Topic* topic = image_.topic(id);
  return topic == nullptr ? std::nullopt : std::optional<std::string_view>(topic->name());
}

std::optional<std::int32_t> ImageTopics::partition_count(const Uuid& id) const {
  const metadata::Topic* topic = image_.topic(id);
  return topic == nullptr ? std::nullopt : std::optional(static_cast<std::int32_t>(topic->partition_count()));
}

std::vector<std::string_view> ImageTopics::racks(const Uuid& id, std::int32_t partition) const {
  std::vector<std::string_view> racks;
  const metadata::Partition* found = image_.partition(id, partition);
  if (found == nullptr) return racks;
  for (const BrokerId replica : found->replicas) {
    const metadata::BrokerRegistration* broker = image_.broker(replica);
    if (broker != nullptr && broker->rack) racks.push_back(*broker->rack);
  }
  return racks;
}

std::vector<std::string_view> ImageTopics::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, topic] : image_.topics_by_name)
    names.push_back(name);
  return names;
}

}  // namespace moldau::runtime
