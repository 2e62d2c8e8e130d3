#include "broker/machine.h"

#include <optional>
#include <string>
#include <string_view>

#include "io/uv/directory.h"
#include "io/uv/text_file.h"

// Its header is for io alone, and comes by way of others on some machines.
extern "C" char** environ;  // NOLINT(readability-redundant-declaration)

namespace moldau::broker {
namespace {

using io::uv::UvDirectory;

bool exists(const std::string& path) {
  if (const auto folder = UvDirectory::find_root(path, io::LaneId()); folder && *folder) return true;
  const auto slash = path.rfind('/');
  const auto parent = UvDirectory::find_root(path.substr(0, slash + 1), io::LaneId());
  if (!parent || !*parent) return false;
  return (*parent)->contains(path.substr(slash + 1)).value_or(false);
}

/// Symbolic links are followed: secrets are often mounted as such.
Result<std::optional<std::string>> entry(const std::string& folder, const std::string& name) {
  const auto directory = UvDirectory::find_root(folder, io::LaneId());
  if (!directory || !*directory || !io::is_entry_name(name)) return std::nullopt;
  if (!(*directory)->contains(name).value_or(false) || (*directory)->open_directory(name))
    return std::nullopt;
  auto text = io::uv::read_text_file(folder + "/" + name);
  if (!text) return fail(std::move(text).error());
  return *std::move(text);
}

}  // namespace

config::Environment environment() {
  config::Environment variables;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view text(*at);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

config::ProviderWorld provider_world() {
  // Read where it is asked for: most configurations name no variable.
  const auto variable = [](const std::string& name) {
    const auto variables = environment();
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return {.variable = variable, .file = io::uv::read_text_file, .entry = entry, .exists = exists};
}

}  // namespace moldau::broker
