#include "broker/config_file.h"

#include <utility>

#include "broker/machine.h"
#include "config/config_providers.h"
#include "io/uv/directory.h"

namespace moldau::broker {
namespace {

/// Listeners of the single node on a port of the caller's choice; the controller takes the port behind it.
std::string listeners_on(int port) {
  const int controller_port = port == 0 ? 0 : port + 1;
  return "PLAINTEXT://127.0.0.1:" + std::to_string(port) +
         ",CONTROLLER://127.0.0.1:" + std::to_string(controller_port);
}

Result<io::FileHandle> open_file(const std::string& path, io::OpenMode mode) {
  const auto slash = path.rfind('/');
  const std::string folder = path.substr(0, slash == std::string::npos ? 0 : slash + 1);
  // Nothing of it is sent, so no read lane comes into play.
  auto directory = io::uv::UvDirectory::open_existing(folder, io::LaneId());
  if (!directory) return fail(directory.error());
  return (*directory)->open_file(path.substr(folder.size()), mode);
}

}  // namespace

Result<std::string> read_text_file(const std::string& path) {
  auto file = open_file(path, io::OpenMode::kReadOnly);
  if (!file) return fail(file.error());
  const auto size_bytes = (*file)->size_bytes();
  if (!size_bytes) return fail(size_bytes.error());
  std::string text(*size_bytes, '\0');
  const auto got = (*file)->read_at(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (!got) return fail(got.error());
  text.resize(*got);
  return text;
}

Result<void> write_text_file(const std::string& path, std::string_view text) {
  auto file = open_file(path, io::OpenMode::kCreate);
  if (!file) return fail(file.error());
  if (const auto emptied = (*file)->truncate(0); !emptied) return emptied;
  return (*file)->write_at(0, as_bytes(text));
}

Result<config::BrokerConfig> load_config(const ServerOptions& options) {
  std::optional<std::string> text = options.properties_text;
  if (options.properties_file) {
    auto read = read_text_file(*options.properties_file);
    if (!read) {
      return fail(read.error().code, "Cannot read " + *options.properties_file + ": " + read.error().message);
    }
    text = std::move(*read);
  }
  std::vector<std::string> overrides;
  if (options.data_dir) overrides.push_back("log.dirs=" + *options.data_dir);
  if (options.port) overrides.push_back("listeners=" + listeners_on(*options.port));
  overrides.insert(overrides.end(), options.overrides.begin(), options.overrides.end());
  auto fixed = config::load_static(text, overrides);
  if (!fixed) return fail(fixed.error());
  auto filled = config::fill_placeholders(std::move(*fixed), provider_world());
  if (!filled) return fail(filled.error());
  return config::BrokerConfig::resolve(
      {.fixed = std::move(*filled), .dynamic_default = {}, .dynamic_broker = {}});
}

}  // namespace moldau::broker
