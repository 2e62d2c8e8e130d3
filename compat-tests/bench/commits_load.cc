#include "commits_load.h"

#include <cstdio>
#include <memory>
#include <vector>

#include "batches.h"
#include "broker_peer.h"
#include "coordinator.h"
#include "first_writes.h"
#include "io/uv/host.h"
#include "mode.h"
#include "protocol/messages/offset_commit_request.h"
#include "protocol/messages/offset_commit_response.h"

namespace moldau::bench {
namespace {

/// One connection with its group.
class Committer {
 public:
  /// `group` outlives it.
  Committer(io::uv::UvHost& host, const CommitsLoad& load, Meter& meter, const std::string& group,
            const Uuid& topic_id)
      : host_(host), load_(load), meter_(meter), peer_(host, load.address) {
    request_.group_id = GroupId(group);
    auto& topic = request_.topics.emplace_back();
    topic.topic_id = topic_id;
    topic.partitions.emplace_back().committed_metadata = "";
  }

  void begin() {
    for (std::size_t i = 0; i < load_.under_way; ++i) {
      send();
    }
  }

 private:
  void send() {
    using Request = protocol::OffsetCommitRequest;
    auto& committed = request_.topics[0].partitions[0];
    committed.partition_index = static_cast<std::int32_t>(offset_ % load_.partitions);
    committed.committed_offset = offset_++;
    peer_.connection().send<protocol::OffsetCommitResponse>(
        request_, Request::kVersions.highest,
        [this, partition = committed.partition_index](auto answer) { answered(answer, partition); });
  }

  void answered(const Result<client::Answer<protocol::OffsetCommitResponse>>& answer,
                std::int32_t partition) {
    if (!answer) die("committing", answer.error().message.c_str());
    const auto& committed = (*answer)->topics.at(0).partitions.at(0);
    check_error("committing", committed.error_code);
    if (committed.partition_index != partition) die("committing", "the answer of another partition");
    meter_.count(1);
    meter_.is_done() ? host_.stop() : send();
  }

  io::uv::UvHost& host_;
  const CommitsLoad& load_;
  Meter& meter_;
  BrokerPeer peer_;
  protocol::OffsetCommitRequest request_;
  std::int64_t offset_ = 0;
};

}  // namespace

Mode add_commits(CLI::App& app) {
  const auto load = std::make_shared<CommitsLoad>();
  CLI::App& command = *app.add_subcommand("commits", "Commit offsets of no group's members");
  add_broker(command, load->address);
  add_process(command, load->meter.process);
  command.add_option("--topic", load->topic, "Name of the topic, which is created");
  command.add_option("--partitions", load->partitions, "Partitions")->check(CLI::PositiveNumber);
  command.add_option("--connections", load->connections, "Connections, and groups");
  command.add_option("--under-way", load->under_way, "Requests under way a connection");
  command.add_option("--warm-up-seconds", load->meter.warm_up_seconds,
                     "Seconds before the measurement, at least");
  command.add_option("--warm-up-requests", load->meter.warm_up, "Requests before the measurement, at least");
  command.add_option("--requests", load->meter.measured, "Requests to measure")
      ->required()
      ->check(CLI::PositiveNumber);
  return {&command, [load] { bench::run(*load); }};
}

void run(const CommitsLoad& load) {
  io::uv::UvHost host(1);
  const Batch batch = batch_of({.batch_bytes = 1, .record_bytes = 1024}, host.loop(0).clock().wall_ms());
  const Uuid topic_id = create_led_topic(host, load.address, {load.topic, load.partitions}, batch.bytes);
  std::vector<std::string> groups;
  for (std::size_t i = 0; i < load.connections; ++i) {
    groups.push_back("committer-" + std::to_string(i));
    await_coordinator(host, load.address, groups.back());
  }
  Meter meter(host.loop(0).clock(), load.meter);
  std::vector<std::unique_ptr<Committer>> committers;
  for (const std::string& group : groups) {
    committers.push_back(std::make_unique<Committer>(host, load, meter, group, topic_id));
  }
  for (const auto& committer : committers) {
    committer->begin();
  }
  while (!meter.is_done()) {
    host.run();
  }
  const Stretch stretch = meter.stretch();
  const auto requests = static_cast<double>(meter.amount());
  std::printf(R"({"requests": %llu, "cpu_us_per_commit": %.2f, "commits_per_s": %.0f, %s})"
              "\n",
              static_cast<unsigned long long>(meter.amount()), stretch.cpu_seconds() * 1e6 / requests,
              requests / stretch.wall_seconds(), stretch.fields().c_str());
}

}  // namespace moldau::bench
