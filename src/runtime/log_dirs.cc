#include "runtime/log_dirs.h"

#include <algorithm>
#include <span>
#include <utility>

#include "log/clean_shutdown_marker.h"
#include "log/file_names.h"
#include "log/log_directory.h"
#include "metadata/decision.h"
#include "observe/log.h"

namespace moldau::runtime {
namespace {

constexpr std::string_view kLockName = ".lock";

Result<LogDir> open_log_dir(io::Host& host, const std::string& path) {
  auto folder = host.open_root(path);
  if (!folder) return fail(folder.error());
  LogDir dir;
  dir.folder = std::move(*folder);
  dir.path = dir.folder->path();
  auto lock = dir.folder->lock(kLockName);
  if (!lock) return fail(lock.error());
  dir.lock = std::move(*lock);
  auto identity = log::read_meta_properties(*dir.folder);
  if (!identity) return fail(identity.error());
  if (!*identity) {
    return fail(ErrorCode::kInvalidConfig,
                path + " is not formatted: run `moldau storage format` with a cluster id first");
  }
  dir.identity = std::move(**identity);
  return dir;
}

void make_lanes(io::Host& host, LogDir& dir, const std::string& path, std::int32_t recovery_threads) {
  dir.sync_lane = host.make_lane("sync " + path);
  for (std::int32_t i = 0; i < recovery_threads; ++i) {
    dir.recovery_lanes.push_back(host.make_lane("recovery " + path));
  }
}

/// Topics that were deleted shortly before the last stop.
Result<void> remove_deleted(io::Directory& log_dir) {
  const auto folders = log::list_partition_folders(log_dir);
  if (!folders) return fail(folders.error());
  for (const log::FoundFolder& found : *folders) {
    if (found.folder.kind != log::FolderKind::kDeleted) continue;
    if (const auto done = log::remove_folder(log_dir, found.name); !done) return fail(done.error());
  }
  return {};
}

/// What the last run left behind, and whether its stop was clean.
Result<void> read_state(LogDir& dir) {
  const auto shutdown = log::read_clean_shutdown(*dir.folder);
  if (!shutdown) return fail(shutdown.error());
  if (shutdown->is_marked) dir.clean_shutdown_epoch = shutdown->broker_epoch.value_or(-1);
  for (const auto& [name, into] : {std::pair{log::kRecoveryPointCheckpointName, &dir.recovery_points},
                                   std::pair{log::kLogStartCheckpointName, &dir.log_starts},
                                   std::pair{log::kHighWatermarkCheckpointName, &dir.high_watermarks},
                                   std::pair{log::kCleanerCheckpointName, &dir.compacted}}) {
    auto offsets = log::read_offset_checkpoint(*dir.folder, name);
    if (!offsets) return fail(offsets.error());
    *into = std::move(*offsets);
  }
  return remove_deleted(*dir.folder);
}

/// Whether the directory is this node's, of the same cluster as the others and not one of them.
Result<void> check_identity(const LogDir& dir, std::span<const LogDir> others, const std::string& path,
                            std::int32_t node_id) {
  if (dir.identity.node_id != node_id) {
    return fail(ErrorCode::kInvalidConfig, path + " belongs to node " + std::to_string(dir.identity.node_id) +
                                               ", but node.id is " + std::to_string(node_id));
  }
  const auto first = std::ranges::find_if(others, [](const LogDir& other) { return !other.failure; });
  if (first != others.end() && dir.identity.cluster_id != first->identity.cluster_id) {
    return fail(ErrorCode::kInvalidConfig, path + " belongs to cluster " + dir.identity.cluster_id +
                                               ", the first log directory to " + first->identity.cluster_id);
  }
  const auto has_same_id = [&](const LogDir& other) {
    return dir.identity.directory_id && other.identity.directory_id == dir.identity.directory_id;
  };
  if (std::ranges::any_of(others, has_same_id)) {
    return fail(ErrorCode::kInvalidConfig, path + " has the directory.id of another log directory");
  }
  return {};
}

/// Releases before 3.7 have directories without ids.
Result<void> complete_identity(io::Host& host, LogDir& dir) {
  if (dir.identity.directory_id) return {};
  io::Loop& loop = host.loop(0);
  metadata::RandomBits bits = [&loop] { return loop.random().next(); };
  dir.identity.directory_id = metadata::random_uuid(bits);
  return log::write_meta_properties(*dir.folder, dir.identity, loop.clock().wall_ms());
}

/// A node can do without a directory whose disk fails, unless its metadata is there.
bool may_be_offline(const Error& error, const std::string& path, const config::BrokerConfig& config) {
  return error.code == ErrorCode::kKafkaStorageError && path != config.node.metadata_log_dir;
}

LogDir offline_dir(const std::string& path, const Error& error) {
  observe::error("the log directory {} is offline: {}", path, error.message);
  LogDir dir;
  dir.path = path;
  dir.failure = error;
  return dir;
}

}  // namespace

Result<std::vector<LogDir>> open_log_dirs(io::Host& host, const config::BrokerConfig& config) {
  const std::vector<std::string>& paths = config.node.log_dirs;
  std::vector<LogDir> dirs;
  for (const std::string& path : paths) {
    auto dir = open_log_dir(host, path);
    if (!dir) {
      if (!may_be_offline(dir.error(), path, config)) return fail(dir.error());
      dirs.push_back(offline_dir(path, dir.error()));
      continue;
    }
    if (const auto fits = check_identity(*dir, dirs, path, config.node.node_id); !fits)
      return fail(fits.error());
    const auto completed = complete_identity(host, *dir);
    if (!completed && !may_be_offline(completed.error(), path, config)) return fail(completed.error());
    dirs.push_back(completed ? std::move(*dir) : offline_dir(path, completed.error()));
  }
  for (std::size_t i = 0; i < dirs.size(); ++i) {
    if (dirs[i].failure) continue;
    make_lanes(host, dirs[i], paths[i], config.log.recovery_threads_per_data_dir);
    const auto read = read_state(dirs[i]);
    if (read) continue;
    if (!may_be_offline(read.error(), paths[i], config)) return fail(read.error());
    dirs[i] = offline_dir(paths[i], read.error());
  }
  if (std::ranges::all_of(dirs, [](const LogDir& dir) { return dir.failure.has_value(); }))
    return fail(*dirs.front().failure);
  return dirs;
}

Result<std::optional<LogDir>> open_metadata_log_dir(io::Host& host, const config::BrokerConfig& config,
                                                    const std::vector<LogDir>& log_dirs) {
  const std::string& path = config.node.metadata_log_dir;
  const std::vector<std::string>& paths = config.node.log_dirs;
  if (std::ranges::find(paths, path) != paths.end()) return std::nullopt;
  auto dir = open_log_dir(host, path);
  if (!dir) return fail(dir.error());
  if (const auto fits = check_identity(*dir, log_dirs, path, config.node.node_id); !fits)
    return fail(fits.error());
  if (const auto completed = complete_identity(host, *dir); !completed) return fail(completed.error());
  dir->sync_lane = host.make_lane("sync " + path);
  return std::optional(std::move(*dir));
}

}  // namespace moldau::runtime
