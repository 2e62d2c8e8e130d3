#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace moldau::config {

/// A path without ".", ".." and empty parts, as java.nio.file.Path.normalize() gives it.
std::string normalize_path(std::string_view path);

/// The parameter allowed.paths of config providers: where they may read.
class AllowedPaths {
 public:
  /// Reads absolute paths with commas between them; none, or an empty text, allow everything. kInvalidConfig
  /// for a path that is relative or not there.
  static Result<AllowedPaths> parse(std::optional<std::string_view> text,
                                    const std::function<bool(const std::string& path)>& exists);

  /// Whether `path` lies at or below one of them, whatever ".." it goes through.
  bool allows(std::string_view path) const;

 private:
  bool is_limited_ = false;
  std::vector<std::string> roots_;
};

}  // namespace moldau::config
