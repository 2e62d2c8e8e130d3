#include <cstdint>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "tests/assignors/lives.h"

namespace moldau::coordinator {

TEST_CASE("made-up groups are assigned to the partition as by Apache Kafka's classes") {
  constexpr int kLeastAssignments = 1000;
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/assignors.tsv");
  int assignments = 0;
  for (std::string line; std::getline(file, line);) {
    CHECK(testing::life_in_brief(std::stoull(line)) == line);
    for (const char character : line)
      assignments += character == ':' ? 1 : 0;
  }
  CHECK(assignments >= kLeastAssignments);
}

}  // namespace moldau::coordinator
