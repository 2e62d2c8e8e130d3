#include "runtime/metadata_snapshots.h"

#include <vector>

#include <doctest/doctest.h>

#include "io/sim/disk.h"
#include "io/sim/host.h"
#include "io/sim/world.h"

namespace moldau::runtime {
namespace {

using quorum::SnapshotId;

constexpr SnapshotId kOld{.end_offset = 10, .epoch = 1};
constexpr SnapshotId kNew{.end_offset = 20, .epoch = 1};

/// A folder on a simulated disk.
struct Place {
  io::sim::World world{1};
  io::sim::Disk disk{world.seed(), "disk"};
  io::sim::SimHost host{world, disk, {.name = "node", .loop_count = 1}};
  std::shared_ptr<io::Directory> folder = host.open_root("/log").value();

  void write(const SnapshotId& id, TimestampMs last_contained_ms) {
    const quorum::SnapshotHead head{.last_contained_log_timestamp_ms = last_contained_ms};
    const auto bytes = quorum::build_snapshot(head, id.epoch, std::vector<Bytes>{Bytes(20)}, 0);
    REQUIRE(bytes.has_value());
    REQUIRE(MetadataSnapshots::write(*folder, id, *bytes).has_value());
  }
};

TEST_CASE("a finished snapshot is read-only, like Apache Kafka's") {
  Place place;
  place.write(kOld, 500);
  const auto entries = place.folder->list().value();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].name == quorum::snapshot_file_name(kOld));
  CHECK(entries[0].is_read_only);
  place.write(kOld, 600);
  CHECK(MetadataSnapshots::open(place.folder)->read(kOld)->head.last_contained_log_timestamp_ms == 600);
}

TEST_CASE("a snapshot that was left unfinished and read-only is written anew") {
  Place place;
  const auto unfinished =
      place.folder->open_file(quorum::snapshot_file_name(kOld) + ".part", io::OpenMode::kCreateNew).value();
  REQUIRE(unfinished->write_at(0, Bytes(2000)));
  REQUIRE(unfinished->make_read_only());
  place.write(kOld, 500);
  CHECK(MetadataSnapshots::open(place.folder)->read(kOld)->head.last_contained_log_timestamp_ms == 500);
}

TEST_CASE("a snapshot found at the start is as old as it says, whatever its file's time is") {
  Place place;
  place.write(kOld, 500);
  place.write(kNew, 900);
  auto snapshots = MetadataSnapshots::open(place.folder).value();
  CHECK_FALSE(snapshots.expired(0, -1, 100, 600).has_value());
  const auto expired = snapshots.expired(0, -1, 100, 601);
  REQUIRE(expired.has_value());
  CHECK(expired->id == kOld);
  CHECK(expired->next == kNew);
  CHECK_FALSE(snapshots.expired(0, -1, -1, 601).has_value());
  REQUIRE(snapshots.remove(kOld).has_value());
  CHECK_FALSE(snapshots.expired(0, -1, 100, 100'000).has_value());
}

TEST_CASE("a snapshot that does not say how old it is goes for its size alone") {
  Place place;
  const auto file =
      place.folder->open_file(quorum::snapshot_file_name(kOld), io::OpenMode::kCreateNew).value();
  REQUIRE(file->write_at(0, Bytes(100)).has_value());
  place.write(kNew, 900);
  auto snapshots = MetadataSnapshots::open(place.folder).value();
  CHECK_FALSE(snapshots.expired(0, -1, 100, 100'000).has_value());
  CHECK(snapshots.expired(50, 120, 100, 100'000)->id == kOld);
}

}  // namespace
}  // namespace moldau::runtime
