// streams_group_lives groups|tasks FIRST COUNT [print]: what Moldau makes of the made-up streams groups, or
// its sticky assignor of the groups of tasks, of these seeds, a line each, or in full.
// compat-tests/streams-groups/run holds it against what Apache Kafka does.

#include <cstdint>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tests/streams_groups/lives.h"
#include "tests/streams_groups/sticky.h"
#include "tests/support/number.h"

namespace {

using moldau::testing::number_of;
using moldau::testing::sticky_tasks_in_brief;
using moldau::testing::sticky_tasks_in_full;
using moldau::testing::streams_life_in_brief;
using moldau::testing::streams_life_in_full;

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  const bool has_all = arguments.size() > 3;
  const std::string_view kind = has_all ? arguments[1] : std::string_view();
  const bool is_printed = arguments.size() == 5 && std::string_view(arguments[4]) == "print";
  const std::optional<std::uint64_t> first = has_all ? number_of(arguments[2]) : std::nullopt;
  const std::optional<std::uint64_t> count = has_all ? number_of(arguments[3]) : std::nullopt;
  const bool is_known = kind == "groups" || kind == "tasks";
  if (!is_known || !first || !count || (arguments.size() != 4 && !is_printed)) {
    std::cerr << "usage: streams_group_lives groups|tasks FIRST COUNT [print]\n";
    return 2;
  }
  for (std::uint64_t seed = *first; seed < *first + *count; ++seed) {
    if (kind == "groups") {
      std::cout << (is_printed ? streams_life_in_full(seed) : streams_life_in_brief(seed) + "\n");
    } else {
      std::cout << (is_printed ? sticky_tasks_in_full(seed) : sticky_tasks_in_brief(seed) + "\n");
    }
  }
  return 0;
}
