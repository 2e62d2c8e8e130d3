// A node with several log directories, each on a disk of its own: where replicas go, and how the node goes on
// when a disk fails.

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t kPartitions = 6;

TEST_CASE("Replicas go where the fewest are, and the controller hears of it") {
  for (const std::size_t loops : {std::size_t{1}, std::size_t{2}}) {
    SeveralDisks node(loops);
    node.start();
    const Uuid topic = node.client().create_topic("t", kPartitions, {}).value();
    const std::map<std::string, int> even{{"/data", 2}, {"/second", 2}, {"/third", 2}};
    CHECK(node.directories_of(topic, kPartitions) == even);
    for (std::int32_t i = 0; i < kPartitions; ++i) {
      CHECK(node.produce(topic, i, "a value") == ErrorCode::kNone);
    }
    node.kill();
    node.start();
    CHECK(node.directories_of(topic, kPartitions) == even);
    for (std::int32_t i = 0; i < kPartitions; ++i) {
      CHECK(node.client().read_all(topic, i).value().size() == 1);
    }
  }
}

TEST_CASE("A directory that is cordoned gets no replicas, long before the next heartbeat is due") {
  SeveralDisks node;
  node.start();
  const metadata::ConfigResource broker = metadata::broker_resource(node.node().id());
  REQUIRE(node.client().set_config(broker, "cordoned.log.dirs", "/second") == ErrorCode::kNone);
  node.world().run_for(100ms);
  const Uuid topic = node.client().create_topic("t", kPartitions, {}).value();
  CHECK(node.directories_of(topic, kPartitions) == std::map<std::string, int>{{"/data", 3}, {"/third", 3}});
}

/// Copies the folder of a replica, from directory to directory.
void copy_folder(io::Host& host, const std::string& name, const std::string& from, const std::string& to) {
  const auto source = host.open_root(from).value()->open_directory(name).value();
  REQUIRE(host.open_root(to).value()->create_directory(name));
  const auto target = host.open_root(to).value()->open_directory(name).value();
  for (const io::DirectoryEntry& entry : source->list().value()) {
    Bytes content(entry.size_bytes);
    REQUIRE(source->open_file(entry.name, io::OpenMode::kReadOnly).value()->read_at(0, content));
    REQUIRE(target->open_file(entry.name, io::OpenMode::kCreateNew).value()->write_at(0, content));
  }
}

TEST_CASE("What was done to the folder of a replica by hand while the node was away") {
  SeveralDisks node;
  node.start();
  const Uuid topic = node.client().create_topic("t", 1, {}).value();
  CHECK(node.directories_of(topic, 1) == std::map<std::string, int>{{"/data", 1}});
  REQUIRE(node.produce(topic, 0, "kept") == ErrorCode::kNone);
  node.stop();
  SUBCASE("one that was moved stays where it is, and the controller hears of it") {
    {
      const auto host = node.somebody();
      copy_folder(*host, "t-0", "/data", "/third");
      REQUIRE(host->open_root("/data").value()->rename("t-0", "aside"));
    }
    node.start();
    node.world().run_for(5s);
    CHECK(node.directories_of(topic, 1) == std::map<std::string, int>{{"/third", 1}});
    CHECK(node.client().read_all(topic, 0).value().front().value == "kept");
  }
  SUBCASE("of two the one stays that the controller knows") {
    copy_folder(*node.somebody(), "t-0", "/data", "/third");
    node.start();
    CHECK(node.directories_of(topic, 1) == std::map<std::string, int>{{"/data", 1}});
    CHECK(node.client().read_all(topic, 0).value().front().value == "kept");
    CHECK(node.folders("/third").size() == 1);
    CHECK(node.folders("/third").front().ends_with("-stray"));
  }
  SUBCASE("of two that it does not know none is picked") {
    {
      const auto host = node.somebody();
      copy_folder(*host, "t-0", "/data", "/third");
      copy_folder(*host, "t-0", "/data", "/second");
      REQUIRE(host->open_root("/data").value()->rename("t-0", "aside"));
    }
    node.create();
    const auto started = node.process().start();
    REQUIRE(!started);
    CHECK(started.error().code == ErrorCode::kInvalidConfig);
    CHECK(started.error().message.starts_with("t-0 is in /second and in /third"));
  }
}

/// The topic "t", whose partitions each have these records; on all disks.
Uuid make_topic(SeveralDisks& node, const TopicSettings& settings, const std::vector<std::string>& values) {
  const Uuid topic = node.client().create_topic("t", kPartitions, settings).value();
  REQUIRE(node.directories_of(topic, kPartitions).size() == 3);
  for (std::int32_t i = 0; i < kPartitions; ++i) {
    for (const std::string& value : values)
      REQUIRE(node.produce(topic, i, value) == ErrorCode::kNone);
  }
  return topic;
}

/// The partitions of it that lie on the second disk.
std::set<std::int32_t> on_second(SeveralDisks& node, const Uuid& topic) {
  std::set<std::int32_t> found;
  for (std::int32_t i = 0; i < kPartitions; ++i) {
    if (node.directory_of(topic, i) == "/second") found.insert(i);
  }
  return found;
}

TEST_CASE("A directory whose disk fails goes offline; the others are served, and it comes back") {
  for (const std::size_t loops : {std::size_t{1}, std::size_t{2}}) {
    SeveralDisks node(loops);
    node.start();
    const Uuid topic = make_topic(node, {{"flush.messages", "1"}}, {"before"});
    const std::set<std::int32_t> lost = on_second(node, topic);
    break_disk(node.second);
    CHECK(node.produce(topic, *lost.begin(), "lost") == ErrorCode::kKafkaStorageError);
    node.world().run_for(1s);
    for (std::int32_t i = 0; i < kPartitions; ++i) {
      const bool is_lost = lost.contains(i);
      CHECK(node.produce(topic, i, "after") == (is_lost ? ErrorCode::kKafkaStorageError : ErrorCode::kNone));
      CHECK(node.leader_of(topic, i) == (is_lost ? metadata::kNoLeader : node.node().id()));
      const auto read = node.client().read_all(topic, i);
      CHECK(read.has_value() == !is_lost);
      if (!read) CHECK(read.error().code == ErrorCode::kKafkaStorageError);
    }
    // What is new goes elsewhere, what is deleted is gone.
    const Uuid other = node.client().create_topic("other", 4, {}).value();
    CHECK(node.directories_of(other, 4) == std::map<std::string, int>{{"/data", 2}, {"/third", 2}});
    node.stop();
    CHECK(node.is_marked("/data"));
    CHECK(node.is_marked("/third"));
    node.second.stop_failing();
    CHECK(!node.is_marked("/second"));
    node.start();
    for (std::int32_t i = 0; i < kPartitions; ++i) {
      CHECK(node.leader_of(topic, i) == node.node().id());
      const auto read = node.client().read_all(topic, i);
      REQUIRE(read);
      CHECK(read->front().value == "before");
      CHECK(node.produce(topic, i, "again") == ErrorCode::kNone);
    }
  }
}

TEST_CASE("A read that fails takes its directory offline as a write does") {
  SeveralDisks node;
  node.start();
  const Uuid topic = make_topic(node, {}, {"first", "second"});
  const std::set<std::int32_t> lost = on_second(node, topic);
  node.second.fail_reads(true);
  const auto failed = node.client().read_all(topic, *lost.begin());
  REQUIRE(!failed);
  CHECK(failed.error().code == ErrorCode::kKafkaStorageError);
  node.second.fail_reads(false);
  node.world().run_for(1s);
  for (std::int32_t i = 0; i < kPartitions; ++i) {
    CHECK(node.leader_of(topic, i) == (lost.contains(i) ? metadata::kNoLeader : node.node().id()));
    CHECK(node.client().read_all(topic, i).has_value() == !lost.contains(i));
  }
}

TEST_CASE("A topic that is deleted while one of its directories is offline is a stray there later") {
  SeveralDisks node;
  node.start();
  const Uuid topic = node.client().create_topic("t", 3, {{"flush.messages", "1"}}).value();
  REQUIRE(node.directories_of(topic, 3).size() == 3);
  break_disk(node.second);
  for (std::int32_t i = 0; i < 3; ++i) {
    if (node.directory_of(topic, i) == "/second")
      CHECK(node.produce(topic, i, "lost") == ErrorCode::kKafkaStorageError);
  }
  REQUIRE(node.client().delete_topic("t") == ErrorCode::kNone);
  const Uuid anew = node.client().create_topic("t", 3, {}).value();
  CHECK(node.directories_of(anew, 3) == std::map<std::string, int>{{"/data", 2}, {"/third", 1}});
  for (std::int32_t i = 0; i < 3; ++i) {
    CHECK(node.produce(anew, i, "new") == ErrorCode::kNone);
  }
  node.kill();
  node.second.stop_failing();
  node.start();
  for (std::int32_t i = 0; i < 3; ++i) {
    CHECK(node.client().read_all(anew, i).value().size() == 1);
  }
  CHECK(node.log().find("moved aside as t-") != std::string::npos);
}

TEST_CASE("The node ends when the directory of the metadata fails, or the last one") {
  SeveralDisks node(1, "metadata.log.dir=/third\n");
  node.start();
  const Uuid topic = node.client().create_topic("t", 3, {{"flush.messages", "1"}}).value();
  REQUIRE(node.directories_of(topic, 3).size() == 3);
  std::map<std::string, std::int32_t> partition_in;
  for (std::int32_t i = 0; i < 3; ++i) {
    partition_in[node.directory_of(topic, i)] = i;
  }
  break_disk(node.first);
  CHECK(node.produce(topic, partition_in["/data"], "lost") == ErrorCode::kKafkaStorageError);
  node.world().run_for(1s);
  CHECK(!node.process().failure());
  CHECK(node.produce(topic, partition_in["/second"], "kept") == ErrorCode::kNone);
  break_disk(node.third);
  CHECK(node.produce(topic, partition_in["/third"], "lost") != ErrorCode::kNone);
  node.world().run_for(1s);
  CHECK(node.process().failure());
}

TEST_CASE("A directory that cannot be read at the start is offline from then on") {
  SeveralDisks node;
  node.start();
  const Uuid topic = make_topic(node, {}, {"before"});
  const std::set<std::int32_t> lost = on_second(node, topic);
  node.stop();
  node.second.fail_reads(true);
  node.start();
  for (std::int32_t i = 0; i < kPartitions; ++i) {
    const bool is_lost = lost.contains(i);
    CHECK(node.produce(topic, i, "after") == (is_lost ? ErrorCode::kKafkaStorageError : ErrorCode::kNone));
    CHECK(node.leader_of(topic, i) == (is_lost ? metadata::kNoLeader : node.node().id()));
  }
  const Uuid other = node.client().create_topic("other", 2, {}).value();
  CHECK(node.directories_of(other, 2) == std::map<std::string, int>{{"/data", 1}, {"/third", 1}});
  node.stop();
  node.second.fail_reads(false);
  node.start();
  for (std::int32_t i = 0; i < kPartitions; ++i) {
    CHECK(node.produce(topic, i, "again") == ErrorCode::kNone);
    CHECK(node.client().read_all(topic, i).value().front().value == "before");
  }
}

/// A run on which the second disk fails for good, or is full, at its call of that number, 0 for never. Gives
/// how many calls the disk has seen.
io::sim::CallNumber run_with_failure(io::sim::DiskFault::Kind kind, io::sim::CallNumber call) {
  SeveralDisks node(1, "log.flush.offset.checkpoint.interval.ms=500\nlog.segment.bytes=1048576\n");
  if (call > 0) node.second.fail_at({.kind = kind, .call = call, .is_lasting = true});
  node.create();
  const bool has_started = node.process().start().has_value();
  std::map<std::int32_t, std::vector<std::string>> acknowledged;
  Uuid topic;
  if (has_started) {
    REQUIRE(node.client().connect());
    topic = node.client().create_topic("t", kPartitions, {{"flush.messages", "1"}}).value_or(Uuid());
    for (int round = 0; topic != Uuid() && round < 4; ++round) {
      for (std::int32_t i = 0; i < kPartitions; ++i) {
        const std::string value = std::to_string(round) + " of " + std::to_string(i);
        if (node.produce(topic, i, value) == ErrorCode::kNone) acknowledged[i].push_back(value);
      }
      node.world().run_for(1s);
    }
    CHECK(!node.process().failure());
    CHECK(acknowledged.size() >= 3);
    (void)node.client().create_topic("u", kPartitions, {});
    (void)node.client().delete_topic("u");
    node.stop();
  } else {
    // It was not even formatted.
    CHECK(node.second.has_failed());
  }
  const auto calls = node.second.calls();
  node.kill();
  node.second.stop_failing();
  if (!has_started) return calls;
  node.start();
  for (const auto& [partition, values] : acknowledged) {
    const auto read = node.client().read_all(topic, partition);
    REQUIRE(read);
    std::set<std::string> found;
    for (const ReadRecord& record : *read) {
      CHECK(found.insert(record.value).second);
    }
    for (const std::string& value : values) {
      CHECK_MESSAGE(found.contains(value), value << " is gone, call " << call);
    }
  }
  return calls;
}

TEST_CASE("Whenever a disk fails or fills up, the others are served and nothing acknowledged is lost") {
  const auto calls = run_with_failure(io::sim::DiskFault::Kind::kIoError, 0);
  REQUIRE(calls > 60);
  for (io::sim::CallNumber call = 1; call <= calls; ++call) {
    run_with_failure(io::sim::DiskFault::Kind::kIoError, call);
    if (call % 3 == 0) run_with_failure(io::sim::DiskFault::Kind::kNoSpace, call);
  }
}

}  // namespace
}  // namespace moldau::sim
