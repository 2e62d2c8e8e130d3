#include "quorum/snapshot.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "quorum/quorum_state_file.h"

namespace moldau::quorum {
namespace {

Bytes golden(const std::string& name) {
  std::ifstream file(std::filesystem::path(MOLDAU_GOLDEN_DIR) / name, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), name);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

/// Time of each batch of a file, which our own builder must be told.
std::vector<TimestampMs> batch_times(ByteView file) {
  std::vector<TimestampMs> times;
  records::BatchCursor cursor(file);
  while (const auto entry = cursor.next()) {
    times.push_back(records::BatchView::parse(entry->bytes)->base_timestamp());
  }
  return times;
}

std::int32_t epoch_of(ByteView file) {
  return records::BatchView::parse(file)->partition_leader_epoch();
}

/// Puts `batch` with another time behind `file`.
void append_at(Bytes& file, const Buffer& batch) {
  file.insert(file.end(), batch.bytes().begin(), batch.bytes().end());
}

/// The file built again from what was read, with the times that Apache Kafka happened to write.
Bytes rebuild(const SnapshotContent& content, ByteView original) {
  const auto times = batch_times(original);
  SnapshotBuilder builder(epoch_of(original));
  Bytes file;
  append_at(file, builder.begin(content.head, times.front()));
  REQUIRE(builder.append(content.records).has_value());
  SnapshotBuilder same = builder;
  const auto at_data_time = builder.finish(times[times.size() > 2 ? 1 : 0]);
  const auto at_footer_time = same.finish(times.back());
  for (std::size_t i = 0; i + 1 < at_data_time.size(); ++i)
    append_at(file, at_data_time[i]);
  append_at(file, at_footer_time.back());
  return file;
}

TEST_CASE("snapshots of Apache Kafka are read and built again byte for byte") {
  for (const std::string name : {"bootstrap.checkpoint", "00000000000000000000-0000000000.checkpoint"}) {
    CAPTURE(name);
    const Bytes file = golden(name);
    records::DecoderSet decoders;
    const auto content = read_snapshot(file, decoders);
    REQUIRE(content.has_value());
    CHECK(rebuild(*content, file) == file);
  }
}

TEST_CASE("a formatted quorum names its one voter") {
  records::DecoderSet decoders;
  const auto content = read_snapshot(golden("00000000000000000000-0000000000.checkpoint"), decoders);
  REQUIRE(content.has_value());
  CHECK(content->records.empty());
  CHECK(content->head.kraft_version == 1);
  REQUIRE(content->head.voters.has_value());
  REQUIRE(content->head.voters->size() == 1);
  const Voter& voter = content->head.voters->voters()[0];
  CHECK(voter.key.id == BrokerId(1));
  CHECK_FALSE(voter.key.directory_id.is_zero());
  CHECK(voter.endpoints ==
        std::vector{VoterEndpoint{.listener = "CONTROLLER", .host = "localhost", .port = 29093}});
  CHECK(voter.kraft_versions == KraftVersionRange{0, 1});
}

TEST_CASE("half a snapshot is none") {
  records::DecoderSet decoders;
  const Bytes file = golden("bootstrap.checkpoint");
  for (std::size_t size = 0; size < file.size(); ++size) {
    CHECK_FALSE(read_snapshot(ByteView(file).first(size), decoders).has_value());
  }
  for (const std::size_t at : {std::size_t{20}, file.size() / 2, file.size() - 2}) {
    Bytes flipped = file;
    flipped[at] ^= 1;
    CHECK_FALSE(read_snapshot(flipped, decoders).has_value());
  }
  Bytes twice = file;
  twice.insert(twice.end(), file.begin(), file.end());
  CHECK_FALSE(read_snapshot(twice, decoders).has_value());
}

TEST_CASE("many records stand in batches of their size limit and come back in order") {
  std::vector<Bytes> records;
  for (std::size_t i = 0; i < 3000; ++i)
    records.emplace_back(5000, static_cast<std::uint8_t>(i));
  const auto file = build_snapshot({}, 3, records, 77);
  REQUIRE(file.has_value());
  CHECK(batch_times(*file).size() == 5);
  records::DecoderSet decoders;
  const auto content = read_snapshot(*file, decoders);
  REQUIRE(content.has_value());
  CHECK(content->records == records);
  CHECK(content->head == SnapshotHead{});
  CHECK_FALSE(build_snapshot({}, 3, std::vector<Bytes>(1, Bytes(kMaxBatchSizeBytes, 0)), 77).has_value());
}

TEST_CASE("the first batch alone says how old a snapshot is") {
  records::DecoderSet decoders;
  const Bytes file = golden("00000000000000000000-0000000000.checkpoint");
  CHECK(read_snapshot_time(file, decoders) ==
        read_snapshot(file, decoders)->head.last_contained_log_timestamp_ms);
  CHECK(read_snapshot_time(ByteView(file).first(166), decoders) == 1'795'411'220'505);
  CHECK(read_snapshot_time(ByteView(file).first(165), decoders).error().code == ErrorCode::kCorruptMessage);
  Bytes damaged = file;
  damaged[100] ^= 1;
  CHECK(read_snapshot_time(damaged, decoders).error().code == ErrorCode::kCorruptMessage);
  const ByteView footer = ByteView(file).subspan(166);
  CHECK(read_snapshot_time(footer, decoders).error().code == ErrorCode::kCorruptMessage);
}

TEST_CASE("snapshot names state offset and epoch") {
  CHECK(snapshot_file_name({.end_offset = 12345, .epoch = 7}) ==
        "00000000000000012345-0000000007.checkpoint");
  CHECK(parse_snapshot_file_name("00000000000000012345-0000000007.checkpoint") ==
        SnapshotId{.end_offset = 12345, .epoch = 7});
  CHECK(parse_snapshot_file_name(snapshot_file_name(kBootstrapSnapshotId)) == kBootstrapSnapshotId);
  for (const char* name :
       {"00000000000000012345-0000000007.checkpoint.deleted", "bootstrap.checkpoint",
        "0000000000000001234x-0000000007.checkpoint", "99999999999999999999-0000000007.checkpoint",
        "00000000000000012345_0000000007.checkpoint", "00000000000000012345-0000000007.checkpoint.part"}) {
    CAPTURE(name);
    CHECK_FALSE(parse_snapshot_file_name(name).has_value());
  }
}

}  // namespace
}  // namespace moldau::quorum
