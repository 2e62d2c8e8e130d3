#include "metadata/image.h"

#include <algorithm>

namespace moldau::metadata {
namespace {

/// Maps whose values are shared pointers are the same if what is pointed to is.
template <class Map>
bool same_shared(const Map& a, const Map& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
    return x.first == y.first && (x.second == y.second || *x.second == *y.second);
  });
}

template <class Map, class Key>
auto pointer_at(const Map& map, const Key& key) {
  const auto* found = map.find(key);
  return found == nullptr ? nullptr : found->get();
}

}  // namespace

bool Image::same_content(const Image& other) const {
  return same_shared(topics, other.topics) && same_shared(topics_by_name, other.topics_by_name) &&
         folded_names == other.folded_names && same_shared(brokers, other.brokers) &&
         same_shared(controllers, other.controllers) && same_shared(configs, other.configs) &&
         features == other.features && metadata_version == other.metadata_version &&
         next_producer_id == other.next_producer_id && quotas == other.quotas && acls == other.acls &&
         scram_credentials == other.scram_credentials && delegation_tokens == other.delegation_tokens;
}

const Topic* Image::topic(const Uuid& id) const {
  return pointer_at(topics, id);
}

const Topic* Image::topic(std::string_view name) const {
  return pointer_at(topics_by_name, name);
}

const Partition* Image::partition(const Uuid& topic_id, std::int32_t partition_id) const {
  const Topic* found = topic(topic_id);
  return found == nullptr ? nullptr : found->find(partition_id);
}

const BrokerRegistration* Image::broker(BrokerId id) const {
  return pointer_at(brokers, id);
}

const Configs* Image::configs_of(const ConfigResource& resource) const {
  return pointer_at(configs, resource);
}

std::int16_t Image::feature_level(std::string_view feature) const {
  const auto* level = features.find(feature);
  return level == nullptr ? std::int16_t{0} : *level;
}

}  // namespace moldau::metadata
