#include "child.h"

#include <cstring>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

namespace moldau::bench {

Child::Child(const std::vector<std::string>& command) {
  int ends[2];
  if (::pipe(ends) != 0) die("starting", "no pipe");
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  id_ = ::fork();
  if (id_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  output_ = ::fdopen(ends[0], "r");
}

Child::~Child() {
  if (id_ != 0) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  std::fclose(output_);
}

void Child::wait_for(const std::string& label) {
  char line[4096];
  while (std::fgets(line, sizeof line, output_) != nullptr) {
    if (std::strstr(line, label.c_str()) != nullptr) return;
  }
  die("starting", "the broker ended before it was ready");
}

void Child::stop() {
  ::kill(id_, SIGTERM);
  // It may have more to say than the pipe holds.
  char line[4096];
  while (std::fgets(line, sizeof line, output_) != nullptr) {
  }
  ::waitpid(id_, nullptr, 0);
  id_ = 0;
}

}  // namespace moldau::bench
