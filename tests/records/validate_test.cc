#include "protocol/records/validate.h"

#include <limits>

#include <doctest/doctest.h>

#include "tests/records/batches.h"

using namespace moldau::records;
using moldau::Bytes;
using moldau::ByteView;
using moldau::ErrorCode;
using moldau::records::testing::owned;
using moldau::records::testing::patch;
using moldau::records::testing::record;
using moldau::records::testing::three_records;
using moldau::records::testing::view;

namespace {

constexpr std::int16_t kVersion = 12;

ProduceRules rules() {
  ProduceRules rules;
  rules.now_ms = 2000;
  rules.topic_partition = "orders-3";
  return rules;
}

std::expected<ValidatedBatch, Rejection> validate(const BatchView& batch, const ProduceRules& with) {
  DecoderSet decoders;
  return validate_produced(batch, with, decoders);
}

/// Asserts that the batch is refused with `code`, by a check that Kafka answers without a message.
void check_refused(const Bytes& bytes, const ProduceRules& with, ErrorCode code) {
  const auto result = validate(view(bytes), with);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().error.code == code);
  CHECK_FALSE(result.error().error.message.empty());
  CHECK_FALSE(result.error().message_on_wire);
  CHECK(result.error().record_errors.empty());
}

/// Replaces the bytes behind the header, and makes length and CRC right again.
Bytes with_records(Bytes batch, const Bytes& records) {
  batch.resize(kBatchHeaderSize);
  batch.insert(batch.end(), records.begin(), records.end());
  moldau::store_big_endian(batch.data() + kLengthAt, static_cast<std::int32_t>(batch.size() - kLogOverhead));
  MutableBatch::parse(batch).value().update_crc();
  return batch;
}

Bytes with_count(Bytes batch, std::int32_t count) {
  patch(batch, kLastOffsetDeltaAt, count - 1);
  patch(batch, kRecordCountAt, count);
  return batch;
}

/// The records are CORRUPT_MESSAGE, with that text for the client.
void check_corrupt(ByteView records, std::string_view text) {
  const auto refused = sole_batch(records, kVersion);
  REQUIRE(!refused);
  CHECK(refused.error().error.code == ErrorCode::kCorruptMessage);
  CHECK((refused.error().message_on_wire ? refused.error().error.message : "") == text);
}

}  // namespace

TEST_CASE("a sound batch passes, with its count and largest timestamp") {
  const Bytes bytes = three_records();
  const auto result = validate(view(bytes), rules());
  REQUIRE(result.has_value());
  CHECK(result->record_count == 3);
  CHECK(result->max_timestamp_ms == 1007);
  CHECK(result->uncompressed_bytes == bytes.size());
  CHECK_FALSE(result->must_recompress);
}

TEST_CASE("the largest timestamp is taken from the records, not from the header") {
  Bytes bytes = three_records();
  patch(bytes, kMaxTimestampAt, std::int64_t{999999});
  CHECK(validate(view(bytes), rules())->max_timestamp_ms == 1007);
}

TEST_CASE("under LogAppendTime the largest timestamp is the leader's clock") {
  auto with = rules();
  with.timestamp_type = TimestampType::kLogAppendTime;
  CHECK(validate(view(three_records()), with)->max_timestamp_ms == 2000);
}

TEST_CASE("a topic with its own compression asks for a rebuilt batch") {
  auto with = rules();
  with.target_codec = Codec::kZstd;
  CHECK(validate(view(three_records()), with)->must_recompress);
  with.target_codec = Codec::kNone;
  CHECK_FALSE(validate(view(three_records()), with)->must_recompress);
}

TEST_CASE("a produce request carries exactly one whole batch of magic 2 per partition") {
  const Bytes one = three_records();
  CHECK(sole_batch(one, kVersion).value().size_bytes() == one.size());
  for (std::size_t size = 0; size < one.size(); ++size) {
    REQUIRE(sole_batch(ByteView(one).first(size), kVersion).error().error.code == ErrorCode::kInvalidRecord);
  }
  Bytes two = one;
  two.insert(two.end(), one.begin(), one.end());
  for (std::size_t size = one.size(); size < two.size(); ++size) {
    const auto batch = sole_batch(ByteView(two).first(size), kVersion);
    REQUIRE(batch.has_value());
    REQUIRE(batch->bytes().size() == one.size());
  }
  CHECK(sole_batch(two, kVersion).error().error.code == ErrorCode::kInvalidRecord);
}

TEST_CASE("older and unknown magics and impossible sizes have different codes") {
  Bytes bytes = three_records();
  for (const std::uint8_t magic : Bytes{0, 1}) {
    bytes[kMagicAt] = magic;
    CHECK(sole_batch(bytes, kVersion).error().error.code == ErrorCode::kInvalidRecord);
  }
  bytes[kMagicAt] = 3;
  check_corrupt(bytes, "Invalid magic found in record: 3");
  bytes[kMagicAt] = 2;
  moldau::store_big_endian(bytes.data() + kLengthAt, std::int32_t{13});
  check_corrupt(bytes, "Record size 13 is less than the minimum record overhead (14)");
  moldau::store_big_endian(bytes.data() + kLengthAt, std::int32_t{48});
  check_corrupt(bytes, "");

  Bytes trailed = three_records();
  trailed.insert(trailed.end(), 12, 0);
  check_corrupt(trailed, "");
}

TEST_CASE("zstd is refused before version 7 of the request") {
  Bytes bytes = three_records();
  patch(bytes, kAttributesAt, std::int16_t{4});
  CHECK(sole_batch(bytes, 6).error().error.code == ErrorCode::kUnsupportedCompressionType);
  CHECK(sole_batch(bytes, 7).has_value());
}

TEST_CASE("a base offset other than zero is an invalid record") {
  check_refused(three_records({.base_offset = 1}), rules(), ErrorCode::kInvalidRecord);
}

TEST_CASE("a batch may be exactly as large as the topic and the segment allow") {
  const Bytes bytes = three_records();
  const auto size = static_cast<std::int64_t>(bytes.size());
  auto with = rules();
  with.max_message_bytes = size;
  with.segment_bytes = size;
  CHECK(validate(view(bytes), with).has_value());
  with.max_message_bytes = size - 1;
  check_refused(bytes, with, ErrorCode::kMessageTooLarge);
  with.max_message_bytes = size;
  with.segment_bytes = size - 1;
  check_refused(bytes, with, ErrorCode::kRecordListTooLarge);
}

TEST_CASE("any flipped bit behind the crc is a corrupt message") {
  Bytes bytes = three_records();
  for (std::size_t at = kCrcAt; at < bytes.size(); ++at) {
    bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 0x10);
    const auto result = validate(view(bytes), rules());
    REQUIRE_FALSE(result.has_value());
    REQUIRE(result.error().error.code == ErrorCode::kCorruptMessage);
    bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 0x10);
  }
}

TEST_CASE("a codec id without a codec is where Apache Kafka fails inside") {
  Bytes bytes = three_records();
  patch(bytes, kAttributesAt, std::int16_t{5});
  check_refused(bytes, rules(), ErrorCode::kUnknownServerError);
}

TEST_CASE("count and last offset delta are positive and agree") {
  for (const std::int32_t delta : {-1, std::numeric_limits<std::int32_t>::min(), 1, 3}) {
    Bytes bytes = three_records();
    patch(bytes, kLastOffsetDeltaAt, delta);
    check_refused(bytes, rules(), ErrorCode::kInvalidRecord);
  }
  for (const std::int32_t count : {0, -1, 2, 4, std::numeric_limits<std::int32_t>::max()}) {
    Bytes bytes = three_records();
    patch(bytes, kRecordCountAt, count);
    check_refused(bytes, rules(), ErrorCode::kInvalidRecord);
  }
}

TEST_CASE("more or fewer records than declared are an invalid record") {
  for (const std::int32_t count : {1, 2, 4, 1000, std::numeric_limits<std::int32_t>::max()}) {
    check_refused(with_count(three_records(), count), rules(), ErrorCode::kInvalidRecord);
  }
}

TEST_CASE("clients may not write control batches") {
  Bytes bytes = three_records();
  patch(bytes, kAttributesAt, kControlBit);
  check_refused(bytes, rules(), ErrorCode::kInvalidRecord);
}

TEST_CASE("a producer id needs a sequence that is not negative") {
  Bytes bytes = three_records({.producer_id = 0, .producer_epoch = 0, .base_sequence = 0});
  CHECK(validate(view(bytes), rules()).has_value());
  patch(bytes, kBaseSequenceAt, std::int32_t{-1});
  check_refused(bytes, rules(), ErrorCode::kInvalidRecord);
  patch(bytes, kProducerIdAt, std::int64_t{-1});
  CHECK(validate(view(bytes), rules()).has_value());
}

TEST_CASE("offset deltas run from zero without a gap") {
  BatchBuilder gap({});
  gap.append(record(1000, "a", "1"));
  gap.append_at(2, record(1000, "b", "2"));
  Bytes bytes = owned(std::move(gap).build());
  bytes = with_count(bytes, 2);
  check_refused(bytes, rules(), ErrorCode::kInvalidRecord);
}

TEST_CASE("malformed records are refused wherever the fault lies") {
  const Bytes base = with_count(three_records(), 1);
  // length, attributes, timestamp delta, offset delta, key, value, headers
  CHECK(validate(view(with_records(base, {12, 0, 0, 0, 1, 1, 0})), rules()).has_value());
  CHECK(validate(view(with_records(base, {18, 0, 0, 0, 1, 1, 2, 2, 'h', 1})), rules()).has_value());
  const Bytes malformed[] = {
      {},                                          // nothing at all
      {12},                                        // length only
      {12, 0, 0, 0, 1, 1},                         // one byte short
      {13, 0, 0, 0, 1, 1, 0},                      // negative length
      {14, 0, 0, 0, 1, 1, 0},                      // longer than the batch
      {10, 0, 0, 0, 1, 1, 0},                      // shorter than its fields
      {14, 0, 0, 0, 1, 1, 0, 0},                   // longer than its fields
      {12, 0, 0, 0, 4, 1, 0},                      // key over the end
      {12, 0, 0, 0, 1, 4, 0},                      // value over the end
      {12, 0, 0, 0, 1, 1, 1},                      // negative number of headers
      {12, 0, 0, 0, 1, 1, 2},                      // a header that is not there
      {16, 0, 0, 0, 1, 1, 2, 1, 1},                // header with a null key
      {16, 0, 0, 0, 1, 1, 2, 2, 'h'},              // header key without value
      {18, 0, 0, 0, 1, 1, 2, 2, 'h', 4},           // header value over the end
      {12, 0, 0, 0, 1, 1, 0, 0},                   // a byte behind the last record
      {0x80, 0x80, 0x80, 0x80, 0x80, 0, 0, 0, 0},  // varint of six bytes
      {34, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0, 1, 1, 0, 0},  // varlong of 11
  };
  for (const Bytes& records : malformed) {
    CAPTURE(records.size());
    check_refused(with_records(base, records), rules(), ErrorCode::kInvalidRecord);
  }
}

TEST_CASE("keyless records of compacted topics are listed by index with Kafka's texts") {
  auto with = rules();
  with.keys_required = true;
  const auto result = validate(view(three_records()), with);
  REQUIRE_FALSE(result.has_value());
  const Rejection& rejection = result.error();
  const std::string text = "Compacted topic cannot accept message without key in topic partition orders-3";
  CHECK(rejection.error.code == ErrorCode::kInvalidRecord);
  CHECK(rejection.message_on_wire);
  CHECK(rejection.record_errors == std::vector<RecordError>{{2, text}});
  CHECK(rejection.error.message ==
        "One or more records have been rejected due to 1 record errors in total, and only showing the first "
        "three errors at most: [RecordError(batchIndex=2, message='" +
            text + "')]");
}

TEST_CASE("the summary shows three record errors of four") {
  BatchBuilder builder({});
  for (int i = 0; i < 4; ++i)
    builder.append(record(1, std::nullopt, "v"));
  auto with = rules();
  with.keys_required = true;
  const auto result = validate(view(owned(std::move(builder).build())), with);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().record_errors.size() == 4);
  const std::string& message = result.error().error.message;
  CHECK(message.find("due to 4 record errors") != std::string::npos);
  CHECK(message.find("batchIndex=2") != std::string::npos);
  CHECK(message.find("batchIndex=3") == std::string::npos);
}

TEST_CASE("CreateTime may lie exactly as far from the clock as the topic allows") {
  auto with = rules();
  with.timestamp_before_max_ms = 1000;
  with.timestamp_after_max_ms = 5;
  CHECK(validate(view(three_records()), with).has_value());
  with.now_ms = 2001;
  const auto old = validate(view(three_records()), with);
  REQUIRE_FALSE(old.has_value());
  CHECK(old.error().error ==
        moldau::Error{ErrorCode::kInvalidTimestamp,
                      "One or more records have been rejected due to invalid timestamp"});
  CHECK(old.error().message_on_wire);
  CHECK(old.error().record_errors ==
        std::vector<RecordError>{{0,
                                  "Timestamp 1000 of message with offset 0 is out of range. The timestamp "
                                  "should be within [1001, 2006]"}});
  with.timestamp_before_max_ms = std::numeric_limits<std::int64_t>::max();
  with.now_ms = 1002;
  CHECK(validate(view(three_records()), with).has_value());
  with.now_ms = 1001;
  const auto early = validate(view(three_records()), with);
  REQUIRE_FALSE(early.has_value());
  CHECK(early.error().record_errors.size() == 1);
  CHECK(early.error().record_errors[0].batch_index == 1);
}

TEST_CASE("a record without a timestamp passes any limit") {
  BatchBuilder builder({});
  builder.append(record(kNoTimestamp, "k", "v"));
  auto with = rules();
  with.timestamp_before_max_ms = 0;
  const auto result = validate(view(owned(std::move(builder).build())), with);
  REQUIRE(result.has_value());
  CHECK(result->max_timestamp_ms == kNoTimestamp);
}

TEST_CASE("timestamp deltas that overflow wrap and are judged as what they give") {
  Bytes bytes = three_records();
  patch(bytes, kBaseTimestampAt, std::numeric_limits<std::int64_t>::max());
  const auto result = validate(view(bytes), rules());
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().error.code == ErrorCode::kInvalidTimestamp);
}

TEST_CASE("producers may not send LogAppendTime to a topic of LogAppendTime") {
  Bytes bytes = three_records();
  patch(bytes, kAttributesAt, kLogAppendTimeBit);
  auto with = rules();
  CHECK(validate(view(bytes), with).has_value());
  with.timestamp_type = TimestampType::kLogAppendTime;
  const auto result = validate(view(bytes), with);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().error.code == ErrorCode::kInvalidTimestamp);
  REQUIRE(result.error().record_errors.size() == 3);
  CHECK(result.error().record_errors[2].message ==
        "Invalid timestamp type in message DefaultRecord(offset=2, timestamp=1007, key=0 bytes, value=3 "
        "bytes). "
        "Producer should not set timestamp type to LogAppendTime.");
}

TEST_CASE("a malformed record outweighs record errors before it") {
  auto with = rules();
  with.keys_required = true;
  const Bytes base = with_count(three_records(), 2);
  check_refused(with_records(base, {12, 0, 0, 0, 1, 1, 0, 12, 0, 0, 2, 1, 1}), with,
                ErrorCode::kInvalidRecord);
}

TEST_CASE("record errors take no more memory than the batch and 64 KiB") {
  BatchBuilder builder({});
  constexpr std::int32_t kRecords = 100000;
  for (std::int32_t i = 0; i < kRecords; ++i)
    builder.append({.timestamp_ms = 1});
  auto with = rules();
  with.keys_required = true;
  const Bytes bytes = owned(std::move(builder).build());
  const auto result = validate(view(bytes), with);
  REQUIRE_FALSE(result.has_value());
  std::size_t cost = 0;
  for (const auto& error : result.error().record_errors)
    cost += sizeof(RecordError) + error.message.size();
  CHECK(cost <= bytes.size() + 65536);
  CHECK(result.error().record_errors.size() > 1000);
  CHECK(result.error().error.message.find("due to 100000 record errors") != std::string::npos);
}

TEST_CASE("compressed batches are checked record by record as plain ones are") {
  for (const Codec codec : {Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    CAPTURE(codec_name(codec));
    const BatchSpec spec{.codec = codec};
    const Bytes bytes = three_records(spec);
    const auto sound = validate(view(bytes), rules());
    REQUIRE(sound.has_value());
    CHECK(sound->max_timestamp_ms == 1007);
    CHECK(sound->uncompressed_bytes == three_records().size());
    CHECK_FALSE(sound->must_recompress);

    for (const std::int32_t count : {1, 2, 4, 1000}) {
      check_refused(with_count(bytes, count), rules(), ErrorCode::kInvalidRecord);
    }
    auto with = rules();
    with.keys_required = true;
    const auto keyless = validate(view(bytes), with);
    REQUIRE_FALSE(keyless.has_value());
    CHECK(keyless.error().record_errors.size() == 1);
    CHECK(keyless.error().record_errors[0].batch_index == 2);

    with = rules();
    with.target_codec = Codec::kNone;
    CHECK(validate(view(bytes), with)->must_recompress);
    with.target_codec = codec;
    CHECK_FALSE(validate(view(bytes), with)->must_recompress);

    with = rules();
    with.max_uncompressed_bytes = three_records().size() - kBatchHeaderSize;
    CHECK(validate(view(bytes), with).has_value());
    --with.max_uncompressed_bytes;
    check_refused(bytes, with, ErrorCode::kMessageTooLarge);

    with = rules();
    with.max_recompressed_bytes = three_records().size() - kBatchHeaderSize - 1;
    CHECK(validate(view(bytes), with).has_value());
    with.target_codec = Codec::kNone;
    check_refused(bytes, with, ErrorCode::kMessageTooLarge);
  }
}

TEST_CASE("a broken compressed stream under a right crc is where Apache Kafka fails inside") {
  for (const Codec codec : {Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    CAPTURE(codec_name(codec));
    check_refused(with_records(three_records({.codec = codec}), {1, 2, 3, 4}), rules(),
                  ErrorCode::kUnknownServerError);
    check_refused(with_records(three_records({.codec = codec}), {}), rules(), ErrorCode::kUnknownServerError);
  }
}

TEST_CASE("the text on a wrong timestamp type names the record as Kafka sees it in a compressed batch") {
  Bytes bytes = three_records({.codec = Codec::kGzip});
  patch(bytes, kAttributesAt, static_cast<std::int16_t>(kLogAppendTimeBit | 1));
  auto with = rules();
  with.timestamp_type = TimestampType::kLogAppendTime;
  const auto in_place = validate(view(bytes), with);
  REQUIRE_FALSE(in_place.has_value());
  CHECK(in_place.error().record_errors.at(2).message ==
        "Invalid timestamp type in message PartialDefaultRecord(offset=2, timestamp=1007, key=-1 bytes, "
        "value=3 "
        "bytes). Producer should not set timestamp type to LogAppendTime.");
  with.target_codec = Codec::kZstd;
  const auto rebuilt = validate(view(bytes), with);
  REQUIRE_FALSE(rebuilt.has_value());
  CHECK(rebuilt.error().record_errors.at(2).message ==
        "Invalid timestamp type in message DefaultRecord(offset=2, timestamp=1007, key=0 bytes, value=3 "
        "bytes). "
        "Producer should not set timestamp type to LogAppendTime.");
}

TEST_CASE("validation of headers alone leaves records alone, but not on compacted topics") {
  const Bytes bytes = with_records(three_records(), {1, 2, 3});
  auto with = rules();
  with.check_records = false;
  CHECK(validate(view(bytes), with).has_value());
  CHECK(validate(view(bytes), with)->max_timestamp_ms == 1007);
  with.now_ms = 1007 - with.timestamp_after_max_ms - 1;
  CHECK(validate(view(bytes), with).error().error.code == ErrorCode::kInvalidTimestamp);
  with = rules();
  with.check_records = false;
  with.keys_required = true;
  check_refused(bytes, with, ErrorCode::kInvalidRecord);
}
