#include "coordinator/group/offset_replay.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/group_records.h"

namespace moldau::coordinator {
namespace {

constexpr TimestampMs kStart = 1'700'000'000'000;

Record commit_of(std::string group, std::int32_t partition, std::int64_t offset) {
  return offset_record(
      {.group = std::move(group), .topic = "topic", .partition = partition},
      {.offset = offset, .metadata = "note", .commit_timestamp = kStart + offset, .topic_id = {}});
}

Record tombstone_of(std::string group, std::int32_t partition) {
  return offset_tombstone({.group = std::move(group), .topic = "topic", .partition = partition});
}

std::optional<ByteView> value_of(const Record& record) {
  return record.value ? std::optional(ByteView(*record.value)) : std::nullopt;
}

/// What comes out in turn, as "group-partition: offset of the record @ milliseconds since the start".
struct Released {
  std::vector<std::string> seen;

  Result<void> operator()(const OffsetReplay::Commit& commit) {
    const auto record = decode_group_record(commit.key, commit.value);
    REQUIRE(record);
    const auto& key = std::get<OffsetRecord>(*record).key;
    seen.push_back(key.group + "-" + std::to_string(key.partition) + ": " + std::to_string(commit.offset) +
                   " @ " + std::to_string(commit.wall_ms - kStart));
    return {};
  }
};

/// A coordinator that has replayed the log as it is, or with offsets kept back.
GroupCoordinator loaded(const std::vector<Record>& log, bool keeps_back) {
  GroupCoordinator coordinator(GroupCoordinatorConfig{});
  OffsetReplay offsets;
  const auto release = [&] {
    REQUIRE(offsets.release([&](const OffsetReplay::Commit& commit) {
      return coordinator.replay(commit.offset, -1, commit.key, commit.value, commit.wall_ms);
    }));
  };
  for (std::size_t i = 0; i < log.size(); ++i) {
    const auto offset = static_cast<std::int64_t>(i);
    if (keeps_back && offsets.keep(offset, log[i].key, value_of(log[i]), kStart + offset)) continue;
    release();
    REQUIRE(coordinator.replay(offset, -1, log[i].key, value_of(log[i]), kStart + offset));
  }
  release();
  return coordinator;
}

std::vector<std::pair<OffsetKey, StoredOffset>> offsets_of(const GroupCoordinator& coordinator) {
  std::vector<std::pair<OffsetKey, StoredOffset>> offsets;
  coordinator.store().offsets().visit_all(
      kLatest, [&](const OffsetKey& key, const StoredOffset& stored) { offsets.emplace_back(key, stored); });
  return offsets;
}

}  // namespace

TEST_CASE("of offset commits that follow one another the last of each key is replayed, once") {
  OffsetReplay offsets;
  const std::vector<Record> log{commit_of("b", 0, 1), commit_of("a", 0, 1), commit_of("b", 0, 2),
                                commit_of("b", 1, 1), commit_of("a", 0, 2), commit_of("b", 0, 3)};
  for (std::size_t i = 0; i < log.size(); ++i) {
    const auto offset = static_cast<std::int64_t>(i);
    CHECK(offsets.keep(offset, log[i].key, value_of(log[i]), kStart + 10 * offset));
  }
  CHECK(offsets.size() == 3);
  Released released;
  CHECK(offsets.release(std::ref(released)));
  CHECK(released.seen == std::vector<std::string>{"b-0: 5 @ 0", "a-0: 4 @ 10", "b-1: 3 @ 30"});
  CHECK(offsets.size() == 0);
}

TEST_CASE("what is no commit of an offset is not kept back") {
  OffsetReplay offsets;
  const Record tombstone = tombstone_of("a", 0);
  CHECK_FALSE(offsets.keep(0, tombstone.key, value_of(tombstone), kStart));
  const Record group = group_metadata_record("a", {});
  CHECK_FALSE(offsets.keep(1, group.key, value_of(group), kStart));
  CHECK_FALSE(offsets.keep(2, {}, ByteView(), kStart));
  CHECK(offsets.size() == 0);
}

TEST_CASE("a value that a later commit replaces is not looked at, so it may be broken") {
  OffsetReplay offsets;
  const Record commit = commit_of("a", 0, 1);
  const Bytes broken = {0x7f};
  REQUIRE_FALSE(decode_group_record(commit.key, ByteView(broken)));
  CHECK(offsets.keep(0, commit.key, ByteView(broken), kStart));
  CHECK(offsets.keep(1, commit.key, value_of(commit), kStart));
  Released released;
  CHECK(offsets.release(std::ref(released)));
  CHECK(released.seen == std::vector<std::string>{"a-0: 1 @ 0"});
}

TEST_CASE("a commit that cannot be replayed ends the release") {
  OffsetReplay offsets;
  const Record first = commit_of("a", 0, 1);
  const Record second = commit_of("b", 0, 1);
  CHECK(offsets.keep(0, first.key, value_of(first), kStart));
  CHECK(offsets.keep(1, second.key, value_of(second), kStart));
  int replayed = 0;
  const auto outcome = offsets.release([&](const OffsetReplay::Commit&) -> Result<void> {
    ++replayed;
    return fail(ErrorCode::kCorruptMessage, "broken");
  });
  CHECK(outcome.error().code == ErrorCode::kCorruptMessage);
  CHECK(replayed == 1);
}

TEST_CASE("a log with tombstones between its commits makes the same offsets and groups either way") {
  std::vector<Record> log;
  for (std::int64_t i = 0; i < 500; ++i) {
    const std::string group = "group-" + std::to_string(i % 7);
    const auto partition = static_cast<std::int32_t>(i % 3);
    log.push_back(commit_of(group, partition, i));
    if (i % 50 == 49) log.push_back(tombstone_of(group, partition));
    if (i % 90 == 89) log.push_back(group_tombstone(group));
  }
  const GroupCoordinator plain = loaded(log, false);
  const GroupCoordinator kept_back = loaded(log, true);
  CHECK(offsets_of(plain).size() > 10);
  CHECK(offsets_of(kept_back) == offsets_of(plain));
  const auto listed = [](const GroupCoordinator& coordinator) {
    std::vector<std::string> groups;
    for (const auto& entry : coordinator.list_groups({}, {}).message.groups) {
      groups.emplace_back(entry.group_id.value());
    }
    return groups;
  };
  CHECK(listed(kept_back) == listed(plain));
}

}  // namespace moldau::coordinator
