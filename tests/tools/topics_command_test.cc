#include "tools/topics_command.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tools/topic_filter.h"

namespace moldau::tools {

TEST_CASE("flags stand in any order, with one dash or two, with a value behind '=' or a blank") {
  const std::vector<std::string> arguments{"-list", "stray", "--bootstrap-server=h:1", "--topic", "-x"};
  std::vector<std::string> warnings;
  const auto command = TopicsCommand::parse(arguments, warnings);
  REQUIRE(command);
  CHECK(command->action == TopicsCommand::Action::kList);
  CHECK(command->bootstrap_server == "h:1");
  CHECK(command->flags.all("topic") == std::vector<std::string>{"-x"});
}

TEST_CASE("replicas are assigned by colons, and partitions by commas") {
  const auto assignments = parse_assignments("1:2,2:3");
  REQUIRE(assignments);
  CHECK(*assignments == std::map<std::int32_t, std::vector<std::int32_t>>{{0, {1, 2}}, {1, {2, 3}}});
  CHECK_FALSE(parse_assignments("1:2,"));
  CHECK_FALSE(parse_assignments("1:1"));
  CHECK_FALSE(parse_assignments("1,2:3"));
}

TEST_CASE("a filter matches whole names, and commas are alternatives") {
  const auto filter = TopicFilter::parse("'a.*, b'");
  REQUIRE(filter);
  CHECK(filter->matches("a"));
  CHECK(filter->matches("abc"));
  CHECK(filter->matches("b"));
  CHECK_FALSE(filter->matches("bc"));
  CHECK_FALSE(filter->matches("xa"));
  CHECK_FALSE(TopicFilter::parse("["));
}

}  // namespace moldau::tools
