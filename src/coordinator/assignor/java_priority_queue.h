#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace moldau::coordinator {

/// A java.util.PriorityQueue: which of equal elements comes first follows from its heap, so an assignment
/// that is equal to Apache Kafka's needs the same heap. `Less` is a strict order; what an element's place
/// depends on stays as it is while it is inside.
template <class T, class Less>
class JavaPriorityQueue {
 public:
  explicit JavaPriorityQueue(Less less) : less_(std::move(less)) {}

  bool empty() const { return heap_.empty(); }

  /// `add`.
  void add(T element) {
    heap_.push_back(std::move(element));
    for (std::size_t at = heap_.size() - 1; at > 0;) {
      const std::size_t parent = (at - 1) / 2;
      if (!less_(heap_[at], heap_[parent])) return;
      std::swap(heap_[at], heap_[parent]);
      at = parent;
    }
  }

  /// `poll`: a least element; nullopt where there is none.
  std::optional<T> poll() {
    if (heap_.empty()) return std::nullopt;
    std::swap(heap_.front(), heap_.back());
    std::optional<T> least = std::move(heap_.back());
    heap_.pop_back();
    for (std::size_t at = 0; 2 * at + 1 < heap_.size();) {
      std::size_t child = 2 * at + 1;
      if (child + 1 < heap_.size() && less_(heap_[child + 1], heap_[child])) ++child;
      if (!less_(heap_[child], heap_[at])) break;
      std::swap(heap_[at], heap_[child]);
      at = child;
    }
    return least;
  }

 private:
  Less less_;
  std::vector<T> heap_;
};

}  // namespace moldau::coordinator
