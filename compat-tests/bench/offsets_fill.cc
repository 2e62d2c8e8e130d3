#include "offsets_fill.h"

#include <algorithm>
#include <memory>
#include <string>
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

/// What is to be committed, and how far that is.
struct Work {
  io::uv::UvHost& host;
  const OffsetsShape& shape;
  Uuid topic_id;
  std::size_t next_group = 0;  ///< that nobody commits for yet
  std::size_t groups_done = 0;
};

/// One request under way: takes a group after the other.
class Committer {
 public:
  Committer(Work& work, BrokerPeer& peer) : work_(work), peer_(peer) {}

  void next_group() {
    if (work_.next_group == work_.shape.groups) return;
    group_ = work_.shape.group(work_.next_group++);
    first_partition_ = 0;
    offset_ = 0;
    send();
  }

 private:
  void send() {
    using Request = protocol::OffsetCommitRequest;
    Request request;
    request.group_id = GroupId(group_);
    auto& topic = request.topics.emplace_back();
    topic.topic_id = work_.topic_id;
    const std::int32_t end =
        std::min(first_partition_ + work_.shape.partitions_per_commit, work_.shape.partitions);
    for (std::int32_t partition = first_partition_; partition < end; ++partition) {
      auto& committed = topic.partitions.emplace_back();
      committed.partition_index = partition;
      committed.committed_offset = offset_;
      committed.committed_metadata = "";
    }
    first_partition_ = end;
    peer_.connection().send<protocol::OffsetCommitResponse>(request, Request::kVersions.highest,
                                                            [this](auto answer) { answered(answer); });
  }

  void answered(const Result<client::Answer<protocol::OffsetCommitResponse>>& answer) {
    if (!answer) die("committing", answer.error().message.c_str());
    for (const auto& committed : (*answer)->topics.at(0).partitions) {
      check_error("committing", committed.error_code);
    }
    if (first_partition_ == work_.shape.partitions) {
      first_partition_ = 0;
      ++offset_;
    }
    if (offset_ < work_.shape.commits) return send();
    if (++work_.groups_done == work_.shape.groups) return work_.host.stop();
    next_group();
  }

  Work& work_;
  BrokerPeer& peer_;
  std::string group_;
  std::int32_t first_partition_ = 0;  ///< of the next request
  std::int64_t offset_ = 0;           ///< that the next request commits
};

}  // namespace

Mode add_fill_offsets(CLI::App& app) {
  const auto fill = std::make_shared<OffsetsFill>();
  CLI::App& command = *app.add_subcommand("fill-offsets", "Fill __consumer_offsets for load-offsets");
  add_broker(command, fill->address);
  add_offsets_shape(command, fill->shape);
  return {&command, [fill] { bench::run(*fill); }};
}

void run(const OffsetsFill& fill) {
  io::uv::UvHost host(1);
  const Batch batch = batch_of({.batch_bytes = 1, .record_bytes = 1024}, host.loop(0).clock().wall_ms());
  Work work{.host = host,
            .shape = fill.shape,
            .topic_id =
                create_led_topic(host, fill.address, {fill.shape.topic, fill.shape.partitions}, batch.bytes)};
  for (std::size_t i = 0; i < fill.shape.groups; ++i) {
    await_coordinator(host, fill.address, fill.shape.group(i));
  }
  if (fill.shape.commits == 0) return;
  std::vector<std::unique_ptr<BrokerPeer>> peers;
  std::vector<std::unique_ptr<Committer>> committers;
  for (std::size_t i = 0; i < fill.connections; ++i) {
    peers.push_back(std::make_unique<BrokerPeer>(host, fill.address));
    for (std::size_t j = 0; j < fill.under_way; ++j) {
      committers.push_back(std::make_unique<Committer>(work, *peers.back()));
      committers.back()->next_group();
    }
  }
  while (work.groups_done < fill.shape.groups) {
    host.run();
  }
}

}  // namespace moldau::bench
