#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace moldau::testing {

/// A message that Apache Kafka's own classes wrote, or refused to write: one line of the program in
/// compat-tests/wire. Texts are views into the line.
struct WireVector {
  std::string_view message;
  std::int16_t version = 0;
  bool is_refused = false;  ///< the version cannot carry what `input` says; there are no bytes
  Bytes bytes;              ///< the message, with unknown tagged fields if it has any
  std::string_view json;    ///< what the converter of the release writes; empty where it has none
  Bytes input_bytes;        ///< the message without unknown tagged fields, which JSON does not carry
  std::string_view input;   ///< JSON of the message, also with values that the version drops
};

/// kInvalidRequest when the line is not of that form.
Result<WireVector> parse_wire_vector(std::string_view line);

}  // namespace moldau::testing
