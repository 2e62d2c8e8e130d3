#include "net/memory_budget.h"

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
  CHECK(budget.admit(80, 0, first));
  CHECK_FALSE(budget.admit(50, 0, second));
  CHECK_FALSE(budget.admit(10, 0, third));  // it would fit, but not before its turn
  budget.release(20, first);
  CHECK(log.empty());
  budget.release(30, first);
  CHECK(log == std::vector{2, 3});
  CHECK(budget.used_bytes() == 90);
}

TEST_CASE("a request larger than the budget is admitted when nothing else is under way") {
  std::vector<int> log;
  Named large(1, log);
  Named small(2, log);
  MemoryBudget budget(10);
  CHECK(budget.admit(1000, 0, large));
  CHECK_FALSE(budget.admit(1, 0, small));
  budget.release(1000, large);
  CHECK(log == std::vector{2});
}

TEST_CASE("one that goes away is not admitted") {
  std::vector<int> log;
  Named first(1, log);
  Named second(2, log);
  MemoryBudget budget(10);
  CHECK(budget.admit(10, 0, first));
  CHECK_FALSE(budget.admit(10, 0, second));
  budget.forget(second);
  budget.release(10, first);
  CHECK(log.empty());
  CHECK(budget.used_bytes() == 0);
}

TEST_CASE("what has come in part goes on beyond the limit, one at a time, before what has not begun") {
  std::vector<int> log;
  Named first(1, log);
  Named second(2, log);
  Named third(3, log);
  MemoryBudget budget(100);
  CHECK(budget.admit(50, 0, first));
  CHECK(budget.admit(50, 0, second));
  CHECK_FALSE(budget.admit(10, 0, third));
  CHECK(budget.admit(70, 50, first));
  CHECK_FALSE(budget.admit(70, 50, second));
  CHECK(budget.admit(200, 120, first));
  CHECK(budget.used_bytes() == 370);
  budget.release(270, first);
  CHECK(log == std::vector{2});
  CHECK(budget.used_bytes() == 170);
  budget.release(120, second);
  CHECK(log == std::vector{2, 3});
  CHECK(budget.used_bytes() == 60);
}
