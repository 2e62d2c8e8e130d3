#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <utility>

#include "runtime/frame_pool.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// Owner of the tasks nobody awaits, e.g. one per request under way. Destroying the scope destroys what is
/// still suspended, so a node can stop, or crash in the simulator, at any await.
class TaskScope {
 public:
  TaskScope() = default;
  ~TaskScope() {
    while (first_ != nullptr) {
      Root* root = first_;
      root->unlink();
      std::coroutine_handle<Root>::from_promise(*root).destroy();
    }
  }
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  /// Starts the task now; it runs until its first suspension before this returns.
  void spawn(Task<void> task) {
    Detached detached = run(std::move(task));
    detached.root->link(*this);
    std::coroutine_handle<Root>::from_promise(*detached.root).resume();
  }

  bool empty() const { return first_ == nullptr; }
  std::size_t size() const { return size_; }

 private:
  struct Root;

  struct Detached {
    using promise_type = Root;
    Root* root;
  };

  /// The promise of the frame that awaits a spawned task; frees itself when the task is done.
  struct Root {
    static void* operator new(std::size_t size_bytes) { return allocate_frame(size_bytes); }
    static void operator delete(void* frame, std::size_t size_bytes) { release_frame(frame, size_bytes); }

    Root() = default;
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;
    ~Root() { unlink(); }

    Detached get_return_object() { return {this}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }

    void link(TaskScope& owner) {
      scope = &owner;
      next = owner.first_;
      if (next != nullptr) next->previous = this;
      owner.first_ = this;
      ++owner.size_;
    }

    void unlink() {
      if (scope == nullptr) return;
      (previous != nullptr ? previous->next : scope->first_) = next;
      if (next != nullptr) next->previous = previous;
      --scope->size_;
      scope = nullptr;
      next = nullptr;
      previous = nullptr;
    }

    TaskScope* scope = nullptr;
    Root* next = nullptr;
    Root* previous = nullptr;
  };

  static Detached run(Task<void> task) { co_await std::move(task); }

  Root* first_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace moldau::runtime
