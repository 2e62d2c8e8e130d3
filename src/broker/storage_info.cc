#include "broker/storage_info.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "log/meta_properties.h"

namespace moldau::broker {
namespace {

/// What is found in the directories, one after the other.
struct Findings {
  std::vector<std::string> directories;
  std::vector<std::string> problems;
  std::optional<log::StoredIdentity> identity;  ///< Of the first directory that has one.
};

void compare(const log::StoredIdentity& identity, Findings& findings) {
  if (!findings.identity) {
    findings.identity = identity;
  } else if (findings.identity->cluster_id != identity.cluster_id) {
    findings.problems.emplace_back("Mismatched cluster IDs between storage directories.");
  } else if (findings.identity->node_id != identity.node_id) {
    findings.problems.emplace_back("Mismatched node IDs between storage directories.");
  }
}

void look_at(io::Host& host, const std::string& path, Findings& findings) {
  const auto folder = host.find_root(path);
  if (!folder) {
    findings.problems.push_back(path + " is not a directory");
    return;
  }
  if (*folder == nullptr) {
    findings.problems.push_back(path + " does not exist");
    return;
  }
  findings.directories.push_back(path);
  const auto identity = log::read_identity(**folder);
  if (!identity) {
    findings.problems.push_back("Error loading " + path + "/meta.properties: " + identity.error().message);
  } else if (!*identity) {
    findings.problems.push_back(path + " is not formatted.");
  } else {
    compare(**identity, findings);
  }
}

void print_list(std::ostream& out, std::string_view one, std::string_view several,
                const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  out << (lines.size() == 1 ? one : several) << '\n';
  for (const std::string& line : lines) {
    out << "  " << line << '\n';
  }
  out << '\n';
}

void print_identity(std::ostream& out, const log::StoredIdentity& identity) {
  std::map<std::string, std::string> entries{{"version", std::to_string(identity.version)}};
  if (identity.cluster_id) entries.emplace("cluster.id", *identity.cluster_id);
  if (identity.node_id) {
    entries.emplace(identity.version == 0 ? "broker.id" : "node.id", std::to_string(*identity.node_id));
  }
  if (identity.directory_id) entries.emplace("directory.id", identity.directory_id->to_string());
  out << "Found metadata: {";
  std::string_view separator;
  for (const auto& [key, value] : entries) {
    out << std::exchange(separator, ", ") << key << '=' << value;
  }
  out << "}\n\n";
}

}  // namespace

int print_storage_info(io::Host& host, const config::BrokerConfig& config, std::ostream& out) {
  Findings findings;
  for (const std::string& path : config.node.directories()) {
    look_at(host, path, findings);
  }
  if (findings.identity && findings.identity->version == 0) {
    findings.problems.emplace_back(
        "The kafka configuration file appears to be for a cluster in KRaft mode, but the directories are "
        "formatted for legacy mode.");
  }
  print_list(out, "Found log directory:", "Found log directories:", findings.directories);
  if (findings.identity) print_identity(out, *findings.identity);
  print_list(out, "Found problem:", "Found problems:", findings.problems);
  return findings.problems.empty() ? 0 : 1;
}

}  // namespace moldau::broker
