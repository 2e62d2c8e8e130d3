#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "config/properties.h"

namespace moldau::config {

/// What config providers see of the machine.
struct ProviderWorld {
  /// An environment variable; nullopt where it is not set.
  std::function<std::optional<std::string>(const std::string& name)> variable;
  /// All of a file.
  std::function<Result<std::string>(const std::string& path)> file;
  /// All of the file `name` right in a folder; nullopt if there is no such file or no such folder.
  std::function<Result<std::optional<std::string>>(const std::string& folder, const std::string& name)> entry;
  /// Whether there is a file or a folder at the path.
  std::function<bool(const std::string& path)> exists;
};

/// Puts in what `config.providers` find for the placeholders ${provider:path:key} and ${provider:key} in the
/// values, as Apache Kafka's broker does with its own three providers: environment, file, directory.
/// Placeholders that nothing is found for stay as they are. kInvalidConfig for a provider that cannot be made
/// and for what a provider cannot read.
Result<Properties> fill_placeholders(Properties properties, const ProviderWorld& world);

}  // namespace moldau::config
