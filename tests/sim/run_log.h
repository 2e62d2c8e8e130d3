#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "io/sim/world.h"
#include "observe/log.h"

namespace moldau::sim {

/// Keeps the last log lines of a run, with virtual time, for whoever must explain a failure. While one lives,
/// nothing is written to stderr.
class RunLog {
 public:
  explicit RunLog(io::sim::World& world) {
    observe::set_sink([this, &world](observe::Level, std::string_view line) {
      const auto at_us =
          std::chrono::duration_cast<std::chrono::microseconds>(world.now().since_start()).count();
      lines_.push_back(std::to_string(at_us) + "us " + std::string(line));
      if (lines_.size() > kLinesKept) lines_.pop_front();
    });
  }
  ~RunLog() { observe::set_sink({}); }
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;

  std::string text() const {
    std::string all;
    for (const std::string& line : lines_) {
      all += line + '\n';
    }
    return all;
  }

 private:
  static constexpr std::size_t kLinesKept = 100;

  std::deque<std::string> lines_;
};

}  // namespace moldau::sim
