#include "offsets_loading.h"

#include <cstdio>
#include <memory>
#include <optional>

#include <unistd.h>

#include "broker_peer.h"
#include "child.h"
#include "io/uv/host.h"
#include "mode.h"
#include "protocol/messages/offset_fetch_request.h"
#include "protocol/messages/offset_fetch_response.h"
#include "stretch.h"

namespace moldau::bench {
namespace {

constexpr auto kPatience = std::chrono::seconds(300);
constexpr useconds_t kBackoffMicroseconds = 10'000;
/// The last version with names of topics.
constexpr std::int16_t kVersion = 9;

/// The group's last offset, or nothing while its coordinator does not know it.
std::optional<std::int64_t> committed_offset(BrokerPeer& peer, const OffsetsShape& shape,
                                             const std::string& group_id) {
  protocol::OffsetFetchRequest request;
  auto& group = request.groups.emplace_back();
  group.group_id = GroupId(group_id);
  auto& topic = group.topics->emplace_back();
  topic.name = TopicName(shape.topic);
  topic.partition_indexes.push_back(shape.partitions - 1);
  const auto answer = peer.ask<protocol::OffsetFetchResponse>(request, kVersion);
  const auto& found = answer->groups.at(0);
  if (found.error_code == ErrorCode::kCoordinatorLoadInProgress ||
      found.error_code == ErrorCode::kNotCoordinator) {
    return std::nullopt;
  }
  check_error("OffsetFetch", found.error_code);
  const auto& partition = found.topics.at(0).partitions.at(0);
  check_error("OffsetFetch", partition.error_code);
  return partition.committed_offset;
}

void await_offsets(io::uv::UvHost& host, const OffsetsLoading& loading) {
  BrokerPeer peer(host, loading.address);
  const Instant last = host.loop(0).clock().now() + kPatience;
  for (std::size_t i = 0; i < loading.shape.groups; ++i) {
    const std::string group = loading.shape.group(i);
    auto offset = committed_offset(peer, loading.shape, group);
    for (; !offset; offset = committed_offset(peer, loading.shape, group)) {
      if (host.loop(0).clock().now() > last) die("loading offsets", "not done in time");
      ::usleep(kBackoffMicroseconds);
    }
    if (*offset != loading.shape.last_offset()) die("loading offsets", "not what was committed last");
  }
}

}  // namespace

Mode add_load_offsets(CLI::App& app) {
  const auto loading = std::make_shared<OffsetsLoading>();
  CLI::App& command =
      *app.add_subcommand("load-offsets", "Time a broker from exec until it knows all committed offsets");
  add_broker(command, loading->address);
  add_offsets_shape(command, loading->shape);
  command.add_option("--ready", loading->ready, "What its line has in it when it is ready");
  command.add_option("command", loading->command, "The program and its arguments")->required();
  return {&command, [loading] { bench::run(*loading); }};
}

void run(const OffsetsLoading& loading) {
  io::uv::UvHost host(1);
  const io::Clock& clock = host.loop(0).clock();
  const Mark begin = mark_now(clock, std::nullopt);
  Child broker(loading.command);
  broker.wait_for(loading.ready);
  const Instant ready = clock.now();
  await_offsets(host, loading);
  const Stretch stretch(begin, mark_now(clock, broker.id()));
  const MemoryUse memory = memory_of(broker.id());
  broker.stop();
  std::printf(R"({"ready_ms": %.1f, "loaded_ms": %.1f, "peak_rss_mib": %.1f, %s})"
              "\n",
              milliseconds(ready - begin.at), stretch.wall_seconds() * 1e3,
              static_cast<double>(memory.peak_resident_bytes) / (1 << 20), stretch.fields().c_str());
}

}  // namespace moldau::bench
