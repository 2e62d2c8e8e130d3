#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include <sys/types.h>

namespace moldau::bench {

/// A child process whose output is read here, killed when this program is done with it.
class Child {
 public:
  /// The program, found by PATH, and its arguments.
  explicit Child(const std::vector<std::string>& command);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t id() const { return id_; }

  /// Waits for a line with that in it; ends the program where there is none.
  void wait_for(const std::string& label);

  /// Tells it to stop, and waits until it is gone. Its data is whole afterwards.
  void stop();

 private:
  pid_t id_ = 0;  ///< 0 once it is gone
  std::FILE* output_ = nullptr;
};

}  // namespace moldau::bench
