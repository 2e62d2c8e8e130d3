#include "tests/share_partition/plays.h"

#include <cstddef>
#include <sstream>

#include "tests/share_partition/script.h"
#include "tests/share_partition/session_script.h"
#include "tests/support/fnv.h"

namespace moldau::testing {

std::string play_partition(std::uint64_t seed) {
  return Script(seed).run();
}

std::string play_session(std::uint64_t seed) {
  return SessionScript(seed).run();
}

Play play_of(std::string_view name) {
  if (name == "partition") return play_partition;
  return name == "session" ? play_session : nullptr;
}

bool is_played(Play play, std::string_view line) {
  std::istringstream words{std::string(line)};
  std::uint64_t seed = 0;
  std::int64_t lines = 0;
  std::string hash;
  words >> seed >> lines >> hash;
  const std::string text = play(seed);
  std::size_t end = 0;
  for (std::int64_t i = 0; i < lines; ++i) {
    end = text.find('\n', end) + 1;
    if (end == 0) return false;
  }
  return fnv_of(std::string_view(text).substr(0, end)) == hash;
}

}  // namespace moldau::testing
