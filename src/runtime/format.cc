#include "runtime/format.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "config/socket_host.h"
#include "log/file_content.h"
#include "log/file_names.h"
#include "log/meta_properties.h"
#include "metadata/activation.h"
#include "metadata/bootstrap_text.h"
#include "metadata/decision.h"
#include "metadata/directory_id.h"
#include "metadata/features.h"
#include "quorum/snapshot.h"
#include "runtime/bootstrap_records.h"
#include "runtime/metadata_log.h"
#include "runtime/metadata_snapshots.h"

namespace moldau::runtime {
namespace {

std::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::kInvalidConfig, std::move(why));
}

/// What lies in the log directories, by their paths.
struct FoundDirs {
  std::map<std::string, log::StoredIdentity> formatted;
  std::set<std::string> empty;
  std::set<std::string> unreadable;
};

/// nullopt if the directory is not formatted or not there.
Result<std::optional<log::StoredIdentity>> identity_at(io::Host& host, const std::string& path) {
  const auto folder = host.find_root(path);
  if (!folder) return fail(folder.error());
  if (*folder == nullptr) return std::nullopt;
  return log::read_identity(**folder);
}

FoundDirs look_at(io::Host& host, const config::BrokerConfig& config) {
  FoundDirs found;
  for (const std::string& path : config.node.directories()) {
    auto identity = identity_at(host, path);
    if (!identity) {
      found.unreadable.insert(path);
    } else if (*identity) {
      found.formatted.emplace(path, *std::move(*identity));
    } else {
      found.empty.insert(path);
    }
  }
  return found;
}

/// Whether one directory's identity is that of this node and cluster.
Result<void> check_identity(const std::string& path, const log::StoredIdentity& identity,
                            const std::string& cluster_id, std::int32_t node_id) {
  const std::string file = path + "/" + std::string(log::kMetaPropertiesName);
  if (identity.cluster_id && *identity.cluster_id != cluster_id) {
    return refused("Invalid cluster.id in: " + file + ". Expected " + cluster_id + ", but read " +
                   *identity.cluster_id);
  }
  if (identity.node_id && *identity.node_id != node_id) {
    return refused("Stored node id " + std::to_string(*identity.node_id) +
                   " doesn't match previous node id " + std::to_string(node_id) + " in " + file +
                   ". If you moved your data, make sure your configured node id matches. If you intend to "
                   "create a new node, you should remove all data in your data directories.");
  }
  if (identity.directory_id && metadata::is_reserved_directory(*identity.directory_id)) {
    return refused("Invalid reserved directory ID " + identity.directory_id->to_string() + " found in " +
                   path);
  }
  return {};
}

Result<void> check_identities(const FoundDirs& found, const FormatOptions& options, std::int32_t node_id) {
  std::map<Uuid, std::string> by_id;
  for (const auto& [path, identity] : found.formatted) {
    if (auto fits = check_identity(path, identity, options.cluster_id, node_id); !fits) return fits;
    if (!identity.directory_id) continue;
    const auto [other, is_new] = by_id.emplace(*identity.directory_id, path);
    if (is_new) continue;
    return refused("Duplicate directory ID Optional[" + identity.directory_id->to_string() +
                   "] found. It was the ID of " + other->second + ", but also of " + path);
  }
  if (!options.ignore_formatted && !found.formatted.empty()) {
    return refused("Log directory " + found.formatted.begin()->first +
                   " is already formatted. Use --ignore-formatted to ignore this directory and format the "
                   "others.");
  }
  return {};
}

/// Formats the directories of one node, one after the other.
class Formatter {
 public:
  Formatter(io::Host& host, const config::BrokerConfig& config, const FormatOptions& options)
      : host_(host),
        config_(config),
        options_(options),
        random_([&host] { return host.loop(0).random().next(); }) {}

  Result<std::vector<std::string>> run() {
    if (auto planned = plan(); !planned) return fail(std::move(planned).error());
    const FoundDirs found = look_at(host_, config_);
    if (auto fits = check_identities(found, options_, config_.node.node_id); !fits) {
      return fail(std::move(fits).error());
    }
    for (const std::string& path : found.unreadable) {
      options_.say("I/O error trying to read log directory " + path + ". Ignoring...");
    }
    if (found.empty.empty() && found.formatted.empty()) {
      return refused("No available log directories to format.");
    }
    if (found.empty.empty()) {
      options_.say("All of the log directories are already formatted.");
      return std::vector<std::string>();
    }
    options_.say("Bootstrap metadata: " + metadata::describe(bootstrap_));
    for (const std::string& path : found.empty) {
      if (auto done = format(path); !done) return fail(std::move(done).error());
    }
    return std::vector<std::string>(found.empty.begin(), found.empty.end());
  }

 private:
  /// Decides on levels and credentials.
  Result<void> plan() {
    auto plan = metadata::plan_levels({.release = options_.release,
                                       .levels = options_.features,
                                       .allow_unstable = config_.node.unstable_feature_versions_enable,
                                       .has_dynamic_quorum = config_.quorum.voters.empty()});
    if (!plan) return fail(std::move(plan).error());
    levels_ = std::move(plan->levels);
    bootstrap_ = metadata::BootstrapMetadata::from_levels(plan->version, levels_);
    if (options_.credentials.empty()) return {};
    if (!plan->version.supports_scram()) {
      return refused("SCRAM is only supported in metadata.version 3.5-IV2 or later.");
    }
    auto credentials = credential_records(options_.credentials, random_);
    if (!credentials) return fail(std::move(credentials).error());
    std::ranges::move(*credentials, std::back_inserter(bootstrap_.records));
    return {};
  }

  /// The controller that this node is to be, in the directory for metadata.
  const config::InitialController* own_voter() const {
    if (!options_.initial_controllers) return nullptr;
    const auto found = options_.initial_controllers->find(config_.node.node_id);
    return found == options_.initial_controllers->end() ? nullptr : &found->second;
  }

  std::string_view kind_of(const std::string& path) const {
    if (path != config_.node.metadata_log_dir) return "data directory";
    if (!options_.initial_controllers) return "metadata directory";
    return own_voter() != nullptr ? "dynamic metadata voter directory" : "dynamic metadata directory";
  }

  Result<void> format(const std::string& path) {
    const bool holds_metadata = path == config_.node.metadata_log_dir;
    const config::InitialController* self = holds_metadata ? own_voter() : nullptr;
    const Uuid directory_id = self != nullptr ? self->directory_id : metadata::random_uuid(random_);
    options_.say("Formatting " + std::string(kind_of(path)) + " " + path + " with metadata.version " +
                 std::string(bootstrap_.version.name()) + ".");
    auto folder = host_.open_root(path);
    if (!folder) return fail(std::move(folder).error());
    if (auto done = write_bootstrap(**folder); !done) return done;
    if (holds_metadata && options_.initial_controllers) {
      if (auto done = write_voters(**folder); !done) return done;
    }
    // Last: a directory with an identity counts as formatted.
    return log::write_meta_properties(
        **folder,
        {.cluster_id = options_.cluster_id, .node_id = config_.node.node_id, .directory_id = directory_id},
        now_ms());
  }

  /// The first snapshot of a dynamic quorum: its voters and nothing else.
  Result<void> write_voters(io::Directory& log_dir) {
    std::vector<quorum::Voter> voters;
    const auto listener = config::normalised_listener(config_.listeners.controller_names.front());
    if (!listener) return fail(listener.error());
    for (const auto& [id, controller] : *options_.initial_controllers) {
      quorum::Voter& voter = voters.emplace_back();
      voter.key = {.id = BrokerId(id), .directory_id = controller.directory_id};
      voter.endpoints.push_back({.listener = *listener,
                                 .host = config::socket_host(controller.address.host),
                                 .port = static_cast<std::uint16_t>(controller.address.port)});
    }
    if (auto made = log_dir.create_directory(MetadataLog::kFolderName); !made)
      return fail(std::move(made).error());
    auto folder = log_dir.open_directory(MetadataLog::kFolderName);
    if (!folder) return fail(std::move(folder).error());
    const quorum::SnapshotHead head{.last_contained_log_timestamp_ms = now_ms(),
                                    .kraft_version = levels_.at(std::string(metadata::kKraftVersionFeature)),
                                    .voters = quorum::VoterSet(std::move(voters))};
    const auto bytes = quorum::build_snapshot(head, quorum::kBootstrapSnapshotId.epoch, {}, now_ms());
    if (!bytes) return fail(bytes.error());
    auto done = MetadataSnapshots::write(**folder, quorum::kBootstrapSnapshotId, *bytes);
    return done ? log_dir.sync() : done;
  }

  /// What the first leader begins with. It is no snapshot of the log, and stays writable.
  Result<void> write_bootstrap(io::Directory& log_dir) {
    const auto bytes = quorum::build_snapshot({}, 0, bootstrap_.records, now_ms());
    if (!bytes) return fail(bytes.error());
    return log::replace_file(log_dir, quorum::kBootstrapCheckpointName, *bytes);
  }

  TimestampMs now_ms() { return host_.loop(0).clock().wall_ms(); }

  io::Host& host_;
  const config::BrokerConfig& config_;
  const FormatOptions& options_;
  metadata::RandomBits random_;
  metadata::FeatureLevels levels_;
  metadata::BootstrapMetadata bootstrap_;
};

}  // namespace

Result<std::vector<std::string>> format_log_dirs(io::Host& host, const config::BrokerConfig& config,
                                                 const FormatOptions& options) {
  return Formatter(host, config, options).run();
}

Result<bool> is_formatted(io::Host& host, const std::string& path) {
  auto folder = host.open_root(path);
  if (!folder) return fail(folder.error());
  const auto present = log::read_meta_properties(**folder);
  if (!present) return fail(present.error());
  return present->has_value();
}

}  // namespace moldau::runtime
