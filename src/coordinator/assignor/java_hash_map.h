#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/java_hash.h"
#include "base/uuid.h"

namespace moldau::coordinator {

// What Apache Kafka's assignors decide hangs on the order in which java.util.HashMap and HashSet walk their
// keys, so an assignment that is equal to theirs, to the partition, needs that order. It is the order of the
// buckets, and within a bucket that of the chain; both follow from the keys' hash codes, from how many
// entries there ever were, and from the order in which they came.

/// java.lang.Integer.hashCode.
inline std::uint32_t java_hash_code(std::int32_t value) {
  return static_cast<std::uint32_t>(value);
}

/// java.lang.String.hashCode of a UTF-8 text.
inline std::uint32_t java_hash_code(std::string_view text) {
  return static_cast<std::uint32_t>(java_hash(text));
}

/// The hash code of Apache Kafka's org.apache.kafka.common.Uuid.
inline std::uint32_t java_hash_code(const Uuid& id) {
  const std::uint64_t mixed = id.most_significant() ^ id.least_significant();
  return static_cast<std::uint32_t>(mixed >> 32) ^ static_cast<std::uint32_t>(mixed);
}

/// The initial capacity with which Java code has room for `count` entries: (int) (count / 0.75f) + 1.
inline std::size_t java_capacity_for(std::size_t count) {
  constexpr float kLoadFactor = 0.75F;
  return static_cast<std::size_t>(static_cast<float>(count) / kLoadFactor) + 1;
}

/// Entries that are walked in the order of a java.util.HashMap to which the same was done. Each step is O(1).
///
/// Two things of Java's are left out. From 64 buckets on Java makes a tree of a chain of more than eight
/// entries; here it stays a chain, so the order of such a bucket may differ. And a HashMap that a later Java
/// makes of a collection may be smaller than here: see JavaHashSet::of.
///
/// Pointers and references to values hold until the next insertion.
template <class Key, class Value>
class JavaHashMap {
 public:
  /// `new HashMap<>()`.
  JavaHashMap() = default;

  /// `new HashMap<>(initial_capacity)`.
  explicit JavaHashMap(std::size_t initial_capacity)
      : first_bucket_count_(std::bit_ceil(std::max<std::size_t>(initial_capacity, 1))) {}

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  bool contains(const Key& key) const { return find_node(key) != kNone; }

  /// The value of the key; nullptr when it is not there.
  Value* find(const Key& key) {
    const std::int32_t node = find_node(key);
    return node == kNone ? nullptr : &nodes_[static_cast<std::size_t>(node)].value;
  }

  /// `put`: a new key comes last in its bucket, a known one keeps its place.
  Value& put(const Key& key, Value value) {
    if (buckets_.empty()) grow();
    const std::int32_t known = find_node(key);
    if (known != kNone) {
      Value& there = nodes_[static_cast<std::size_t>(known)].value;
      there = std::move(value);
      return there;
    }
    const std::int32_t node = make_node(key, std::move(value));
    std::size_t before = 0;
    std::int32_t* link = &buckets_[bucket_of(key)];
    for (; *link != kNone; link = &nodes_[static_cast<std::size_t>(*link)].next)
      ++before;
    *link = node;
    if (before >= kLongChain) spread_long_chain();
    if (++size_ > threshold()) grow();
    return nodes_[static_cast<std::size_t>(node)].value;
  }

  /// `computeIfAbsent`: unlike put it has a new key first in its bucket, and grows before it looks.
  template <class Make>
  Value& compute_if_absent(const Key& key, Make make) {
    if (buckets_.empty() || size_ > threshold()) grow();
    if (const std::int32_t known = find_node(key); known != kNone)
      return nodes_[static_cast<std::size_t>(known)].value;
    const std::int32_t node = make_node(key, make());
    std::size_t behind = 0;
    std::int32_t& head = buckets_[bucket_of(key)];
    for (std::int32_t at = head; at != kNone; at = nodes_[static_cast<std::size_t>(at)].next)
      ++behind;
    nodes_[static_cast<std::size_t>(node)].next = head;
    head = node;
    if (behind + 1 >= kLongChain) spread_long_chain();
    ++size_;
    return nodes_[static_cast<std::size_t>(node)].value;
  }

  /// `remove`: true if the key was there.
  bool erase(const Key& key) {
    if (buckets_.empty()) return false;
    for (std::int32_t* link = &buckets_[bucket_of(key)]; *link != kNone;) {
      Node& node = nodes_[static_cast<std::size_t>(*link)];
      if (node.key == key) {
        const std::int32_t erased = std::exchange(*link, node.next);
        node = Node{.key = Key(), .value = Value(), .next = std::exchange(free_, erased)};
        --size_;
        return true;
      }
      link = &node.next;
    }
    return false;
  }

  /// Visits each key and value in Java's order. The visitor may change values, not the map.
  template <class Visit>
  void for_each(Visit visit) {
    for (const std::int32_t head : buckets_) {
      for (std::int32_t at = head; at != kNone; at = nodes_[static_cast<std::size_t>(at)].next) {
        Node& node = nodes_[static_cast<std::size_t>(at)];
        visit(std::as_const(node.key), node.value);
      }
    }
  }

  /// The keys in Java's order.
  std::vector<Key> keys() const {
    std::vector<Key> keys;
    keys.reserve(size_);
    for (const std::int32_t head : buckets_) {
      for (std::int32_t at = head; at != kNone; at = nodes_[static_cast<std::size_t>(at)].next) {
        keys.push_back(nodes_[static_cast<std::size_t>(at)].key);
      }
    }
    return keys;
  }

 private:
  static constexpr std::int32_t kNone = -1;
  static constexpr std::size_t kDefaultBucketCount = 16;
  /// Entries before the one that makes Java turn a chain into a tree, or enlarge a table that is small.
  static constexpr std::size_t kLongChain = 8;
  static constexpr std::size_t kLeastBucketsForTrees = 64;

  struct Node {
    Key key;
    Value value;
    std::int32_t next = kNone;
  };

  std::size_t threshold() const { return buckets_.size() * 3 / 4; }

  std::size_t bucket_of(const Key& key) const {
    const std::uint32_t hash = java_hash_code(key);
    return (hash ^ (hash >> 16)) & (buckets_.size() - 1);
  }

  std::int32_t find_node(const Key& key) const {
    if (buckets_.empty()) return kNone;
    std::int32_t at = buckets_[bucket_of(key)];
    while (at != kNone && !(nodes_[static_cast<std::size_t>(at)].key == key)) {
      at = nodes_[static_cast<std::size_t>(at)].next;
    }
    return at;
  }

  std::int32_t make_node(const Key& key, Value value) {
    if (free_ == kNone) {
      nodes_.push_back(Node{.key = key, .value = std::move(value)});
      return static_cast<std::int32_t>(nodes_.size()) - 1;
    }
    const std::int32_t node = free_;
    free_ = nodes_[static_cast<std::size_t>(node)].next;
    nodes_[static_cast<std::size_t>(node)] = Node{.key = key, .value = std::move(value)};
    return node;
  }

  void spread_long_chain() {
    if (buckets_.size() < kLeastBucketsForTrees) grow();
  }

  /// Twice the buckets; the entries of each keep their order in the two that it becomes.
  void grow() {
    if (buckets_.empty()) {
      buckets_.assign(first_bucket_count_, kNone);
      return;
    }
    const std::vector<std::int32_t> before = std::move(buckets_);
    buckets_.assign(before.size() * 2, kNone);
    for (std::size_t bucket = 0; bucket < before.size(); ++bucket) {
      std::int32_t* low_end = &buckets_[bucket];
      std::int32_t* high_end = &buckets_[bucket + before.size()];
      for (std::int32_t at = before[bucket]; at != kNone;) {
        Node& node = nodes_[static_cast<std::size_t>(at)];
        std::int32_t*& end = bucket_of(node.key) == bucket ? low_end : high_end;
        *end = at;
        end = &node.next;
        at = std::exchange(node.next, kNone);
      }
    }
  }

  std::size_t first_bucket_count_ = kDefaultBucketCount;
  std::vector<std::int32_t> buckets_;
  std::vector<Node> nodes_;
  std::int32_t free_ = kNone;
  std::size_t size_ = 0;
};

/// Keys that are walked in the order of a java.util.HashSet to which the same was done.
template <class Key>
class JavaHashSet {
 public:
  /// `new HashSet<>()`.
  JavaHashSet() = default;

  /// `new HashSet<>(initial_capacity)`.
  explicit JavaHashSet(std::size_t initial_capacity) : map_(initial_capacity) {}

  /// `new HashSet<>(keys)` of a collection that says it has `count` keys, as Java 17 makes it. (Java 19 and
  /// later take half as many buckets when count is 12, 24, 48 and so on.)
  template <class Keys>
  static JavaHashSet of(const Keys& keys, std::size_t count) {
    constexpr std::size_t kLeastCapacity = 16;
    JavaHashSet set(std::max(java_capacity_for(count), kLeastCapacity));
    for (const Key& key : keys)
      set.add(key);
    return set;
  }

  template <class Keys>
  static JavaHashSet of(const Keys& keys) {
    return of(keys, keys.size());
  }

  bool empty() const { return map_.empty(); }
  std::size_t size() const { return map_.size(); }
  bool contains(const Key& key) const { return map_.contains(key); }
  void add(const Key& key) { map_.put(key, {}); }
  bool erase(const Key& key) { return map_.erase(key); }

  /// The keys in Java's order.
  std::vector<Key> keys() const { return map_.keys(); }

 private:
  struct Nothing {};

  JavaHashMap<Key, Nothing> map_;
};

}  // namespace moldau::coordinator
