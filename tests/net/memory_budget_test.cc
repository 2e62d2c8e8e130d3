#include "net/memory_budget.h"

#include <memory>
#include <vector>

#include <doctest/doctest.h>

using moldau::net::MemoryBudget;

namespace {

class Named final : public MemoryBudget::Waiter {
 public:
  Named(int name, std::vector<int>& log) : name_(name), log_(log) {}

 private:
  void on_admitted() override { log_.push_back(name_); }

  int name_;
  std::vector<int>& log_;
};

}  // namespace

TEST_CASE("what does not fit waits and is admitted in order when enough is given back") {
  std::vector<int> log;
  Named first(1, log);
  Named second(2, log);
  Named third(3, log);
  MemoryBudget budget(100);
  CHECK(budget.admit(80, 0, first, 1));
  CHECK_FALSE(budget.admit(50, 0, second, 1));
  CHECK_FALSE(budget.admit(10, 0, third, 1));  // it would fit, but not before its turn
  budget.release(20, {&first, 1});
  CHECK(log.empty());
  budget.release(30, {&first, 1});
  CHECK(log == std::vector{2, 3});
  CHECK(budget.used_bytes() == 90);
}

TEST_CASE("a request larger than the budget is admitted when nothing else is under way") {
  std::vector<int> log;
  Named large(1, log);
  Named small(2, log);
  MemoryBudget budget(10);
  CHECK(budget.admit(1000, 0, large, 1));
  CHECK_FALSE(budget.admit(1, 0, small, 1));
  budget.release(1000, {&large, 1});
  CHECK(log == std::vector{2});
}

TEST_CASE("one that goes away is not admitted") {
  std::vector<int> log;
  Named first(1, log);
  Named second(2, log);
  MemoryBudget budget(10);
  CHECK(budget.admit(10, 0, first, 1));
  CHECK_FALSE(budget.admit(10, 0, second, 1));
  budget.forget(second);
  budget.release(10, {&first, 1});
  CHECK(log.empty());
  CHECK(budget.used_bytes() == 0);
}

TEST_CASE("what has come in part goes on beyond the limit, one at a time, before what has not begun") {
  std::vector<int> log;
  Named first(1, log);
  Named second(2, log);
  Named third(3, log);
  MemoryBudget budget(100);
  CHECK(budget.admit(50, 0, first, 1));
  CHECK(budget.admit(50, 0, second, 1));
  CHECK_FALSE(budget.admit(10, 0, third, 1));
  CHECK(budget.admit(70, 50, first, 1));
  CHECK_FALSE(budget.admit(70, 50, second, 1));
  CHECK(budget.admit(200, 120, first, 1));
  CHECK(budget.used_bytes() == 370);
  budget.release(270, {&first, 1});
  CHECK(log == std::vector{2});
  CHECK(budget.used_bytes() == 170);
  budget.release(120, {&second, 1});
  CHECK(log == std::vector{2, 3});
  CHECK(budget.used_bytes() == 60);
}

TEST_CASE("what goes on beyond the limit is alone until it is answered, or its connection is gone") {
  std::vector<int> log;
  Named first(1, log);
  Named second(2, log);
  MemoryBudget budget(100);
  CHECK(budget.admit(10, 0, first, 1));
  CHECK(budget.admit(40, 0, first, 2));
  CHECK(budget.admit(50, 0, second, 1));
  CHECK(budget.admit(60, 40, first, 2));
  CHECK_FALSE(budget.admit(60, 50, second, 1));
  SUBCASE("answered") {
    budget.release(10, {&first, 1});
    CHECK(log.empty());
    budget.release(100, {&first, 2});
    CHECK(log == std::vector{2});
  }
  SUBCASE("gone") {
    budget.forget(first);
    CHECK(log.empty());
    budget.release(110, {});
    CHECK(log == std::vector{2});
  }
}

namespace {

/// Is answered as soon as it is admitted.
class Quick final : public MemoryBudget::Waiter {
 public:
  explicit Quick(MemoryBudget& budget) : budget_(budget) {}

  int depth() const { return deepest_; }

 private:
  void on_admitted() override {
    static int depth = 0;
    deepest_ = ++depth;
    budget_.release(10, {this, 1});
    --depth;
  }

  MemoryBudget& budget_;
  int deepest_ = 0;
};

}  // namespace

TEST_CASE("those who wait are admitted one after the other, not one inside the other") {
  MemoryBudget budget(10);
  std::vector<int> log;
  Named first(1, log);
  CHECK(budget.admit(10, 0, first, 1));
  std::vector<std::unique_ptr<Quick>> waiters;
  for (int i = 0; i < 1000; ++i) {
    waiters.push_back(std::make_unique<Quick>(budget));
    CHECK_FALSE(budget.admit(10, 0, *waiters.back(), 1));
  }
  budget.release(10, {&first, 1});
  CHECK(budget.used_bytes() == 0);
  for (const auto& waiter : waiters)
    CHECK(waiter->depth() == 1);
}
