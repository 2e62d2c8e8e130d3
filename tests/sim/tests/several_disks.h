#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "log/clean_shutdown_marker.h"
#include "tests/sim/broker_process.h"
#include "tests/sim/run_log.h"
#include "tests/sim/script_client.h"

namespace moldau::sim {

/// A broker with the metadata and some replicas on a first disk, /data, and others on /second and /third.
class SeveralDisks {
 public:
  explicit SeveralDisks(std::size_t loop_count = 1, std::string properties = {}, std::uint64_t seed = 1)
      : world_(seed),
        settings_{.loop_count = loop_count,
                  .properties = "log.dirs=/data,/second,/third\n" + std::move(properties),
                  .mounts = {{"/second", &second}, {"/third", &third}}} {}

  void create() { process_ = std::make_unique<BrokerProcess>(world_, first, settings_); }

  void start() {
    create();
    const auto started = process_->start();
    REQUIRE_MESSAGE(started, log_.text());
    REQUIRE(client_.connect());
  }

  void stop() {
    client_.disconnect();
    REQUIRE(process_->stop());
    process_.reset();
  }

  void kill() {
    client_.disconnect();
    process_.reset();
  }

  /// The path of the directory in which the controller has the replica; empty for none of them.
  std::string directory_of(const Uuid& topic, std::int32_t partition) {
    const auto view = node().cluster_view(node().shards()[runtime::ShardId(0)]);
    const metadata::Topic* known = view->image.topic(topic);
    if (known == nullptr || known->find(partition) == nullptr) return {};
    const Uuid id = known->find(partition)->directory_of(node().id());
    for (const runtime::LogDir& dir : node().log_dirs()) {
      if (dir.identity.directory_id == id) return dir.path;
    }
    return {};
  }

  BrokerId leader_of(const Uuid& topic, std::int32_t partition) {
    return node()
        .cluster_view(node().shards()[runtime::ShardId(0)])
        ->image.topic(topic)
        ->find(partition)
        ->leader;
  }

  /// How many replicas of the topic each directory has, once the controller knows of all.
  std::map<std::string, int> directories_of(const Uuid& topic, std::int32_t partitions) {
    std::map<std::string, int> counts;
    world_.run_until(
        [&] {
          counts.clear();
          for (std::int32_t i = 0; i < partitions; ++i) {
            ++counts[directory_of(topic, i)];
          }
          return !counts.contains("");
        },
        std::chrono::seconds(10));
    return counts;
  }

  ErrorCode produce(const Uuid& topic, std::int32_t partition, const std::string& value) {
    const auto outcome = std::make_shared<std::optional<ErrorCode>>();
    client_.produce(topic, partition, batch_of({value}, world_.wall_ms(), {}), 0,
                    [outcome](std::optional<ScriptClient::Produced> answer) {
                      *outcome = answer ? answer->error : ErrorCode::kNetworkException;
                    });
    world_.run_until([&] { return *outcome || !process_->is_alive() || process_->failure(); },
                     std::chrono::seconds(30));
    return outcome->value_or(ErrorCode::kNetworkException);
  }

  /// Somebody else at the machine, while the node does not run.
  std::unique_ptr<io::sim::SimHost> somebody() {
    return std::make_unique<io::sim::SimHost>(
        world_, first, io::sim::SimHost::Options{.name = "somebody", .mounts = settings_.mounts});
  }

  /// Whether a directory has the mark of a clean stop. While the node does not run.
  bool is_marked(const std::string& path) {
    return log::read_clean_shutdown(*somebody()->open_root(path).value()).value().is_marked;
  }

  /// The folders in a directory but that of the metadata. While the node does not run, or by its own eyes.
  std::vector<std::string> folders(const std::string& path) {
    std::unique_ptr<io::sim::SimHost> host;
    std::shared_ptr<io::Directory> dir;
    if (process_ == nullptr) {
      host = somebody();
      dir = host->open_root(path).value();
    } else {
      for (const runtime::LogDir& log_dir : node().log_dirs()) {
        if (log_dir.path == path) dir = log_dir.folder;
      }
    }
    std::vector<std::string> names;
    for (const io::DirectoryEntry& entry : dir->list().value()) {
      if (entry.is_directory && !entry.name.starts_with("__")) names.push_back(entry.name);
    }
    return names;
  }

  runtime::Node& node() { return process_->broker().node(); }
  ScriptClient& client() { return client_; }
  io::sim::World& world() { return world_; }
  BrokerProcess& process() { return *process_; }
  BrokerProcess::Settings& settings() { return settings_; }
  std::string log() const { return log_.text(); }

 private:
  io::sim::World world_;

 public:
  io::sim::Disk first{world_.seed(), "first disk"};
  io::sim::Disk second{world_.seed(), "second disk"};
  io::sim::Disk third{world_.seed(), "third disk"};

 private:
  RunLog log_{world_};
  BrokerProcess::Settings settings_;
  std::unique_ptr<BrokerProcess> process_;
  ScriptClient client_{world_, [this] { return process_ != nullptr && !process_->failure(); }};
};

/// From now on each call to the disk fails.
inline void break_disk(io::sim::Disk& disk) {
  disk.fail_at({.kind = io::sim::DiskFault::Kind::kIoError, .call = disk.calls() + 1, .is_lasting = true});
}

}  // namespace moldau::sim
