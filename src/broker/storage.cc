#include "broker/storage.h"

#include <charconv>
#include <cstdio>
#include <utility>

#include "broker/config_file.h"
#include "io/uv/host.h"
#include "log/meta_properties.h"
#include "metadata/features.h"
#include "runtime/format.h"

namespace moldau::broker {
namespace {

int complain(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return 1;
}

/// Reads "name=level".
Result<std::pair<std::string, std::int16_t>> parse_feature(const std::string& text) {
  const auto equals = text.find('=');
  std::int16_t level = 0;
  if (equals != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto [stopped, status] = std::from_chars(text.data() + equals + 1, end, level);
    if (status == std::errc() && stopped == end && equals > 0)
      return std::pair{text.substr(0, equals), level};
  }
  return fail(ErrorCode::kInvalidConfig, "Can't parse feature=level string " + text);
}

}  // namespace

StorageCommand::StorageCommand(CLI::App& parent) {
  parent.require_subcommand(1);
  format_ = parent.add_subcommand("format", "Format the log directories of a configuration");
  format_->add_option("-c,--config", config_file_, "server.properties")->required();
  format_->add_option("-t,--cluster-id", cluster_id_, "Id of the cluster")->required();
  format_->add_option("-r,--release-version", release_version_,
                      "Release whose features to enable, e.g. 4.3-IV0");
  format_->add_option("-f,--feature", features_, "feature=level")->take_all();
  format_->add_flag("-s,--standalone", standalone_, "Begin a dynamic quorum of this node alone");
  format_->add_flag("-N,--no-initial-controllers", no_initial_controllers_, "Join a dynamic quorum later");
  format_->add_flag("-g,--ignore-formatted", ignore_formatted_, "Leave formatted directories as they are");
  info_ = parent.add_subcommand("info", "Show what the log directories of a configuration are");
  info_->add_option("-c,--config", config_file_, "server.properties")->required();
  random_uuid_ = parent.add_subcommand("random-uuid", "Print a new random id");
}

int StorageCommand::run() {
  if (*format_) return format();
  if (*info_) return info();
  return random_uuid();
}

int StorageCommand::format() {
  const auto config =
      load_config({.properties_file = config_file_, .overrides = {}, .data_dir = {}, .port = {}});
  if (!config) return complain(config.error());
  runtime::FormatOptions options;
  options.cluster_id = cluster_id_;
  options.is_standalone = standalone_;
  options.ignore_formatted = ignore_formatted_;
  const bool allow_unstable = config->originals().contains("unstable.feature.versions.enable") &&
                              config->originals().find("unstable.feature.versions.enable")->second == "true";
  if (release_version_) {
    const auto version = metadata::MetadataVersion::parse(*release_version_, allow_unstable);
    if (!version) return complain(version.error());
    options.version = *version;
  }
  for (const std::string& text : features_) {
    const auto feature = parse_feature(text);
    if (!feature) return complain(feature.error());
    if (feature->first == metadata::kMetadataVersionFeature) {
      const auto version = metadata::MetadataVersion::from_level(feature->second);
      if (!version || (feature->second > metadata::MetadataVersion::kLatestProduction && !allow_unstable)) {
        return complain({ErrorCode::kInvalidConfig, "metadata.version " + std::to_string(feature->second) +
                                                        " is not known or not stable"});
      }
      options.version = *version;
    }
    options.features[feature->first] = feature->second;
  }
  io::uv::UvHost host(1);
  const auto formatted = runtime::format_log_dirs(host, *config, options);
  if (!formatted) return complain(formatted.error());
  for (const std::string& path : *formatted) {
    std::printf("Formatting data directory %s with metadata.version %s.\n", path.c_str(),
                std::string(options.version.name()).c_str());
  }
  if (formatted->empty()) std::printf("All of the log directories are already formatted.\n");
  return 0;
}

int StorageCommand::info() {
  const auto config =
      load_config({.properties_file = config_file_, .overrides = {}, .data_dir = {}, .port = {}});
  if (!config) return complain(config.error());
  io::uv::UvHost host(1);
  int status = 0;
  std::printf("Found log directories:\n");
  for (const std::string& path : config->node.log_dirs) {
    auto folder = host.open_root(path);
    if (!folder) return complain(folder.error());
    const auto properties = log::read_meta_properties(**folder);
    if (!properties) return complain(properties.error());
    if (!*properties) {
      std::printf("  %s (not formatted)\n", path.c_str());
      status = 1;
      continue;
    }
    std::printf("  %s (cluster.id %s, node.id %d, directory.id %s)\n", path.c_str(),
                (*properties)->cluster_id.c_str(), (*properties)->node_id,
                (*properties)->directory_id.value_or(Uuid()).to_string().c_str());
  }
  return status;
}

int StorageCommand::random_uuid() {
  io::uv::UvHost host(1);
  Uuid id = host.loop(0).random().uuid();
  // As Apache Kafka: an id never looks like a flag.
  while (id.to_string().starts_with('-')) {
    id = host.loop(0).random().uuid();
  }
  std::printf("%s\n", id.to_string().c_str());
  return 0;
}

}  // namespace moldau::broker
