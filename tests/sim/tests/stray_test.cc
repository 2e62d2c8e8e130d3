// Replicas that the cluster does not place on the node are moved aside at its start.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "io/sim/host.h"
#include "log/meta_properties.h"
#include "log/partition_metadata_file.h"
#include "tests/sim/broker_process.h"
#include "tests/sim/run_log.h"
#include "tests/sim/script_client.h"

namespace moldau::sim {
namespace {

void add_replica(io::Directory& log_dir, const std::string& folder_name, const Uuid& topic_id) {
  REQUIRE(log_dir.create_directory(folder_name));
  const auto folder = log_dir.open_directory(folder_name).value();
  const auto file = folder->open_file("partition.metadata", io::OpenMode::kCreate).value();
  REQUIRE(file->write_at(0, as_bytes(log::format_partition_metadata(topic_id))));
  REQUIRE(folder->open_file("00000000000000000000.log", io::OpenMode::kCreate));
}

std::vector<std::string> folders(io::Directory& log_dir) {
  std::vector<std::string> names;
  for (const io::DirectoryEntry& entry : log_dir.list().value()) {
    if (entry.is_directory) names.push_back(entry.name);
  }
  return names;
}

TEST_CASE("A replica of an unknown topic, of a former topic of the name or of no partition is moved aside") {
  io::sim::World world(1);
  const RunLog log(world);
  io::sim::Disk disk(world.seed(), "broker disk");
  auto process = std::make_unique<BrokerProcess>(world, disk, BrokerProcess::Settings{});
  REQUIRE(process->start());
  ScriptClient client(world, [] { return true; });
  REQUIRE(client.connect());
  REQUIRE(*client.create_topic("known", 2, {}) != Uuid());
  client.disconnect();
  REQUIRE(process->stop());
  process.reset();
  {
    io::sim::SimHost host(world, disk, {.name = "somebody"});
    const auto log_dir = host.open_root(BrokerProcess::kDataPath).value();
    add_replica(*log_dir, "unknown-0", Uuid{7, 7});
    add_replica(*log_dir, "known-5", Uuid{8, 8});
    REQUIRE(log_dir->rename("known-1", "aside"));
    add_replica(*log_dir, "known-1", Uuid{9, 9});
  }
  process = std::make_unique<BrokerProcess>(world, disk, BrokerProcess::Settings{});
  const auto started = process->start();
  REQUIRE_MESSAGE(started, log.text());
  process.reset();
  io::sim::SimHost host(world, disk, {.name = "somebody"});
  const auto log_dir = host.open_root(BrokerProcess::kDataPath).value();
  const auto left = folders(*log_dir);
  const auto strays =
      std::ranges::count_if(left, [](const std::string& name) { return name.ends_with("-stray"); });
  CHECK(strays == 3);
  for (const char* name : {"known-0", "known-1", "__cluster_metadata-0"}) {
    CHECK(std::ranges::find(left, name) != left.end());
  }
  CHECK(std::ranges::find(left, "unknown-0") == left.end());
  CHECK(std::ranges::find(left, "known-5") == left.end());
}

TEST_CASE("A directory without an id, of releases before 3.7, gets one that stays") {
  io::sim::World world(1);
  const RunLog log(world);
  io::sim::Disk disk(world.seed(), "broker disk");
  std::vector<Uuid> ids;
  for (int start = 0; start < 3; ++start) {
    auto process = std::make_unique<BrokerProcess>(world, disk, BrokerProcess::Settings{});
    const auto started = process->start();
    REQUIRE_MESSAGE(started, log.text());
    ids.push_back(process->broker().node().log_dirs().front().identity.directory_id.value());
    REQUIRE(process->stop());
    process.reset();
    if (start > 0) continue;
    io::sim::SimHost host(world, disk, {.name = "somebody"});
    const auto log_dir = host.open_root(BrokerProcess::kDataPath).value();
    auto identity = log::read_meta_properties(*log_dir).value().value();
    identity.directory_id.reset();
    REQUIRE(log::write_meta_properties(*log_dir, identity, world.wall_ms()));
  }
  CHECK(ids[1] != ids[0]);
  CHECK(ids[2] == ids[1]);
}

}  // namespace
}  // namespace moldau::sim
