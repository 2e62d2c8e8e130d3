#include "runtime/together.h"

#include <cstddef>
#include <utility>

#include "runtime/waiter.h"

namespace moldau::runtime {
namespace {

/// How many tasks are under way, and who waits for the last of them.
struct Count {
  std::size_t left = 0;
  Waiter* waiter = nullptr;
};

Task<void> counted(Task<void> task, Count& count) {
  co_await std::move(task);
  if (--count.left == 0 && count.waiter != nullptr) count.waiter->wake();
}

}  // namespace

Task<void> together(Shard& here, TaskList tasks) {
  Count count{.left = tasks.size()};
  for (Task<void>& task : tasks) {
    here.tasks().spawn(counted(std::move(task), count));
  }
  if (count.left == 0) co_return;
  Waiter waiter(here, Instant::never());
  count.waiter = &waiter;
  co_await waiter;
}

}  // namespace moldau::runtime
