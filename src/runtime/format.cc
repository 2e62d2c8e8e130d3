#include "runtime/format.h"

#include <utility>

#include "log/file_content.h"
#include "log/meta_properties.h"
#include "metadata/activation.h"
#include "metadata/decision.h"
#include "metadata/features.h"
#include "quorum/snapshot.h"
#include "runtime/metadata_log.h"

namespace moldau::runtime {
namespace {

/// The features to finalize: defaults of the version, then what was asked for.
Result<std::map<std::string, std::int16_t>> levels_of(const FormatOptions& options) {
  auto levels = metadata::default_feature_levels(options.version);
  for (const auto& [name, level] : options.features) {
    if (name == metadata::kMetadataVersionFeature) continue;
    const auto supported = metadata::supported_levels(name);
    if (!supported) return fail(ErrorCode::kInvalidConfig, "unknown feature " + name);
    if (!supported->contains(level)) {
      return fail(ErrorCode::kInvalidConfig, name + " has levels " + std::to_string(supported->min) + " to " +
                                                 std::to_string(supported->max) + ", not " +
                                                 std::to_string(level));
    }
    levels[name] = level;
  }
  return levels;
}

Result<void> write_snapshot(io::Directory& folder, std::string_view name, const quorum::SnapshotHead& head,
                            std::span<const Bytes> records, TimestampMs now_ms) {
  const auto bytes = quorum::build_snapshot(head, 0, records, now_ms);
  if (!bytes) return fail(bytes.error());
  return log::replace_file(folder, name, *bytes);
}

/// The first snapshot of a dynamic quorum: this node as its only voter.
Result<void> write_voters(io::Directory& log_dir, const config::BrokerConfig& config,
                          const Uuid& directory_id, TimestampMs now_ms) {
  quorum::Voter self;
  self.key = {.id = BrokerId(config.node.node_id), .directory_id = directory_id};
  for (const config::Endpoint& endpoint : config.listeners.advertised_controller) {
    self.endpoints.push_back({.listener = endpoint.listener,
                              .host = endpoint.host,
                              .port = static_cast<std::uint16_t>(endpoint.port)});
  }
  if (const auto made = log_dir.create_directory(MetadataLog::kFolderName); !made) return fail(made.error());
  auto folder = log_dir.open_directory(MetadataLog::kFolderName);
  if (!folder) return fail(folder.error());
  const quorum::SnapshotHead head{.kraft_version = 1, .voters = quorum::VoterSet({std::move(self)})};
  if (const auto done = write_snapshot(**folder, quorum::snapshot_file_name(quorum::kBootstrapSnapshotId),
                                       head, {}, now_ms);
      !done) {
    return fail(done.error());
  }
  return log_dir.sync();
}

Result<void> format_one(io::Host& host, const config::BrokerConfig& config, const FormatOptions& options,
                        io::Directory& folder, bool holds_metadata) {
  const TimestampMs now_ms = host.loop(0).clock().wall_ms();
  metadata::RandomBits random([&host] { return host.loop(0).random().next(); });
  const Uuid directory_id = metadata::random_uuid(random);
  const auto levels = levels_of(options);
  if (!levels) return fail(levels.error());
  const auto bootstrap = metadata::BootstrapMetadata::from_levels(options.version, *levels);
  if (const auto done =
          write_snapshot(folder, quorum::kBootstrapCheckpointName, {}, bootstrap.records, now_ms);
      !done) {
    return fail(done.error());
  }
  if (holds_metadata && options.is_standalone) {
    if (const auto done = write_voters(folder, config, directory_id, now_ms); !done)
      return fail(done.error());
  }
  // Last: a directory with an identity counts as formatted.
  return log::write_meta_properties(
      folder,
      {.cluster_id = options.cluster_id, .node_id = config.node.node_id, .directory_id = directory_id});
}

}  // namespace

Result<std::vector<std::string>> format_log_dirs(io::Host& host, const config::BrokerConfig& config,
                                                 const FormatOptions& options) {
  std::vector<std::pair<std::string, std::shared_ptr<io::Directory>>> todo;
  for (const std::string& path : config.node.log_dirs) {
    auto folder = host.open_root(path);
    if (!folder) return fail(folder.error());
    const auto present = log::read_meta_properties(**folder);
    if (!present) return fail(present.error());
    if (!*present) {
      todo.emplace_back(path, std::move(*folder));
    } else if (!options.ignore_formatted) {
      return fail(ErrorCode::kInvalidConfig, "Log directory " + path +
                                                 " is already formatted. Use --ignore-formatted "
                                                 "to ignore this directory and format the others.");
    } else if ((*present)->cluster_id != options.cluster_id || (*present)->node_id != config.node.node_id) {
      return fail(ErrorCode::kInvalidConfig, path + " is formatted for node " +
                                                 std::to_string((*present)->node_id) + " of cluster " +
                                                 (*present)->cluster_id);
    }
  }
  std::vector<std::string> formatted;
  for (const auto& [path, folder] : todo) {
    const bool holds_metadata = path == config.node.metadata_log_dir;
    if (const auto done = format_one(host, config, options, *folder, holds_metadata); !done) {
      return fail(done.error());
    }
    formatted.push_back(path);
  }
  return formatted;
}

Result<bool> is_formatted(io::Host& host, const std::string& path) {
  auto folder = host.open_root(path);
  if (!folder) return fail(folder.error());
  const auto present = log::read_meta_properties(**folder);
  if (!present) return fail(present.error());
  return present->has_value();
}

}  // namespace moldau::runtime
