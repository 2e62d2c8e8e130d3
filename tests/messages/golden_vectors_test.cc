#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "protocol/records/codec.h"
#include "tests/vectors/vector_check.h"

using moldau::as_bytes;
using moldau::as_text;
using moldau::testing::VectorCheck;
using moldau::testing::VectorTally;

namespace {

/// The lines of the golden sample, made by compat-tests/wire.
std::vector<std::string> golden_lines() {
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/messages/vectors.tsv.gz", std::ios::binary);
  const std::string packed{std::istreambuf_iterator<char>(file), {}};
  moldau::records::DecoderSet decoders;
  auto& decoder = decoders.open(moldau::records::Codec::kGzip, as_bytes(packed), {});
  std::string text;
  for (auto chunk = decoder.next().value(); !chunk.empty(); chunk = decoder.next().value()) {
    text += as_text(chunk);
  }
  std::vector<std::string> lines;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

/// A line of such a file: version 2 of RequestHeader with an unknown tagged field.
struct Line {
  std::string message = "RequestHeader";
  std::string version = "2";
  std::string bytes =
      "000100040000000700016101"
      "0502abcd";
  std::string json = R"({"requestApiKey":1,"requestApiVersion":4,"correlationId":7,"clientId":"a"})";
  std::string input_bytes = "000100040000000700016100";
  std::string input = "=";

  std::string text() const {
    return message + '\t' + version + '\t' + bytes + '\t' + json + '\t' + input_bytes + '\t' + input;
  }
};

/// A line of a message that no version can carry as it is.
Line refused_line(std::string input) {
  return {.bytes = "-", .json = "-", .input_bytes = "-", .input = std::move(input)};
}

/// Whether a check of the line alone complains of this.
bool complains(const Line& line, std::string_view complaint) {
  VectorCheck check;
  check.add(line.text());
  return std::ranges::any_of(check.failures(), [&](const std::string& failure) {
    return failure.find(complaint) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("what Apache Kafka wrote of every message and version is read and written to the byte") {
  VectorCheck check;
  for (const std::string& line : golden_lines()) {
    check.add(line);
  }
  check.finish(4);
  for (const std::string& failure : check.failures()) {
    FAIL_CHECK(failure);
  }
  const VectorTally total = check.total();
  CHECK(total.messages == 273);
  CHECK(total.combinations == 739);
  CHECK(total.unknown_tags > 300);
  CHECK(total.refused > 30);
  CHECK(check.without_converter() == std::set<std::string_view>{"SubscriptionInfoData"});
}

TEST_CASE("a check of vectors passes what is sound") {
  VectorCheck check;
  check.add(Line().text());
  check.add(
      refused_line(Line().json.replace(Line().json.find("\"a\""), 3, '"' + std::string(32768, 'a') + '"'))
          .text());
  CHECK(check.failures() == std::vector<std::string>());
  CHECK(check.total().instances == 1);
  CHECK(check.total().json == 1);
  CHECK(check.total().unknown_tags == 1);
  CHECK(check.total().refused == 1);
}

TEST_CASE("a check of vectors finds what differs") {
  const std::string other_json =
      R"({"requestApiKey":1,"requestApiVersion":4,"correlationId":8,"clientId":"a"})";
  const std::string other_bytes = "000100040000000800016100";
  CHECK(complains({.json = other_json, .input = Line().json}, "JSON: "));
  CHECK(complains({.json = "-", .input = Line().json}, "no JSON of Apache Kafka"));
  CHECK(complains({.json = "{", .input = Line().json}, "its JSON is none"));
  CHECK(complains({.input = other_json}, "made of JSON: differ at byte 7"));
  CHECK(complains({.input = "{}"}, "does not come out of JSON"));
  CHECK(complains({.bytes = other_bytes, .input_bytes = "="}, "JSON: "));
  CHECK(complains({.input_bytes = other_bytes}, "does not survive its own JSON"));
  CHECK(complains({.bytes = "0001000400000007000161"}, "does not decode"));
  CHECK(complains({.bytes = Line().input_bytes + "00"}, "does not decode"));
  // A count of tagged fields in a longer form than Apache Kafka writes.
  CHECK(complains({.bytes = "00010004000000070001618000"}, "encoded anew: differ at byte 11"));
  CHECK(complains(refused_line(Line().json), "though Apache Kafka refuses"));
  CHECK(complains(refused_line("{}"), "is not refused for its version"));
}

TEST_CASE("a check of vectors finds lines that are none") {
  CHECK(complains({.message = "RequestFooter"}, "not a message and version of the release"));
  CHECK(complains({.version = "3"}, "not a message and version of the release"));
  CHECK(complains({.version = ""}, "no version"));
  CHECK(complains({.version = "2x"}, "no version"));
  CHECK(complains({.bytes = "0"}, "not hexadecimal"));
  CHECK(complains({.input_bytes = "0x"}, "not hexadecimal"));
  VectorCheck check;
  check.add("RequestHeader\t2\t00");
  CHECK(check.failures() == std::vector<std::string>{"line 1: not six fields"});
}

TEST_CASE("a check of vectors finds messages and versions with too few instances") {
  VectorCheck none;
  none.finish(1);
  CHECK(none.failures().size() == 739);
  VectorCheck one;
  one.add(Line().text());
  one.finish(1);
  CHECK(one.failures().size() == 738);
  VectorCheck too_few;
  too_few.add(Line().text());
  too_few.finish(2);
  CHECK(too_few.failures().size() == 739);
}
