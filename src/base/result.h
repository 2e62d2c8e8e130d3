#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/error_code.h"

namespace moldau {

/// The one way to fail: Kafka's code and a sentence for the operator or the client.
struct Error {
  ErrorCode code = ErrorCode::kUnknownServerError;
  std::string message;

  bool operator==(const Error&) const = default;
};

/// A value or an Error. Functions that can fail return it; nothing in Moldau's own code throws.
template <class T>
using Result = std::expected<T, Error>;

/// Makes the failed side of any Result: `return fail(ErrorCode::kInvalidRequest, "...")`.
inline std::unexpected<Error> fail(ErrorCode code, std::string message = {}) {
  return std::unexpected<Error>(Error{code, std::move(message)});
}

/// Passes an error on to a Result of another type: `if (!r) return fail(std::move(r).error())`.
inline std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>(std::move(error));
}

}  // namespace moldau
