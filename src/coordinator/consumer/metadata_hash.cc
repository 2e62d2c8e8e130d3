#include "coordinator/consumer/metadata_hash.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/bytes.h"
#include "base/utf16.h"

namespace moldau::coordinator {
namespace {

constexpr std::uint8_t kTopicMagic = 0;

/// Bytes to be hashed; numbers are little-endian.
class HashInput {
 public:
  void put_byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }

  template <class Number>
  void put(Number value) {
    for (std::size_t i = 0; i < sizeof(Number); ++i)
      put_byte(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
  }

  /// The text's UTF-16 units, then how many.
  void put_text(std::string_view text) {
    for_each_utf16_unit(text, [this](std::uint16_t unit) { put(unit); });
    put(static_cast<std::int32_t>(utf16_length(text)));
  }

  std::int64_t hash() const { return static_cast<std::int64_t>(XXH3_64bits(bytes_.data(), bytes_.size())); }

 private:
  std::string bytes_;
};

std::int64_t topic_hash(const TopicsView& topics, const Uuid& id, std::string_view name) {
  const std::int32_t partitions = topics.partition_count(id).value_or(0);
  HashInput input;
  input.put_byte(kTopicMagic);
  input.put(id.most_significant());
  input.put(id.least_significant());
  input.put_text(name);
  input.put(partitions);
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    input.put(partition);
    std::vector<std::string_view> racks = topics.racks(id, partition);
    std::ranges::sort(racks);
    for (const std::string_view rack : racks) {
      input.put(static_cast<std::int32_t>(utf16_length(rack)));
      input.put_text(rack);
    }
  }
  return input.hash();
}

std::string_view name_of(const std::pair<const std::string, SubscriptionCount>& subscribed) {
  return subscribed.first;
}

std::string_view name_of(std::string_view name) {
  return name;
}

template <class Sorted>
std::int64_t hash_of(const TopicsView& topics, const Sorted& sorted) {
  HashInput input;
  bool has_any = false;
  for (const auto& one : sorted) {
    const std::string_view name = name_of(one);
    const auto id = topics.id_of(name);
    if (!id) continue;
    has_any = true;
    input.put(topic_hash(topics, *id, name));
  }
  return has_any ? input.hash() : 0;
}

}  // namespace

std::int64_t metadata_hash(const TopicsView& topics, const SubscriptionCounts& subscribed_topics) {
  return hash_of(topics, subscribed_topics);
}

std::int64_t metadata_hash(const TopicsView& topics, const std::set<std::string_view>& names) {
  return hash_of(topics, names);
}

}  // namespace moldau::coordinator
