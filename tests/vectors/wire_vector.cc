#include "tests/vectors/wire_vector.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace moldau::testing {
namespace {

constexpr std::size_t kFields = 6;
constexpr std::string_view kNone = "-";
constexpr std::string_view kSame = "=";

std::optional<std::array<std::string_view, kFields>> split(std::string_view line) {
  std::array<std::string_view, kFields> fields;
  for (std::size_t i = 0; i + 1 < kFields; ++i) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) return std::nullopt;
    fields[i] = line.substr(0, tab);
    line.remove_prefix(tab + 1);
  }
  fields.back() = line;
  return fields;
}

std::optional<Bytes> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  Bytes bytes(hex.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char* digits = hex.data() + 2 * i;
    if (std::from_chars(digits, digits + 2, bytes[i], 16).ptr != digits + 2) return std::nullopt;
  }
  return bytes;
}

}  // namespace

Result<WireVector> parse_wire_vector(std::string_view line) {
  const auto fields = split(line);
  if (!fields) return fail(ErrorCode::kInvalidRequest, "not six fields");
  const auto& [message, version, bytes, json, input_bytes, input] = *fields;
  WireVector vector;
  vector.message = message;
  const char* digits = version.data();
  const char* end = digits + version.size();
  if (version.empty() || std::from_chars(digits, end, vector.version).ptr != end) {
    return fail(ErrorCode::kInvalidRequest, "no version: " + std::string(version));
  }
  vector.input = input == kSame ? json : input;
  vector.is_refused = bytes == kNone;
  if (vector.is_refused) return vector;
  if (json != kNone) vector.json = json;
  auto own = from_hex(bytes);
  auto of_input = from_hex(input_bytes == kSame ? bytes : input_bytes);
  if (!own || !of_input) return fail(ErrorCode::kInvalidRequest, "bytes are not hexadecimal");
  vector.bytes = std::move(*own);
  vector.input_bytes = std::move(*of_input);
  return vector;
}

}  // namespace moldau::testing
