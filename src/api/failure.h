#pragma once

#include <optional>
#include <string_view>

#include "api/context.h"
#include "api/keep_any.h"
#include "base/error_code.h"
#include "base/result.h"

namespace moldau::api {

/// One failure of all that was asked.
struct Failure {
  ErrorCode code = ErrorCode::kUnknownServerError;
  std::optional<std::string_view> message{};  ///< nullopt: the answer says nothing
};

/// The same for an error, whose text the context keeps for the answer.
inline Failure failure_of(Context& context, const Error& error) {
  return {.code = error.code, .message = keep_message(context, error)};
}

}  // namespace moldau::api
