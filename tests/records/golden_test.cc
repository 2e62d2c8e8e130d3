#include "tests/records/golden.h"

#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "protocol/records/builder.h"
#include "protocol/records/record_iterator.h"
#include "protocol/records/validate.h"
#include "tests/records/batches.h"

using namespace moldau::records;
using moldau::as_bytes;
using moldau::Bytes;
using moldau::ByteView;
using moldau::records::testing::from_hex;
using moldau::records::testing::golden_batch;
using moldau::records::testing::golden_lines;
using moldau::records::testing::owned;
using moldau::records::testing::record;
using moldau::records::testing::three_records;
using moldau::records::testing::view;

namespace {

BatchSpec two_hundred_spec(Codec codec) {
  return {.partition_leader_epoch = 0, .codec = codec};
}

Bytes two_hundred(Codec codec) {
  BatchBuilder builder(two_hundred_spec(codec));
  for (int i = 0; i < 200; ++i) {
    const std::string key = "key-" + std::to_string(i);
    builder.append(record((i * 7919L) % 100000L, key, std::string(static_cast<std::size_t>(i), 'v')));
  }
  return owned(std::move(builder).build());
}

/// The same control record or records, built anew from the parts of Apache Kafka's.
Bytes rebuilt_control(const BatchView& original) {
  BatchBuilder builder({.base_offset = original.base_offset(),
                        .partition_leader_epoch = original.partition_leader_epoch(),
                        .producer_id = original.producer_id(),
                        .producer_epoch = original.producer_epoch(),
                        .is_transactional = original.is_transactional(),
                        .is_control = true});
  DecoderSet decoders;
  auto iterator = RecordIterator::open(original, decoders).value();
  RecordView seen;
  while (iterator.next(seen).value()) {
    builder.append_control(seen.timestamp_ms, parse_control_key(*seen.key).value().value(), *seen.value);
  }
  return owned(std::move(builder).build());
}

ControlType first_control_type(const Bytes& batch) {
  DecoderSet decoders;
  auto iterator = RecordIterator::open(view(batch), decoders).value();
  RecordView seen;
  REQUIRE(iterator.next(seen).value());
  return parse_control_key(*seen.key).value().value();
}

ProduceRules rules_of(const std::vector<std::string>& line) {
  ProduceRules rules;
  rules.keys_required = line.at(2) == "true";
  rules.timestamp_type =
      line.at(3) == "CreateTime" ? TimestampType::kCreateTime : TimestampType::kLogAppendTime;
  rules.timestamp_before_max_ms = std::stoll(line.at(4));
  rules.timestamp_after_max_ms = std::stoll(line.at(5));
  if (line.at(6) == "zstd") rules.target_codec = Codec::kZstd;
  rules.now_ms = 2000;
  rules.topic_partition = "orders-3";
  return rules;
}

std::string joined(const std::vector<RecordError>& errors) {
  std::string text;
  for (const auto& error : errors)
    text += std::to_string(error.batch_index) + "=" + error.message + "|";
  return text;
}

/// The code that Apache Kafka answers with, or the one that docs/record-batch.md puts in its place.
std::string expected_code(const std::string& name, const std::string& kafkas) {
  if (name.starts_with("stricter: ")) return "INVALID_RECORD";
  return kafkas;
}

}  // namespace

TEST_CASE("plain batches are Apache Kafka's to the byte") {
  CHECK(three_records() == golden_batch("three"));
  CHECK(three_records({.base_offset = 42,
                       .partition_leader_epoch = 7,
                       .producer_id = 4711,
                       .producer_epoch = 3,
                       .base_sequence = std::numeric_limits<std::int32_t>::max()}) ==
        golden_batch("idempotent"));
  CHECK(three_records({.base_offset = 42,
                       .partition_leader_epoch = 7,
                       .producer_id = 4711,
                       .producer_epoch = 3,
                       .base_sequence = 0,
                       .is_transactional = true}) == golden_batch("transactional"));
  CHECK(three_records({.partition_leader_epoch = 1,
                       .timestamp_type = TimestampType::kLogAppendTime,
                       .log_append_time_ms = 9000}) == golden_batch("log_append_time"));
  CHECK(three_records({.partition_leader_epoch = 1, .delete_horizon_ms = 123456}) ==
        golden_batch("delete_horizon"));
  CHECK(two_hundred(Codec::kNone) == golden_batch("two_hundred"));
}

TEST_CASE("the worked example of docs/record-batch.md is what the builder writes") {
  const RecordHeader header[] = {{as_bytes("h"), std::nullopt}};
  BatchBuilder builder({.base_offset = 5,
                        .partition_leader_epoch = 2,
                        .producer_id = 7,
                        .producer_epoch = 0,
                        .base_sequence = 3});
  builder.append({.timestamp_ms = 1000, .key = as_bytes("k"), .value = as_bytes("abc"), .headers = header});
  builder.append({.timestamp_ms = 998});
  CHECK(owned(std::move(builder).build()) ==
        from_hex("0000000000000005000000460000000202af84ea3c00000000000100000000000003e800000000000003e8"
                 "00000000000000070000000000030000000"
                 "21a000000026b0661626302026801"
                 "0c000302010100"));
}

TEST_CASE("headers, nulls and gaps are Apache Kafka's to the byte") {
  const RecordHeader headers[] = {{as_bytes("h"), as_bytes("1")}, {as_bytes(""), std::nullopt}};
  BatchBuilder nulls({.base_offset = 5, .partition_leader_epoch = 9});
  nulls.append({.timestamp_ms = 50, .key = as_bytes("k"), .value = as_bytes("v"), .headers = headers});
  nulls.append({.timestamp_ms = 40, .key = as_bytes("")});
  nulls.append({.timestamp_ms = -1});
  CHECK(owned(std::move(nulls).build()) == golden_batch("headers_and_nulls"));

  BatchBuilder gaps({.base_offset = 100, .partition_leader_epoch = 2});
  gaps.append_at(103, record(5, "a", "1"));
  const auto last = std::int64_t{100} + std::numeric_limits<std::int32_t>::max();
  const auto sized = gaps.size_bytes();
  gaps.append_at(last, record(std::numeric_limits<std::int64_t>::max(), "b", "2"));
  CHECK(gaps.size_bytes() > sized);
  CHECK(owned(std::move(gaps).build()) == golden_batch("gaps"));
}

TEST_CASE("control batches are Apache Kafka's to the byte") {
  int count = 0;
  for (const auto& line : golden_lines("batches.tsv")) {
    if (!line.at(0).starts_with("control_")) continue;
    CAPTURE(line.at(0));
    const Bytes original = from_hex(line.at(1));
    CHECK(view(original).is_control());
    CHECK(rebuilt_control(view(original)) == original);
    ++count;
  }
  CHECK(count == 6);
  CHECK(first_control_type(golden_batch("control_leader_change")) == ControlType::kLeaderChange);
  CHECK(first_control_type(golden_batch("control_snapshot_header")) == ControlType::kSnapshotHeader);
  CHECK(first_control_type(golden_batch("control_snapshot_footer")) == ControlType::kSnapshotFooter);
  CHECK(first_control_type(golden_batch("control_kraft_version_and_voters")) == ControlType::kKraftVersion);

  const BatchSpec spec{.base_offset = 77,
                       .partition_leader_epoch = 3,
                       .producer_id = 12,
                       .producer_epoch = 4,
                       .is_transactional = true,
                       .is_control = true};
  BatchBuilder commit(spec);
  commit.append_end_txn_marker(600, ControlType::kCommit, 21);
  CHECK(owned(std::move(commit).build()) == golden_batch("control_commit"));
  BatchBuilder abort(spec);
  abort.append_end_txn_marker(600, ControlType::kAbort, 21);
  CHECK(owned(std::move(abort).build()) == golden_batch("control_abort"));
}

TEST_CASE("what Apache Kafka compressed decodes to the same records, and is in the shape that we write") {
  const std::pair<const char*, Codec> cases[] = {{"two_hundred_gzip", Codec::kGzip},
                                                 {"two_hundred_snappy", Codec::kSnappy},
                                                 {"two_hundred_lz4", Codec::kLz4},
                                                 {"two_hundred_lz4_17", Codec::kLz4},
                                                 {"two_hundred_zstd", Codec::kZstd}};
  const Bytes plain = golden_batch("two_hundred");
  for (const auto& [name, codec] : cases) {
    CAPTURE(name);
    const Bytes bytes = golden_batch(name);
    CHECK(view(bytes).codec() == codec);
    CHECK(view(bytes).is_valid());
    DecoderSet decoders;
    Decoder& decoder = decoders.open(codec, view(bytes).records(), {});
    Bytes decoded;
    for (auto chunk = decoder.next(); !chunk.value().empty(); chunk = decoder.next()) {
      decoded.insert(decoded.end(), chunk->begin(), chunk->end());
    }
    const ByteView expected = view(plain).records();
    CHECK(decoded == Bytes(expected.begin(), expected.end()));

    const Bytes ours = two_hundred(codec);
    CHECK(view(ours).is_valid());
    CHECK(view(ours).attributes() == view(bytes).attributes());
    CHECK(view(ours).record_count() == view(bytes).record_count());
  }
}

TEST_CASE("validation answers as Apache Kafka's validator, text for text and byte for byte") {
  int count = 0;
  for (const auto& line : golden_lines("verdicts.tsv")) {
    REQUIRE(line.size() == 12);
    CAPTURE(line.at(0));
    Bytes bytes = from_hex(line.at(1));
    const ProduceRules rules = rules_of(line);
    DecoderSet decoders;
    const auto verdict = validate_produced(view(bytes), rules, decoders);
    const auto code = verdict ? moldau::ErrorCode::kNone : verdict.error().error.code;
    CHECK(moldau::error_name(code) == expected_code(line.at(0), line.at(7)));
    if (verdict) {
      CHECK(std::to_string(verdict->max_timestamp_ms) == line.at(8));
      CHECK(verdict->must_recompress == (line.at(9) == "rebuilt"));
      if (!verdict->must_recompress) {
        auto batch = MutableBatch::parse(bytes).value();
        batch.set_base_offset(100);
        batch.set_partition_leader_epoch(8);
        batch.set_max_timestamp(rules.timestamp_type, verdict->max_timestamp_ms);
        CHECK(bytes == from_hex(line.at(9)));
      }
    } else {
      CHECK((verdict.error().message_on_wire ? verdict.error().error.message : "") == line.at(10));
      CHECK(joined(verdict.error().record_errors) == line.at(11));
    }
    ++count;
  }
  CHECK(count > 60);
}
