#include "server_process.h"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"

namespace moldau::broker::testing {

ServerProcess::ServerProcess(const std::vector<std::string>& arguments) {
  // The default admin port is one of the whole machine.
  std::vector<std::string> words{MOLDAU_PROGRAM, "server", "--override", "moldau.admin.listener="};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  std::array<int, 2> ends{};
  require(::pipe2(ends.data(), O_CLOEXEC) == 0, "a pipe can be had");
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const std::string log = folder_.path() + "/log";
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     S_IRUSR | S_IWUSR);
  // Also where the tests run under nohup.
  posix_spawnattr_t attributes{};
  ::posix_spawnattr_init(&attributes);
  sigset_t heard{};
  ::sigemptyset(&heard);
  ::sigaddset(&heard, SIGHUP);
  ::posix_spawnattr_setsigdefault(&attributes, &heard);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int failed = ::posix_spawn(&pid_, MOLDAU_PROGRAM, &actions, &attributes, pointers.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  out_ = ends[0];
  require(failed == 0, "the program is built");
}

ServerProcess::~ServerProcess() {
  if (pid_ > 0) stop(SIGKILL);
  ::close(out_);
}

std::string ServerProcess::read_line() {
  std::string line;
  char c = 0;
  while (::read(out_, &c, 1) == 1) {
    if (c == '\n') return line;
    line += c;
  }
  return {};
}

std::string ServerProcess::read_bootstrap() {
  const std::string mark = "bootstrap.servers=";
  const std::string line = read_line();
  const auto at = line.find(mark);
  return at == std::string::npos ? std::string() : line.substr(at + mark.size());
}

int ServerProcess::stop(int signal) {
  ::kill(pid_, signal);
  return wait_for_end();
}

int ServerProcess::wait_for_end() {
  int status = 0;
  require(::waitpid(pid_, &status, 0) == pid_, "the child is there until it is waited for");
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace moldau::broker::testing
