// What Apache Kafka's classes make of share partitions: compat-tests/golden-share.

#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/split.h"
#include "coordinator/share/share_records.h"
#include "tests/coordinator/hex.h"

namespace moldau::coordinator {
namespace {

using Fields = std::vector<std::string>;

/// The lines of a kind, without it.
std::vector<Fields> golden(const std::string& kind) {
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/share.tsv");
  std::vector<Fields> lines;
  for (std::string line; std::getline(file, line);) {
    Fields fields;
    for (const std::string_view field : split(line, '\t'))
      fields.emplace_back(field);
    if (fields.front() != kind) continue;
    fields.erase(fields.begin());
    lines.push_back(std::move(fields));
  }
  REQUIRE_FALSE(lines.empty());
  return lines;
}

std::vector<StateBatch> batches_in(const std::string& text) {
  std::vector<StateBatch> batches;
  if (text.empty()) return batches;
  for (const std::string_view one : split(text, ',')) {
    std::istringstream numbers{std::string(one)};
    StateBatch batch;
    int state = 0;
    numbers >> batch.first_offset >> batch.last_offset >> state >> batch.delivery_count;
    batch.delivery_state = static_cast<std::int8_t>(state);
    batches.push_back(batch);
  }
  return batches;
}

ShareRecord record_named(const std::string& name) {
  ShareRecord record{{"group", Uuid(7, 9), 3}, ShareTombstone()};
  const std::vector<StateBatch> batches = {{4, 9, 1, 2}, {10, 11, 300, 0}};
  SharePartitionState state{.snapshot_epoch = 1,
                            .state_epoch = 2,
                            .leader_epoch = 3,
                            .start_offset = 4,
                            .create_ms = 1'700'000'000'000,
                            .write_ms = 1'700'000'000'005};
  if (name == "snapshot-without-batches") record.value = state;
  state.delivery_complete_count = 5;
  state.batches = batches;
  if (name == "snapshot") record.value = state;
  if (name == "update") {
    record.value = ShareUpdate{.snapshot_epoch = 1,
                               .leader_epoch = 3,
                               .start_offset = 4,
                               .delivery_complete_count = 5,
                               .batches = batches};
  }
  return record;
}

}  // namespace

TEST_CASE("records of share partitions have Apache Kafka's bytes, and read back as what they say") {
  const auto lines = golden("record");
  REQUIRE(lines.size() == 4);
  for (const Fields& line : lines) {
    CAPTURE(line[0]);
    const ShareRecord record = record_named(line[0]);
    const Bytes key = from_hex(line[1]);
    const auto value = line[2] == "null" ? std::nullopt : std::optional(from_hex(line[2]));
    CHECK(encode_share_record(record) == Record{key, value});
    const auto decoded = decode_share_record(key, value ? std::optional(ByteView(*value)) : std::nullopt);
    REQUIRE((decoded && *decoded));
    CHECK(**decoded == record);
  }
}

TEST_CASE("state batches are combined to those that Apache Kafka writes") {
  for (const Fields& line : golden("combination")) {
    CAPTURE(line[0]);
    CAPTURE(line[1]);
    CAPTURE(line[2]);
    const auto combined = combine_batches(batches_in(line[1]), batches_in(line[2]), std::stoll(line[0]));
    REQUIRE(combined.has_value());
    CHECK(*combined == batches_in(line[3]));
  }
}

TEST_CASE("a key names the share partition that Apache Kafka takes it for") {
  for (const Fields& line : golden("key")) {
    CAPTURE(line[0]);
    const auto key = SharePartitionKey::parse(line[0]);
    CHECK((key ? key->to_string() : "none") == line[1]);
  }
}

}  // namespace moldau::coordinator
