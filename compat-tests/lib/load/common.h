#pragma once

// What the parts of a load share: settings of librdkafka, seeded numbers, complaints and the file of
// notes.

#include <chrono>
#include <cstdint>
#include <fstream>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <librdkafka/rdkafkacpp.h>

namespace load {

using Clock = std::chrono::steady_clock;
using Settings = std::vector<std::pair<std::string, std::string>>;

/// Ends the program: the test itself cannot go on.
[[noreturn]] void fail(const std::string& what);

/// Client settings with quick reconnects, and `settings` over them.
std::unique_ptr<RdKafka::Conf> conf_of(const std::string& bootstrap, const Settings& settings);

/// KEY=VALUE words as settings.
Settings settings_of(std::span<char* const> words);

/// A number that depends on all three and on nothing else.
std::uint64_t mixed(std::uint64_t seed, std::uint64_t stream, std::uint64_t number);

/// FNV-1a, for streams named by text.
std::uint64_t hash_of(std::string_view text);

/// What was acknowledged, line by line in a file for whoever looks into a failure, and what was found wrong.
class Notes {
 public:
  explicit Notes(const std::string& path) : file_(path) {}

  void note(const std::string& line) { file_ << line << '\n' << std::flush; }

  /// Prints the complaint, once each, and notes it.
  void complain(const std::string& what);

  int complaints() const { return complaints_; }

 private:
  std::ofstream file_;
  std::set<std::string> known_;
  int complaints_ = 0;
};

}  // namespace load
