#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include "metadata/image_loader.h"
#include "metadata/image_records.h"
#include "protocol/records/record_iterator.h"
#include "quorum/snapshot.h"

namespace moldau::metadata {
namespace {

namespace fs = std::filesystem;

Bytes read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), path.string());
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

/// Applies the log's data records below `end_offset`.
ImageLoader replay_log(ByteView log, std::int64_t end_offset) {
  ImageLoader loader;
  records::DecoderSet decoders;
  records::BatchCursor cursor(log);
  while (const auto entry = cursor.next()) {
    const auto batch = records::BatchView::parse(entry->bytes);
    if (batch->base_offset() >= end_offset) break;
    if (batch->is_control()) continue;
    auto iterator = records::RecordIterator::open(*batch, decoders);
    records::RecordView record;
    while (iterator->next(record).value()) {
      const auto applied = loader.apply(*record.value, record.offset);
      if (!applied) FAIL(applied.error().message);
    }
    loader.finish_batch(batch->last_offset(), batch->partition_leader_epoch(), batch->max_timestamp());
  }
  return loader;
}

Image load(const std::vector<Bytes>& records) {
  ImageLoader loader;
  for (const Bytes& record : records)
    REQUIRE(loader.apply(record, 0).has_value());
  return loader.published();
}

std::vector<Bytes> sorted(std::vector<Bytes> records) {
  std::ranges::sort(records);
  return records;
}

TEST_CASE(
    "Apache Kafka's log gives the image of each of its snapshots, and that image gives the snapshot's "
    "records") {
  const fs::path folder(MOLDAU_GOLDEN_DIR);
  const Bytes log = read_file(folder / "00000000000000000000.log");
  records::DecoderSet decoders;
  int compared = 0;
  for (const auto& file : fs::directory_iterator(folder)) {
    const auto id = quorum::parse_snapshot_file_name(file.path().filename().string());
    if (!id || *id == quorum::kBootstrapSnapshotId) continue;
    CAPTURE(file.path().filename().string());
    const auto snapshot = quorum::read_snapshot(read_file(file.path()), decoders);
    REQUIRE(snapshot.has_value());
    const Image replayed = replay_log(log, id->end_offset).published();
    CHECK(load(snapshot->records).same_content(replayed));
    CHECK(replayed.provenance.last_epoch == id->epoch);
    CHECK(replayed.provenance.last_timestamp_ms == snapshot->head.last_contained_log_timestamp_ms);
    // Apache Kafka orders listeners, features and records within a part by hash; the rest is the same bytes.
    const auto ours = image_records(replayed);
    CHECK(ours.size() == snapshot->records.size());
    CHECK(ours.front() == snapshot->records.front());
    const auto theirs = image_records(load(snapshot->records));
    CHECK(sorted(ours) == sorted(theirs));
    ++compared;
  }
  CHECK(compared >= 3);
}

}  // namespace
}  // namespace moldau::metadata
