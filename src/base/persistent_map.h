#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>

#include "base/assert.h"

namespace moldau {

/// An ordered map that never changes: with() and without() return another map that shares all but one path of
/// nodes with this one. Copies cost one reference; find, with and without O(log n). Iteration is in key
/// order.
///
/// Invariants: 1. an in-order walk yields strictly rising keys (Less); 2. the heights of a node's children
/// differ by at most one (AVL), so a tree of 2^32 entries is at most 47 nodes deep.
template <class Key, class Value, class Less = std::less<>>
class PersistentMap {
  struct Node;
  using Link = std::shared_ptr<const Node>;

  struct Node {
    std::pair<const Key, Value> entry;
    Link left;
    Link right;
    std::size_t size;
    int height;
  };

 public:
  using value_type = std::pair<const Key, Value>;

  PersistentMap() = default;

  std::size_t size() const { return size_of(root_); }
  bool empty() const { return root_ == nullptr; }

  /// The value at `key`, or nullptr. Valid as long as any map that shares the entry lives.
  template <class K>
  const Value* find(const K& key) const {
    const Node* at = root_.get();
    while (at != nullptr) {
      if (Less{}(key, at->entry.first)) {
        at = at->left.get();
      } else if (Less{}(at->entry.first, key)) {
        at = at->right.get();
      } else {
        return &at->entry.second;
      }
    }
    return nullptr;
  }

  template <class K>
  bool contains(const K& key) const {
    return find(key) != nullptr;
  }

  /// This map with `value` at `key`, in the place of what was there.
  PersistentMap with(Key key, Value value) const {
    return PersistentMap(insert(root_, std::move(key), std::move(value)));
  }

  /// This map without `key`; this map itself if there is no such key.
  template <class K>
  PersistentMap without(const K& key) const {
    return contains(key) ? PersistentMap(erase(root_, key)) : *this;
  }

  /// Forward iterator in key order. Valid as long as the map it came from.
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = PersistentMap::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = const value_type&;

    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): of path_ only the first depth_ are read.
    Iterator() = default;
    reference operator*() const { return path_[depth_ - 1]->entry; }
    pointer operator->() const { return &**this; }
    Iterator& operator++() {
      const Node* done = path_[--depth_];
      descend_left(done->right.get());
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const {
      return depth_ == other.depth_ && (depth_ == 0 || path_[depth_ - 1] == other.path_[depth_ - 1]);
    }

   private:
    friend PersistentMap;
    static constexpr std::size_t kDeepest = 48;

    void push(const Node* node) {
      require(depth_ < kDeepest, "the tree is balanced");
      path_[depth_++] = node;
    }
    void descend_left(const Node* node) {
      for (; node != nullptr; node = node->left.get())
        push(node);
    }

    std::array<const Node*, kDeepest> path_;  ///< Nodes still to be visited, the present one last.
    std::size_t depth_ = 0;
  };

  Iterator begin() const {
    Iterator it;
    it.descend_left(root_.get());
    return it;
  }
  Iterator end() const { return Iterator(); }

  /// The first entry whose key is not less than `key`.
  template <class K>
  Iterator lower_bound(const K& key) const {
    Iterator it;
    const Node* at = root_.get();
    while (at != nullptr) {
      if (Less{}(at->entry.first, key)) {
        at = at->right.get();
      } else {
        it.push(at);
        at = at->left.get();
      }
    }
    return it;
  }

  bool operator==(const PersistentMap& other) const {
    if (root_ == other.root_) return true;
    return size() == other.size() && std::equal(begin(), end(), other.begin());
  }

 private:
  explicit PersistentMap(Link root) : root_(std::move(root)) {}

  static std::size_t size_of(const Link& node) { return node ? node->size : 0; }
  static int height_of(const Link& node) { return node ? node->height : 0; }

  static Link make(value_type entry, Link left, Link right) {
    const std::size_t size = 1 + size_of(left) + size_of(right);
    const int height = 1 + std::max(height_of(left), height_of(right));
    return std::make_shared<const Node>(
        Node{std::move(entry), std::move(left), std::move(right), size, height});
  }

  /// A node whose children's heights differ by at most two, balanced.
  static Link balance(const value_type& entry, const Link& left, const Link& right) {
    if (height_of(left) > height_of(right) + 1) {
      if (height_of(left->left) >= height_of(left->right)) {
        return make(left->entry, left->left, make(entry, left->right, right));
      }
      const Link& middle = left->right;
      return make(middle->entry, make(left->entry, left->left, middle->left),
                  make(entry, middle->right, right));
    }
    if (height_of(right) > height_of(left) + 1) {
      if (height_of(right->right) >= height_of(right->left)) {
        return make(right->entry, make(entry, left, right->left), right->right);
      }
      const Link& middle = right->left;
      return make(middle->entry, make(entry, left, middle->left),
                  make(right->entry, middle->right, right->right));
    }
    return make(entry, left, right);
  }

  static Link insert(const Link& node, Key key, Value value) {
    if (!node) return make(value_type(std::move(key), std::move(value)), nullptr, nullptr);
    if (Less{}(key, node->entry.first)) {
      return balance(node->entry, insert(node->left, std::move(key), std::move(value)), node->right);
    }
    if (Less{}(node->entry.first, key)) {
      return balance(node->entry, node->left, insert(node->right, std::move(key), std::move(value)));
    }
    return make(value_type(std::move(key), std::move(value)), node->left, node->right);
  }

  static const Node& first_of(const Link& node) {
    const Node* at = node.get();
    while (at->left)
      at = at->left.get();
    return *at;
  }

  template <class K>
  static Link erase(const Link& node, const K& key) {
    if (Less{}(key, node->entry.first)) return balance(node->entry, erase(node->left, key), node->right);
    if (Less{}(node->entry.first, key)) return balance(node->entry, node->left, erase(node->right, key));
    if (!node->left) return node->right;
    if (!node->right) return node->left;
    const value_type& next = first_of(node->right).entry;
    return balance(next, node->left, erase(node->right, next.first));
  }

  Link root_;
};

}  // namespace moldau
