#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "tests/share_partition/script.h"

namespace moldau::share {

TEST_CASE("made-up scripts come out as with Apache Kafka's share partition") {
  constexpr int kLeastScripts = 500;
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/share_partition.tsv");
  int scripts = 0;
  for (std::string line; std::getline(file, line); ++scripts) {
    CHECK_MESSAGE(testing::is_script_equal(line), line);
  }
  CHECK(scripts >= kLeastScripts);
}

}  // namespace moldau::share
