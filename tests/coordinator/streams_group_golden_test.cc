#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "tests/streams_groups/lives.h"
#include "tests/streams_groups/sticky.h"

namespace moldau::coordinator {

TEST_CASE("made-up groups get the tasks that Apache Kafka's sticky assignor gives them") {
  constexpr int kLeastGroups = 300;
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/sticky-tasks.tsv");
  int groups = 0;
  for (std::string line; std::getline(file, line); ++groups)
    CHECK(testing::sticky_tasks_in_brief(std::stoull(line)) == line);
  CHECK(groups >= kLeastGroups);
}

TEST_CASE("made-up streams groups live as in Apache Kafka's classes, to the byte of their records") {
  constexpr int kLeastTurns = 5000;
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/streams-groups.tsv");
  int turns = 0;
  for (std::string line; std::getline(file, line);) {
    CHECK(testing::streams_life_in_brief(std::stoull(line)) == line);
    for (const char character : line)
      turns += character == ':' ? 1 : 0;
  }
  CHECK(turns >= kLeastTurns);
}

}  // namespace moldau::coordinator
