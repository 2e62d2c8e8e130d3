// wire_vectors INSTANCES: holds Moldau's messages against the vectors on standard input, as
// compat-tests/wire/run makes them. Status 1 when something differs, or a message or version of the registry
// has fewer instances.

#include <charconv>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

#include "tests/vectors/vector_check.h"

namespace {

constexpr std::size_t kMostShown = 50;

int check(std::int64_t instances) {
  moldau::testing::VectorCheck check;
  for (std::string line; std::getline(std::cin, line);) {
    check.add(line);
  }
  check.finish(instances);
  std::cout << check.table();
  std::cout << "without a JSON converter in the release, so not compared as JSON:";
  for (const std::string_view name : check.without_converter()) {
    std::cout << ' ' << name;
  }
  std::cout << '\n';
  const auto& failures = check.failures();
  for (std::size_t i = 0; i < failures.size() && i < kMostShown; ++i) {
    std::cout << failures[i] << '\n';
  }
  if (failures.size() > kMostShown) std::cout << "and " << failures.size() - kMostShown << " more\n";
  return failures.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view text = argc == 2 ? argv[1] : "";
  std::int64_t instances = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), instances).ptr != text.data() + text.size() ||
      instances < 1) {
    std::cerr << "usage: wire_vectors INSTANCES <VECTORS\n";
    return 2;
  }
  return check(instances);
}
