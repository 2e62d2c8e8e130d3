#include "api/describe_log_dirs.h"

#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/config_resources.h"
#include "runtime/layered_config.h"
#include "runtime/offload.h"
#include "runtime/partition_table.h"
#include "runtime/shards.h"

namespace moldau::api {
namespace {

using DirResult = protocol::DescribeLogDirsResponse::DescribeLogDirsResult;
using PartitionResult = protocol::DescribeLogDirsResponse::DescribeLogDirsPartition;
using Sizes = std::vector<runtime::PartitionTable::LogSize>;

runtime::Task<Sizes> sizes_on_all_shards(Context& context) {
  Sizes all;
  for (std::size_t i = 0; i < context.node.shards().count(); ++i) {
    const runtime::ShardId id(static_cast<std::uint32_t>(i));
    runtime::PartitionTable& table = context.node.partitions(id);
    auto some = co_await runtime::on_shard<Sizes>(
        context.shard, context.node.shards()[id],
        [&table]() -> runtime::Task<Sizes> { co_return table.log_sizes(); });
    all.insert(all.end(), std::move_iterator(some.begin()), std::move_iterator(some.end()));
  }
  co_return all;
}

/// The partitions that a request asks for.
class Wanted {
 public:
  explicit Wanted(const protocol::DescribeLogDirsRequest& request) : takes_all_(!request.topics) {
    if (takes_all_) return;
    for (const auto& topic : *request.topics) {
      names_[std::string(topic.topic.value())].insert(topic.partitions.begin(), topic.partitions.end());
    }
  }

  bool contains(const log::PartitionName& name) const {
    if (takes_all_) return true;
    const auto found = names_.find(name.topic);
    return found != names_.end() && found->second.contains(name.partition);
  }

 private:
  bool takes_all_;
  std::map<std::string, std::set<std::int32_t>> names_;
};

runtime::Task<DirResult> describe(Context& context, const runtime::LogDir& dir, bool is_cordoned,
                                  std::map<std::string, std::vector<PartitionResult>> topics) {
  DirResult result;
  result.log_dir = context.keep(dir.path);
  const auto space = co_await runtime::run_in_lane(context.shard, dir.sync_lane,
                                                   [folder = dir.folder] { return folder->space(); });
  if (!space) {
    result.error_code = space.error().code;
    co_return result;
  }
  result.total_bytes = space->total_bytes;
  result.usable_bytes = space->usable_bytes;
  result.is_cordoned = is_cordoned;
  for (auto& [name, partitions] : topics) {
    auto& topic = result.topics.emplace_back();
    topic.name = TopicName(context.keep(name));
    topic.partitions = std::move(partitions);
  }
  co_return result;
}

}  // namespace

runtime::Task<protocol::DescribeLogDirsResponse> describe_log_dirs(
    Context& context, const protocol::DescribeLogDirsRequest& request) {
  const std::span<const runtime::LogDir> dirs = context.node.log_dirs();
  std::vector<std::map<std::string, std::vector<PartitionResult>>> topics(dirs.size());
  const Wanted wanted(request);
  for (const auto& size : co_await sizes_on_all_shards(context)) {
    if (!wanted.contains(size.name)) continue;
    topics[size.log_dir][size.name.topic].push_back({.partition_index = size.name.partition,
                                                     .partition_size = size.size_bytes,
                                                     .offset_lag = size.offset_lag,
                                                     .is_future_key = size.is_copy,
                                                     .unknown_tags = {}});
  }
  runtime::LayeredConfig layered(context.node.config());
  const std::vector<bool> cordoned = config_in_force(context, layered).node.cordoned();
  // Below that level the controller heeds none (KIP-1066).
  const auto& level = context.cluster->image.metadata_version;
  const bool is_heeded = level && level->supports_cordoned_directories();
  protocol::DescribeLogDirsResponse response;
  for (std::size_t i = 0; i < dirs.size(); ++i) {
    if (context.node.partitions(context.shard.id()).is_offline(i)) {
      auto& result = response.results.emplace_back();
      result.log_dir = context.keep(dirs[i].path);
      result.error_code = ErrorCode::kKafkaStorageError;
      continue;
    }
    response.results.push_back(
        co_await describe(context, dirs[i], is_heeded && cordoned[i], std::move(topics[i])));
  }
  co_return response;
}

}  // namespace moldau::api
