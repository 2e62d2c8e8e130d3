#include "api/alter_replica_log_dirs.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/config_resources.h"
#include "log/partition_name.h"
#include "runtime/layered_config.h"
#include "runtime/partition_table.h"

namespace moldau::api {
namespace {

using protocol::AlterReplicaLogDirsResponse;

/// Where each replica is to go; of a replica that is named twice the last wish counts.
std::map<log::PartitionName, std::string_view> wishes(const protocol::AlterReplicaLogDirsRequest& request) {
  std::map<log::PartitionName, std::string_view> wanted;
  for (const auto& dir : request.dirs) {
    for (const auto& topic : dir.topics) {
      for (const std::int32_t partition : topic.partitions) {
        wanted[{std::string(topic.name.value()), partition}] = dir.path;
      }
    }
  }
  return wanted;
}

/// Whether the name of the copy's folder is one that a folder can have.
bool fits(const log::PartitionName& name) {
  constexpr std::size_t kLongestName = 255;
  return log::format_folder_name(name, log::FolderKind::kFuture, Uuid()).size() <= kLongestName;
}

runtime::Task<ErrorCode> move_one(Context& context, const log::PartitionName& name, std::string_view path,
                                  const std::vector<bool>& cordoned) {
  if (!fits(name)) co_return ErrorCode::kInvalidTopicException;
  const auto dirs = context.node.log_dirs();
  const auto found = std::ranges::find(dirs, path, &runtime::LogDir::path);
  if (found == dirs.end()) co_return ErrorCode::kLogDirNotFound;
  const auto log_dir = static_cast<std::size_t>(found - dirs.begin());
  if (context.node.partitions(context.shard.id()).is_offline(log_dir)) {
    co_return ErrorCode::kKafkaStorageError;
  }
  if (cordoned[log_dir]) co_return ErrorCode::kInvalidReplicaAssignment;
  co_return co_await context.node.move_replica(context.shard, name, log_dir);
}

}  // namespace

runtime::Task<AlterReplicaLogDirsResponse> alter_replica_log_dirs(
    Context& context, const protocol::AlterReplicaLogDirsRequest& request) {
  runtime::LayeredConfig layered(context.node.config());
  const std::vector<bool> cordoned = config_in_force(context, layered).node.cordoned();
  AlterReplicaLogDirsResponse response;
  for (const auto& [name, path] : wishes(request)) {
    const ErrorCode outcome = co_await move_one(context, name, path, cordoned);
    const bool is_same_topic =
        !response.results.empty() && response.results.back().topic_name.value() == name.topic;
    if (!is_same_topic) {
      response.results.emplace_back().topic_name = TopicName(context.keep(name.topic));
    }
    response.results.back().partitions.push_back(
        {.partition_index = name.partition, .error_code = outcome, .unknown_tags = {}});
  }
  co_return response;
}

}  // namespace moldau::api
