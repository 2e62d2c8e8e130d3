#include "quorum/quorum_state_file.h"

#include <string>

#include <doctest/doctest.h>

namespace moldau::quorum {
namespace {

constexpr std::string_view kStatic =
    R"({"clusterId":"","leaderId":1,"leaderEpoch":3,"votedId":-1,"appliedOffset":0,)"
    R"("currentVoters":[{"voterId":1}],"data_version":0})";
constexpr std::string_view kDynamic =
    R"({"leaderId":-1,"leaderEpoch":2,"votedId":7,"votedDirectoryId":"J8aAPcfLQt2bqs1JT_rMgQ","data_version":1})";

TEST_CASE("a static quorum's state is read and written back byte for byte") {
  const auto state = parse_quorum_state(kStatic);
  REQUIRE(state.has_value());
  CHECK(state->epoch == 3);
  CHECK(state->leader == BrokerId(1));
  CHECK_FALSE(state->voted_for.has_value());
  CHECK(state->voters == std::vector{BrokerId(1)});
  CHECK(format_quorum_state(*state, 0) == kStatic);
}

TEST_CASE("a dynamic quorum's state is read and written back byte for byte") {
  const auto state = parse_quorum_state(kDynamic);
  REQUIRE(state.has_value());
  CHECK(state->epoch == 2);
  CHECK_FALSE(state->leader.has_value());
  REQUIRE(state->voted_for.has_value());
  CHECK(state->voted_for->id == BrokerId(7));
  CHECK(state->voted_for->directory_id.to_string() == "J8aAPcfLQt2bqs1JT_rMgQ");
  CHECK(format_quorum_state(*state, 1) == kDynamic);
}

TEST_CASE("several static voters stand in one array") {
  const ElectionState state{
      .epoch = 0, .leader = {}, .voted_for = {}, .voters = {BrokerId(1), BrokerId(2), BrokerId(3)}};
  CHECK(format_quorum_state(state, 0) ==
        R"({"clusterId":"","leaderId":-1,"leaderEpoch":0,"votedId":-1,"appliedOffset":0,)"
        R"("currentVoters":[{"voterId":1},{"voterId":2},{"voterId":3}],"data_version":0})");
}

TEST_CASE("white space, other orders and unknown fields do not matter") {
  const auto state = parse_quorum_state(
      "{ \"data_version\" : 1, \"more\": [1.5e3, {\"x\":null}, true, \"\\u00e9\\n\"], \"votedId\": -1,\t"
      "\"leaderEpoch\": 9, \"votedDirectoryId\": \"AAAAAAAAAAAAAAAAAAAAAA\", \"leaderId\": 4 }\nrest");
  REQUIRE(state.has_value());
  CHECK(state->epoch == 9);
  CHECK(state->leader == BrokerId(4));
}

TEST_CASE("what is no quorum state is refused with a reason") {
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  for (const std::string& text : {
           std::string(),
           std::string("{"),
           std::string("[]"),
           std::string("{}"),
           deep,
           std::string(R"({"data_version":2})"),
           std::string(R"({"data_version":0})"),
           std::string(R"({"data_version":1,"leaderId":1,"leaderEpoch":1,"votedId":-1})"),
           std::string(
               R"({"data_version":1,"leaderId":1,"leaderEpoch":1,"votedId":-1,"votedDirectoryId":3})"),
           std::string(R"({"data_version":1,"leaderId":"1","leaderEpoch":1,"votedId":-1,)"
                       R"("votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA"})"),
           std::string(R"({"data_version":1,"leaderId":1,"leaderEpoch":-1,"votedId":-1,)"
                       R"("votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA"})"),
           std::string(R"({"data_version":1,"leaderId":99999999999,"leaderEpoch":1,"votedId":-1,)"
                       R"("votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA"})"),
           std::string(R"({"data_version":1} x)"),
       }) {
    CAPTURE(text);
    const auto state = parse_quorum_state(text);
    REQUIRE_FALSE(state.has_value());
    CHECK(state.error().code == ErrorCode::kCorruptMessage);
    CHECK(state.error().message.starts_with("quorum-state: "));
  }
}

}  // namespace
}  // namespace moldau::quorum
