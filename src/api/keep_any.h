#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/context.h"
#include "base/result.h"

namespace moldau::api {

/// Keeps a text that the answer points to, if there is one.
inline std::optional<std::string_view> keep_any(Context& context, std::optional<std::string> text) {
  if (!text) return std::nullopt;
  return context.keep(std::move(*text));
}

/// The same for what an error says; answers have no text where it says nothing.
inline std::optional<std::string_view> keep_message(Context& context, const Error& error) {
  if (error.message.empty()) return std::nullopt;
  return context.keep(error.message);
}

}  // namespace moldau::api
