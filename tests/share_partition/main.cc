// Made-up scripts with Moldau's share partition ("partition") or share sessions ("session"):
//
//   share_scripts KIND           reads what compat-tests/share-partition/run has of Apache Kafka's, a line
//   for each
//                                script, and writes the seeds that come out otherwise
//   share_scripts KIND SEED      writes what happens and what comes of it

#include <cstdint>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tests/share_partition/plays.h"
#include "tests/support/number.h"

namespace {

int check(moldau::testing::Play play) {
  bool is_any_different = false;
  for (std::string line; std::getline(std::cin, line);) {
    if (moldau::testing::is_played(play, line)) continue;
    is_any_different = true;
    std::cout << line.substr(0, line.find('\t')) << '\n';
  }
  return is_any_different ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  const moldau::testing::Play play = arguments.size() > 1 ? moldau::testing::play_of(arguments[1]) : nullptr;
  if (play != nullptr && arguments.size() == 2) return check(play);
  const std::optional<std::uint64_t> seed =
      arguments.size() == 3 ? moldau::testing::number_of(arguments[2]) : std::nullopt;
  if (play == nullptr || !seed) {
    std::cerr << "usage: share_scripts partition|session [SEED]\n";
    return 2;
  }
  std::cout << play(*seed);
  return 0;
}
