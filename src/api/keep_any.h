#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/context.h"

namespace moldau::api {

/// Keeps a text that the answer points to, if there is one.
inline std::optional<std::string_view> keep_any(Context& context, std::optional<std::string> text) {
  if (!text) return std::nullopt;
  return context.keep(std::move(*text));
}

}  // namespace moldau::api
