#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "protocol/records/builder.h"
#include "tests/sim/broker_process.h"
#include "tests/sim/run_log.h"
#include "tests/sim/script_client.h"

namespace moldau::sim {

/// A broker with the topic "t" of one partition, and a client.
class Upkeep {
 public:
  explicit Upkeep(const TopicSettings& topic_settings, std::string properties = {})
      : properties_(std::move(properties)) {
    restart();
    REQUIRE(process_->start());
    client_ = std::make_unique<ScriptClient>(world_, [] { return true; });
    REQUIRE(client_->connect());
    topic_ = client_->create_topic("t", 1, topic_settings).value();
    producer_ = {.producer_id = client_->new_producer_id().value(), .epoch = 0, .sequence = 0};
  }

  /// A new process on the same disk, not started yet.
  void restart() {
    process_ =
        std::make_unique<BrokerProcess>(world_, disk_, BrokerProcess::Settings{.properties = properties_});
  }

  void produce(const std::string& value) {
    send(batch_of({value}, world_.wall_ms(), producer_));
    ++producer_.sequence;
  }

  /// A record with a key; without a value it is a tombstone.
  void produce(const std::string& key, const std::optional<std::string>& value) {
    records::BatchBuilder builder({});
    builder.append({.timestamp_ms = world_.wall_ms(),
                    .key = as_bytes(key),
                    .value = value ? std::optional(as_bytes(*value)) : std::nullopt});
    send(std::move(builder).build());
  }

  /// Starts again behind a kill, or a power cut.
  void end_and_start(bool power_is_cut) {
    client_->disconnect();
    process_.reset();
    if (power_is_cut) disk_.cut_power();
    restart();
    REQUIRE(process_->start());
    REQUIRE(client_->connect());
  }

  /// The names of the files of the partition that end with `suffix`.
  std::vector<std::string> files(std::string_view suffix) {
    std::vector<std::string> names;
    for (const io::DirectoryEntry& entry : log().directory().list().value()) {
      if (entry.name.ends_with(suffix)) names.push_back(entry.name);
    }
    return names;
  }

  ScriptClient& client() { return *client_; }
  const Uuid& topic() const { return topic_; }

  log::PartitionLog& log() {
    return process_->broker().node().partitions(runtime::ShardId(0)).find(topic_, 0).value()->log();
  }

  io::sim::World& world() { return world_; }
  io::sim::Disk& disk() { return disk_; }
  std::unique_ptr<BrokerProcess>& process() { return process_; }

 private:
  void send(const Buffer& batch) {
    std::optional<ScriptClient::Produced> produced;
    client_->produce(topic_, 0, batch, 0,
                     [&](std::optional<ScriptClient::Produced> answer) { produced = answer; });
    REQUIRE(world_.run_until([&] { return produced.has_value(); }, std::chrono::seconds(10)));
    REQUIRE(produced->error == ErrorCode::kNone);
  }

  std::string properties_;
  io::sim::World world_{1};
  RunLog run_log_{world_};
  io::sim::Disk disk_{world_.seed(), "broker disk"};
  std::unique_ptr<BrokerProcess> process_;
  std::unique_ptr<ScriptClient> client_;
  Uuid topic_;
  ProducerPlace producer_;
};

}  // namespace moldau::sim
