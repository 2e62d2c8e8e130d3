// assignor_lives FIRST COUNT [print]: what Moldau's assignors give the made-up groups of these seeds, a line
// each, or in full. compat-tests/assignors/run holds it against what Apache Kafka's give.

#include <cstdint>
#include <iostream>
#include <optional>
#include <span>
#include <string_view>

#include "tests/assignors/lives.h"
#include "tests/support/number.h"

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  const bool is_printed = arguments.size() == 4 && std::string_view(arguments[3]) == "print";
  const std::optional<std::uint64_t> first =
      arguments.size() > 2 ? moldau::testing::number_of(arguments[1]) : std::nullopt;
  const std::optional<std::uint64_t> count =
      arguments.size() > 2 ? moldau::testing::number_of(arguments[2]) : std::nullopt;
  if (!first || !count || (arguments.size() != 3 && !is_printed)) {
    std::cerr << "usage: assignor_lives FIRST COUNT [print]\n";
    return 2;
  }
  for (std::uint64_t seed = *first; seed < *first + *count; ++seed) {
    if (is_printed) {
      std::cout << moldau::testing::life_in_full(seed);
    } else {
      std::cout << moldau::testing::life_in_brief(seed) << '\n';
    }
  }
  return 0;
}
