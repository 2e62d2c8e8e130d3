#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {

/// A topic of one partition in /data, with what was acknowledged of it.
class Moving {
 public:
  explicit Moving(SeveralDisks& node, const TopicSettings& settings = {}) : node_(node) {
    topic_ = node.client().create_topic("t", 1, settings).value_or(Uuid());
    REQUIRE(topic_ != Uuid());
    REQUIRE(node.directories_of(topic_, 1) == std::map<std::string, int>{{"/data", 1}});
  }

  void produce(int count, std::size_t padding_bytes = 0) {
    for (int i = 0; i < count; ++i) {
      const std::string value = std::to_string(values_++) + std::string(padding_bytes, '.');
      if (node_.produce(topic_, 0, value) == ErrorCode::kNone) acknowledged_.push_back(value);
    }
  }

  /// Produces until the controller has the replica in that directory and its folder is there.
  void produce_until_in(const std::string& path) {
    for (int i = 0; i < 200 && !is_in(path); ++i) {
      produce(1);
      node_.world().run_for(std::chrono::milliseconds(20));
    }
    CHECK_MESSAGE(is_in(path), node_.log());
  }

  bool is_in(const std::string& path) {
    const auto folders = node_.folders(path);
    return node_.directory_of(topic_, 0) == path && std::ranges::find(folders, "t-0") != folders.end();
  }

  /// All that was acknowledged is there once, in order.
  void check() {
    const auto read = node_.client().read_all(topic_, 0);
    REQUIRE(read);
    std::vector<std::string> found;
    for (const ReadRecord& record : *read) {
      if (std::ranges::find(acknowledged_, record.value) != acknowledged_.end())
        found.push_back(record.value);
    }
    CHECK(found == acknowledged_);
    CHECK(read->size() <= static_cast<std::size_t>(values_));
  }

  ErrorCode move_to(const std::string& path) {
    return node_.client().move_replica("t", 0, path).value_or(ErrorCode::kNetworkException);
  }

  const Uuid& topic() const { return topic_; }
  std::size_t acknowledged() const { return acknowledged_.size(); }

 private:
  SeveralDisks& node_;
  Uuid topic_;
  int values_ = 0;
  std::vector<std::string> acknowledged_;
};

enum class Ending { kKill, kPowerCut, kFailure };

struct MoveOutcome {
  io::sim::CallNumber calls = 0;  ///< to the disk of the fault, from the request on
  std::map<io::sim::DiskSite, std::uint64_t> sites = {};
};

inline void add_sites(SeveralDisks& node, std::map<io::sim::DiskSite, std::uint64_t>& sites) {
  for (io::sim::Disk* disk : {&node.first, &node.second, &node.third})
    sites.insert(disk->sites().begin(), disk->sites().end());
}

/// A move on which a fault comes at that call to one of the disks, counted from the request on; 0: none.
/// Gives how many calls there were. All that was acknowledged is there at the end.
inline MoveOutcome run_move(Ending ending, bool at_target, io::sim::CallNumber call) {
  SeveralDisks node;
  // Not the metadata's disk: the node would end with it.
  node.settings().properties += "metadata.log.dir=/third\n";
  node.start();
  // A kill leaves what was written, so that no acknowledgement needs to wait for the disk.
  const std::string flush_messages = ending == Ending::kKill ? "1000000" : "1";
  Moving moving(
      node,
      {{"flush.messages", flush_messages}, {"segment.bytes", "1048576"}, {"file.delete.delay.ms", "200"}});
  moving.produce(3, 1000);
  io::sim::Disk& disk = at_target ? node.second : node.first;
  const auto calls_before = disk.calls();
  const bool is_crash = ending == Ending::kKill || ending == Ending::kPowerCut;
  if (call > 0) {
    disk.fail_at({.kind = is_crash ? io::sim::DiskFault::Kind::kCrash : io::sim::DiskFault::Kind::kIoError,
                  .call = calls_before + call,
                  .is_lasting = !is_crash});
  }
  (void)moving.move_to("/second");
  // Without a pause, so that some come while the copy takes the log's place.
  for (int i = 0; i < 60 && node.process().is_alive(); ++i) {
    moving.produce(1);
  }
  const auto calls = disk.calls() - calls_before;
  if (node.process().is_alive() && !is_crash && call > 0) {
    CHECK(!node.process().failure());
    node.stop();
  } else {
    node.kill();
  }
  if (ending == Ending::kPowerCut) {
    for (io::sim::Disk* each : {&node.first, &node.second, &node.third})
      each->cut_power();
  }
  disk.stop_failing();
  node.start();
  node.world().run_for(std::chrono::seconds(1));
  moving.check();
  moving.produce_until_in(moving.is_in("/second") ? "/second" : node.directory_of(moving.topic(), 0));
  moving.check();
  const auto folders = node.folders("/second");
  const auto strays =
      std::ranges::count_if(folders, [](const std::string& name) { return name.ends_with("-stray"); });
  // Where a disk failed both may have the replica.
  if (is_crash) CHECK(strays == 0);
  MoveOutcome outcome{.calls = calls};
  add_sites(node, outcome.sites);
  return outcome;
}

/// A process that ends when the controller knows of the target, and another that does not find the source any
/// more. Gives how many places of the program have changed the disks; `sites` gets them.
inline std::size_t run_without_source(std::map<io::sim::DiskSite, std::uint64_t>* sites = nullptr) {
  SeveralDisks node;
  node.settings().properties += "metadata.log.dir=/third\n";
  node.start();
  Moving moving(node, {{"file.delete.delay.ms", "200"}});
  (void)moving.move_to("/second");
  moving.produce_until_in("/second");
  node.world().run_for(std::chrono::seconds(1));
  (void)moving.move_to("/data");
  REQUIRE(node.world().run_until([&] { return node.directory_of(moving.topic(), 0) == "/data"; },
                                 std::chrono::seconds(10)));
  node.kill();
  REQUIRE(node.folders("/data").back().ends_with("-future"));
  node.second.fail_reads(true);
  node.start();
  moving.check();
  CHECK(moving.is_in("/data"));
  node.kill();
  // What comes back is not taken for the replica.
  node.second.fail_reads(false);
  node.start();
  moving.check();
  CHECK(node.folders("/second").front().ends_with("-stray"));
  std::map<io::sim::DiskSite, std::uint64_t> all;
  add_sites(node, all);
  if (sites != nullptr) sites->insert(all.begin(), all.end());
  return all.size();
}

}  // namespace moldau::sim
