#include "protocol/records/record_iterator.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/records/batches.h"

using namespace moldau::records;
using moldau::as_bytes;
using moldau::Bytes;
using moldau::ByteView;
using moldau::ErrorCode;
using moldau::Result;
using moldau::records::testing::owned;
using moldau::records::testing::patch;
using moldau::records::testing::three_records;
using moldau::records::testing::view;

namespace {

constexpr Codec kAllCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

Result<int> count_records(const Bytes& bytes) {
  DecoderSet decoders;
  auto iterator = RecordIterator::open(view(bytes), decoders);
  if (!iterator) return moldau::fail(iterator.error());
  RecordView seen;
  int count = 0;
  while (true) {
    const auto more = iterator->next(seen);
    if (!more) return moldau::fail(more.error());
    if (!*more) return count;
    ++count;
  }
}

}  // namespace

TEST_CASE("records come back with all their parts, whatever the codec") {
  const RecordHeader headers[] = {{as_bytes("h"), as_bytes("1")}, {as_bytes(""), std::nullopt}};
  for (const Codec codec : kAllCodecs) {
    CAPTURE(codec_name(codec));
    BatchBuilder builder({.base_offset = 100,
                          .producer_id = 1,
                          .producer_epoch = 0,
                          .base_sequence = 0x7fffffff,
                          .codec = codec});
    const std::string large(300000, 'x');
    builder.append({.timestamp_ms = 50, .key = as_bytes("k"), .value = as_bytes("v"), .headers = headers});
    builder.append({.timestamp_ms = 40, .key = as_bytes("")});
    builder.append({.timestamp_ms = 60, .value = as_bytes(large)});
    const Bytes bytes = owned(std::move(builder).build());
    CHECK(view(bytes).codec() == codec);
    CHECK(view(bytes).is_valid());

    DecoderSet decoders;
    auto iterator = RecordIterator::open(view(bytes), decoders).value();
    RecordView seen;
    REQUIRE(iterator.next(seen).value());
    CHECK(seen.offset == 100);
    CHECK(seen.timestamp_ms == 50);
    CHECK(seen.sequence == 0x7fffffff);
    CHECK(moldau::as_text(seen.key.value()) == "k");
    CHECK(moldau::as_text(seen.value.value()) == "v");
    CHECK(seen.headers.remaining() == 2);
    const RecordHeader first = seen.headers.next().value();
    CHECK(moldau::as_text(first.key) == "h");
    CHECK(moldau::as_text(first.value.value()) == "1");
    const RecordHeader second = seen.headers.next().value();
    CHECK(second.key.empty());
    CHECK_FALSE(second.value.has_value());
    CHECK_FALSE(seen.headers.next().has_value());

    REQUIRE(iterator.next(seen).value());
    CHECK(seen.offset == 101);
    CHECK(seen.timestamp_ms == 40);
    CHECK(seen.sequence == 0);
    CHECK(seen.key.value().empty());
    CHECK_FALSE(seen.value.has_value());
    CHECK(seen.headers.remaining() == 0);

    REQUIRE(iterator.next(seen).value());
    CHECK(seen.offset == 102);
    CHECK_FALSE(seen.key.has_value());
    CHECK(moldau::as_text(seen.value.value()) == large);
    CHECK_FALSE(iterator.next(seen).value());
    CHECK_FALSE(iterator.next(seen).value());
  }
}

TEST_CASE("under LogAppendTime every record has the batch's maximum timestamp") {
  const Bytes bytes =
      three_records({.timestamp_type = TimestampType::kLogAppendTime, .log_append_time_ms = 9000});
  CHECK(view(bytes).max_timestamp() == 9000);
  DecoderSet decoders;
  auto iterator = RecordIterator::open(view(bytes), decoders).value();
  RecordView seen;
  while (iterator.next(seen).value())
    CHECK(seen.timestamp_ms == 9000);
}

TEST_CASE("a batch emptied by compaction has no records") {
  Bytes bytes = three_records();
  bytes.resize(kBatchHeaderSize);
  moldau::store_big_endian(bytes.data() + kLengthAt, std::int32_t{49});
  patch(bytes, kRecordCountAt, std::int32_t{0});
  CHECK(count_records(bytes) == 0);
}

TEST_CASE("counts that do not fit the bytes are an error of the last record read") {
  for (const Codec codec : kAllCodecs) {
    CAPTURE(codec_name(codec));
    Bytes bytes = three_records({.codec = codec});
    CHECK(count_records(bytes) == 3);
    for (const std::int32_t count : {-1, 2, 4}) {
      patch(bytes, kRecordCountAt, count);
      CHECK(count_records(bytes).error().code == ErrorCode::kInvalidRecord);
    }
  }
}

TEST_CASE("damaged bytes give an error or other records, never more") {
  for (const Codec codec : kAllCodecs) {
    CAPTURE(codec_name(codec));
    const Bytes sound = three_records({.codec = codec});
    for (std::size_t at = kAttributesAt; at < sound.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        Bytes damaged = sound;
        damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1U << bit));
        if (const auto count = count_records(damaged); count) REQUIRE(*count <= 3);
      }
    }
  }
}

TEST_CASE("an unknown codec is an invalid record") {
  Bytes bytes = three_records();
  patch(bytes, kAttributesAt, std::int16_t{6});
  CHECK(count_records(bytes).error().code == ErrorCode::kInvalidRecord);
}
