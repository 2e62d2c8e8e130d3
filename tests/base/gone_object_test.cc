// What a method does when the object has ended in a call that the method made.

#include <memory>
#include <new>

#include <doctest/doctest.h>
#include <sys/mman.h>

namespace moldau {
namespace {

constexpr std::size_t kPageBytes = 4096;

/// Lives on a page of its own, which goes with it: a look at a member afterwards is a fault.
class Caller {
 public:
  static Caller* make() {
    void* page = ::mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(page != MAP_FAILED);
    return new (page) Caller;
  }

  ~Caller() { *self_ = nullptr; }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  void end() {
    this->~Caller();
    ::munmap(this, kPageBytes);
  }

  /// Whether object and handler are there after the handler has run.
  [[gnu::noinline]] bool call() {
    const std::shared_ptr<Caller*> self = self_;
    if (handler_ == nullptr) return false;
    handler_(*this);
    if (*self == nullptr || handler_ == nullptr) return false;
    return true;
  }

  void set_handler(void (*handler)(Caller&)) { handler_ = handler; }

 private:
  Caller() = default;

  void (*handler_)(Caller&) = nullptr;
  std::shared_ptr<Caller*> self_ = std::make_shared<Caller*>(this);
};

TEST_CASE("A method reads no member ahead of the test that its object is still there") {
  Caller* caller = Caller::make();
  caller->set_handler([](Caller&) {});
  CHECK(caller->call());
  caller->set_handler([](Caller& one) { one.end(); });
  CHECK_FALSE(caller->call());
}

}  // namespace
}  // namespace moldau
