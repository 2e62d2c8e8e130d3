#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "golden.h"
#include "test_host.h"
#include "tools/dump_log.h"

using namespace moldau::tools;
using namespace moldau::tools::testing;
using nlohmann::json;

namespace {

/// What is said of a file of tests/golden/dump, one object a line.
std::vector<json> dump(DumpOptions options, int expected_status = 0) {
  options.json = true;
  TestHost host(std::string(MOLDAU_UNPACKED_DIR) + "/files");
  CHECK(dump_log(options, host) == expected_status);
  std::vector<json> objects;
  for (const std::string& line : host.printed) {
    CAPTURE(line);
    objects.push_back(json::parse(line, nullptr, false));
    REQUIRE(objects.back().is_object());
    CHECK(objects.back().at("file") == options.files);
  }
  return objects;
}

std::vector<json> of_kind(const std::vector<json>& objects, std::string_view kind) {
  std::vector<json> found;
  for (const json& object : objects) {
    if (object.at("kind") == kind) found.push_back(object);
  }
  return found;
}

constexpr const char* kData = "data/00000000000000000000.log";

}  // namespace

TEST_CASE("JSON has an object for the file, its start, each batch, each record and what is wrong") {
  const auto objects = dump({.files = kData, .print_data_log = true});
  std::map<std::string, int> kinds;
  for (const json& object : objects) {
    ++kinds[object.at("kind")];
  }
  CHECK(kinds ==
        std::map<std::string, int>{
            {"batch", 9}, {"file", 1}, {"log", 1}, {"problem", 2}, {"record", 25}, {"trailing-bytes", 1}});
  CHECK(of_kind(objects, "problem").front() ==
        json::parse(R"({"kind":"problem","file":"data/00000000000000000000.log",
                        "problem":"offsets-not-consecutive","offset":22,"nextOffset":30})"));
  CHECK(of_kind(objects, "batch")[6] ==
        json::parse(R"({"kind":"batch","file":"data/00000000000000000000.log","position":901,"sizeBytes":125,
                        "magic":2,"baseOffset":20,"lastOffset":22,"count":3,"baseSequence":0,"lastSequence":2,
                        "producerId":77,"producerEpoch":3,"partitionLeaderEpoch":5,"isTransactional":false,
                        "isControl":false,"deleteHorizonMs":1700000000005,"timestampType":"CreateTime",
                        "maxTimestamp":1700000000002,"codec":"gzip","crc":1273797903,"isValid":true})"));
}

TEST_CASE("a key or value is text where it is UTF-8 and base64 where it is not; null is left out") {
  const auto records = of_kind(dump({.files = kData, .print_data_log = true}), "record");
  CHECK(records[0].at("key") == json{{"text", "key"}});
  CHECK(records[0].at("payload") == json{{"text", "value"}});
  CHECK_FALSE(records[1].contains("key"));
  CHECK(records[2].at("key") == json{{"text", ""}});
  CHECK_FALSE(records[2].contains("payload"));
  CHECK(records[18].at("payload").at("base64").get<std::string>().starts_with("YYCBYsCv"));
  CHECK(records[18].at("headerKeys") == json{"h", "", "\u00e9,]"});
  CHECK(records[19].at("key").at("text") == std::string("line\nfeed\r\t\0", 12));
}

TEST_CASE("content is shown only when it was asked for, metadata unless it was declined") {
  const auto headers_only = dump({.files = kData, .deep_iteration = true});
  CHECK_FALSE(of_kind(headers_only, "record")[0].contains("payload"));
  CHECK(of_kind(dump({.files = kData}), "record").empty());
  const auto contents = dump({.files = kData, .print_data_log = true, .skip_record_metadata = true});
  CHECK(of_kind(contents, "record")[0] == json{{"kind", "record"},
                                               {"file", kData},
                                               {"key", {{"text", "key"}}},
                                               {"payload", {{"text", "value"}}}});
}

TEST_CASE("decoded records are JSON within the JSON, and what cannot be decoded is a note") {
  const auto metadata =
      of_kind(dump({.files = "odd-metadata/00000000000000000000.log", .kind = RecordKind::kClusterMetadata}),
              "record");
  CHECK(metadata[0].at("payload").at("message").at("type") == "CLIENT_QUOTA_RECORD");
  CHECK(metadata[0].at("payload").at("message").at("data").at("value") == 0.0);
  CHECK(metadata[20].at("payload") ==
        json{{"note", "Error at 20, skipping. Error while reading frame version"}});
  const auto offsets = of_kind(
      dump({.files = "odd-offsets/00000000000000000000.log", .kind = RecordKind::kOffsets}), "record");
  CHECK(offsets[28].at("key").at("message") == json::parse(R"({"type":"2","data":{"group":"g"}})"));
  CHECK(offsets[28].at("payload") == json{{"note", "<DELETE>"}});
}

TEST_CASE("control records say their type and what they hold") {
  const auto records =
      of_kind(dump({.files = "control/00000000000000000000.log", .deep_iteration = true}), "record");
  REQUIRE(records.size() == 10);
  CHECK(records[0].at("control") ==
        json::parse(R"({"type":"COMMIT","typeId":1,"data":{"coordinatorEpoch":9}})"));
  CHECK(records[3].at("control").at("data").at("leaderId") == 4);
  CHECK(records[8].at("control") == json::parse(R"({"type":"UNKNOWN","typeId":7,"data":null})"));
}

TEST_CASE("legacy message sets, indexes, producers and transactions are JSON too") {
  const auto legacy = dump({.files = "legacy/00000000000000000000.log", .deep_iteration = true});
  CHECK(of_kind(legacy, "batch")[0] ==
        json::parse(R"({"kind":"batch","file":"legacy/00000000000000000000.log","position":0,"sizeBytes":34,
                        "magic":0,"lastOffset":0,"timestampType":"NoTimestampType","maxTimestamp":-1,
                        "codec":"none","crc":592888119,"isValid":true})"));
  CHECK(of_kind(legacy, "record")[0].at("isValid") == true);
  const auto index = dump({.files = "index-wrong/00000000000000000100.index"});
  CHECK(of_kind(index, "index-entry")[0].at("offset") == 102);
  CHECK(of_kind(index, "problem")[0].at("logOffset") == 101);
  const auto times = dump({.files = "index-wrong/00000000000000000100.timeindex"});
  std::set<std::string> problems;
  for (const json& problem : of_kind(times, "problem")) {
    problems.insert(problem.at("problem"));
  }
  CHECK(problems ==
        std::set<std::string>{"offset-not-found", "timestamp-mismatch", "timestamps-out-of-order"});
  const auto producers = of_kind(dump({.files = "state/00000000000000000007.snapshot"}), "producer");
  REQUIRE(producers.size() == 3);
  CHECK(producers[1].at("currentTxnFirstOffset").is_null());
  CHECK(producers[2].at("currentTxnFirstOffset") == 195);
  CHECK(of_kind(dump({.files = "state/00000000000000000007.txnindex"}), "aborted-transaction")[1].at(
            "lastOffset") == 30);
}

TEST_CASE("a file that cannot be read on is a failure in JSON, on the stream for errors and in the status") {
  const auto broken = dump({.files = "broken-length/00000000000000000000.log"}, 1);
  CHECK(of_kind(broken, "batch").size() == 1);
  CHECK(of_kind(broken, "failure").size() == 1);
  const auto missing = dump({.files = "nowhere/00000000000000000000.log"}, 1);
  CHECK(of_kind(missing, "failure").size() == 1);
}
