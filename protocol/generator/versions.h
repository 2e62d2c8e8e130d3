#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/wire/version_range.h"

namespace moldau::generator {

using wire::VersionRange;

/// Reads a version spec of a schema: "3", "2-4", "3+" or "none" (an empty range). nullopt for anything else.
std::optional<VersionRange> parse_versions(std::string_view text);

VersionRange intersect(const VersionRange& one, const VersionRange& other);

/// How much of `context`, the versions under which a piece of code runs, lies in `range`.
enum class Coverage { kNone, kSome, kAll };
Coverage coverage(const VersionRange& context, const VersionRange& range);

/// C++ condition on `wire_version` that holds in `range`, given that it lies in `context`; "true" or
/// "false" where it is constant.
std::string condition(const VersionRange& context, const VersionRange& range);

}  // namespace moldau::generator
