#include "config/allowed_paths.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace moldau::config {
namespace {

bool is_below(std::string_view path, std::string_view root) {
  if (!path.starts_with(root)) return false;
  return path.size() == root.size() || root.ends_with('/') || path[root.size()] == '/';
}

}  // namespace

std::string normalize_path(std::string_view path) {
  const bool is_absolute = path.starts_with('/');
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    const bool is_way_back = part == "..";
    if (is_way_back && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!is_way_back || !is_absolute) {
      parts.push_back(part);
    }
  }
  std::string normal = is_absolute ? "/" : "";
  for (const std::string_view part : parts) {
    if (!normal.empty() && !normal.ends_with('/')) normal += '/';
    normal += part;
  }
  return normal;
}

Result<AllowedPaths> AllowedPaths::parse(std::optional<std::string_view> text,
                                         const std::function<bool(const std::string& path)>& exists) {
  AllowedPaths allowed;
  if (!text || text->empty()) return allowed;
  allowed.is_limited_ = true;
  std::string_view rest = *text;
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string path(rest.substr(0, comma));
    if (!path.starts_with('/')) return fail(ErrorCode::kInvalidConfig, "Path " + path + " is not absolute");
    if (!exists(path)) return fail(ErrorCode::kInvalidConfig, "Path " + path + " does not exist");
    allowed.roots_.push_back(normalize_path(path));
    if (comma == std::string_view::npos) return allowed;
    rest.remove_prefix(comma + 1);
  }
}

bool AllowedPaths::allows(std::string_view path) const {
  if (!is_limited_) return true;
  const std::string normal = normalize_path(path);
  return std::ranges::any_of(roots_, [&](const std::string& root) { return is_below(normal, root); });
}

}  // namespace moldau::config
