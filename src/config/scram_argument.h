#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace moldau::config {

/// A SCRAM credential as it is given to the storage tool's --add-scram.
struct ScramArgument {
  std::string mechanism;  ///< "SCRAM-SHA-256" or "SCRAM-SHA-512"
  std::string name;
  std::optional<Bytes> salt = {};             ///< one is made up where it is missing
  std::int32_t iterations = 4096;             ///< not checked against what is allowed
  std::optional<std::string> password = {};   ///< this, or
  std::optional<Bytes> salted_password = {};  ///< what it comes to with salt and iterations

  bool operator==(const ScramArgument&) const = default;
};

/// Reads "MECHANISM=[name=...,password=...,...]". kInvalidConfig with Apache's text for anything else.
Result<ScramArgument> parse_scram_argument(std::string_view text);

}  // namespace moldau::config
