#include "observe/log.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace observe = moldau::observe;

TEST_CASE("lines at or above the level reach the sink, formatted") {
  std::vector<std::string> lines;
  observe::set_sink([&](observe::Level, std::string_view line) { lines.emplace_back(line); });
  observe::info("partition {}-{} starts at {}", "t", 3, 17);
  observe::debug("not written");
  observe::set_level(observe::Level::kDebug);
  observe::debug("written");
  observe::set_level(observe::Level::kInfo);
  observe::set_sink({});
  CHECK(lines == std::vector<std::string>{"partition t-3 starts at 17", "written"});
}
