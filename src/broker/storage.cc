#include "broker/storage.h"

#include <utility>

#include "broker/config_file.h"
#include "broker/storage_info.h"
#include "config/feature_level.h"
#include "config/java_number.h"
#include "io/uv/host.h"
#include "metadata/decision.h"
#include "metadata/features.h"
#include "metadata/format_levels.h"
#include "runtime/format.h"

namespace moldau::broker {
namespace {

using metadata::MetadataVersion;

std::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::kInvalidConfig, std::move(why));
}

/// A new random id that does not look like a flag, as Apache Kafka's never do.
Uuid new_uuid(io::Random& random) {
  metadata::RandomBits bits([&random] { return random.next(); });
  return metadata::random_uuid(bits);
}

Result<config::BrokerConfig> load(const std::string& file) {
  return load_config({.properties_file = file});
}

std::string release_help(std::string_view what) {
  return std::string(what) + "; from " +
         std::string(MetadataVersion::from_level(MetadataVersion::kLowest)->name()) + " on, by default " +
         std::string(MetadataVersion::latest_production().name());
}

/// One value each time the flag is given.
void add_list(CLI::App& command, const std::string& flags, std::vector<std::string>& values,
              const std::string& help) {
  command.add_option(flags, values, help)->take_all()->allow_extra_args(false);
}

}  // namespace

StorageCommand::StorageCommand(CLI::App& parent, std::ostream& out, std::ostream& err)
    : out_(out), err_(err) {
  parent.require_subcommand(1);
  format_ = parent.add_subcommand("format", "Format the log directories of this node");
  format_->add_option("-c,--config", config_file_, "server.properties")->required();
  format_->add_option("-t,--cluster-id", cluster_id_, "Id of the cluster")->required();
  add_list(*format_, "-S,--add-scram", credentials_,
           "A credential for the metadata log, e.g. 'SCRAM-SHA-256=[name=alice,password=alice-secret]' or "
           "'SCRAM-SHA-512=[name=alice,iterations=8192,salt=\"N3E=\",saltedpassword=\"YCE=\"]'");
  format_->add_flag("-g,--ignore-formatted", ignore_formatted_, "Leave formatted directories as they are");
  format_->add_option("-r,--release-version", release_version_,
                      release_help("Release whose features to begin with"));
  add_list(*format_, "-f,--feature", features_, "Level of a feature, e.g. kraft.version=1");
  auto* standalone =
      format_->add_flag("-s,--standalone", standalone_, "Begin a dynamic quorum of this controller alone");
  auto* later = format_->add_flag("-N,--no-initial-controllers", no_initial_controllers_,
                                  "Join a dynamic quorum later");
  auto* initial = format_->add_option("-I,--initial-controllers", initial_controllers_,
                                      "Begin a dynamic quorum of these, id@host:port:directory with commas "
                                      "between them; the same on all of them");
  standalone->excludes(later)->excludes(initial);
  later->excludes(initial);
  info_ = parent.add_subcommand("info", "Show what the log directories of this node are");
  info_->add_option("-c,--config", config_file_, "server.properties")->required();
  version_mapping_ = parent.add_subcommand("version-mapping", "Show the features of a release");
  version_mapping_->add_option("-r,--release-version", release_version_, release_help("The release"));
  feature_dependencies_ =
      parent.add_subcommand("feature-dependencies", "Show what levels of features depend on");
  add_list(*feature_dependencies_, "-f,--feature", features_, "Level of a feature, e.g. metadata.version=7");
  feature_dependencies_->get_option("--feature")->required();
  parent.add_subcommand("random-uuid", "Print a new random id");
}

int StorageCommand::run() {
  const auto status = dispatch();
  if (status) return *status;
  err_ << status.error().message << '\n';
  return 1;
}

Result<int> StorageCommand::dispatch() {
  if (*format_) return format();
  if (*info_) return info();
  if (*version_mapping_) return version_mapping();
  if (*feature_dependencies_) return feature_dependencies();
  return random_uuid();
}

Result<int> StorageCommand::format() {
  const auto config = load(config_file_);
  if (!config) return fail(config.error());
  io::uv::UvHost host(1);
  runtime::FormatOptions options;
  options.cluster_id = cluster_id_;
  options.ignore_formatted = ignore_formatted_;
  options.credentials = credentials_;
  options.say = [this](std::string_view line) { out_ << line << '\n'; };
  if (release_version_) {
    const auto release =
        MetadataVersion::parse(*release_version_, config->node.unstable_feature_versions_enable);
    if (!release) return fail(release.error());
    options.release = *release;
  }
  for (const std::string& text : features_) {
    auto feature = config::parse_feature_level(text);
    if (!feature) return fail(std::move(feature).error());
    options.features.insert_or_assign(std::move(feature->first), feature->second);
  }
  const bool has_static_quorum = !config->quorum.voters.empty();
  if (has_static_quorum && (standalone_ || initial_controllers_)) {
    return refused(
        "You cannot specify controller.quorum.voters and format the node with --initial-controllers or "
        "--standalone. If you want to use dynamic quorum, please remove controller.quorum.voters and specify "
        "controller.quorum.bootstrap.servers instead.");
  }
  if (standalone_ || initial_controllers_) {
    auto controllers = standalone_ ? standalone_controllers(*config, host.loop(0).random())
                                   : config::parse_initial_controllers(*initial_controllers_);
    if (!controllers) return fail(std::move(controllers).error());
    options.initial_controllers = std::move(*controllers);
  } else if (!no_initial_controllers_ && config->node.is_controller && !has_static_quorum) {
    return refused(
        "Because controller.quorum.voters is not set on this controller, you must specify one of the "
        "following: --standalone, --initial-controllers, or --no-initial-controllers.");
  }
  const auto formatted = runtime::format_log_dirs(host, *config, options);
  if (!formatted) return fail(formatted.error());
  return 0;
}

Result<config::InitialControllers> StorageCommand::standalone_controllers(const config::BrokerConfig& config,
                                                                          io::Random& random) const {
  if (!config.node.is_controller) return refused("You can only use --standalone on a controller.");
  if (config.listeners.advertised_controller.empty()) return refused("No controller listeners found.");
  const config::Endpoint& listener = config.listeners.advertised_controller.front();
  const std::string host = listener.host.empty() ? "localhost" : listener.host;
  // By way of the text, as Apache Kafka does it: an IPv6 address is refused here, too.
  return config::parse_initial_controllers(std::to_string(config.node.node_id) + "@" + host + ":" +
                                           std::to_string(listener.port) + ":" +
                                           new_uuid(random).to_string());
}

Result<int> StorageCommand::info() {
  const auto config = load(config_file_);
  if (!config) return fail(config.error());
  io::uv::UvHost host(1);
  return print_storage_info(host, *config, out_);
}

Result<int> StorageCommand::version_mapping() {
  const std::string release =
      release_version_.value_or(std::string(MetadataVersion::latest_production().name()));
  const auto version = MetadataVersion::parse(release, true);
  if (!version) return fail(version.error());
  out_ << "metadata.version=" << version->level() << " (" << release << ")\n";
  for (const std::string_view feature : metadata::listed_features()) {
    out_ << feature << '=' << metadata::default_level(feature, *version) << '\n';
  }
  return 0;
}

Result<int> StorageCommand::feature_dependencies() {
  for (const std::string& argument : features_) {
    if (auto printed = print_dependencies(argument); !printed) return fail(std::move(printed).error());
  }
  return 0;
}

Result<void> StorageCommand::print_dependencies(const std::string& argument) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos) {
    return refused("Invalid feature format: " + argument +
                   ". Expected format: 'feature=version' (e.g. 'group.version=1')");
  }
  const std::string name(config::trim(std::string_view(argument).substr(0, equals)));
  const std::string text(config::trim(std::string_view(argument).substr(equals + 1)));
  const auto level = config::parse_integer<std::int16_t>(text);
  if (!level) return refused("Invalid version format: " + text + " for feature " + name);
  const std::string asked = name + "=" + std::to_string(*level);
  if (name == metadata::kMetadataVersionFeature) {
    const auto version = MetadataVersion::from_level(*level);
    if (!version) return refused("Unknown metadata.version " + std::to_string(*level));
    out_ << asked << " (" << version->name() << ") has no dependencies.\n";
    return {};
  }
  if (!metadata::supported_levels(name)) return refused("Unknown feature: " + name);
  const auto needed = metadata::dependencies_of(name, *level);
  if (!needed) {
    return refused("Feature level " + std::to_string(*level) + " is not supported for feature " + name);
  }
  out_ << asked << (needed->empty() ? " has no dependencies.\n" : " requires:\n");
  for (const auto& [feature, least] : *needed) {
    out_ << "    " << feature << '=' << least;
    if (feature == metadata::kMetadataVersionFeature) {
      out_ << " (" << MetadataVersion::from_level(least)->name() << ')';
    }
    out_ << '\n';
  }
  return {};
}

int StorageCommand::random_uuid() {
  io::uv::UvHost host(1);
  out_ << new_uuid(host.loop(0).random()).to_string() << '\n';
  return 0;
}

}  // namespace moldau::broker
