#include "tests/messages/random_json.h"

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"
#include "base/uuid.h"
#include "protocol/generator/names.h"
#include "protocol/generator/plan.h"
#include "protocol/wire/json_writer.h"

namespace moldau::testing {

using generator::Field;
using generator::Kind;
using nlohmann::json;

namespace {

template <class T>
constexpr std::int64_t kGreatest = std::numeric_limits<T>::max();
template <class T>
constexpr std::int64_t kLeast = std::is_signed_v<T> ? -kGreatest<T> - 1 : 0;

}  // namespace

json RandomJson::structure(const generator::Struct& structure) {
  json object = json::object();
  for (const Field& field : structure.fields) {
    const bool tagged = field.tagged_versions.contains(version_);
    if (!field.versions.contains(version_) || (tagged && below(2) == 0)) continue;
    object[generator::json_name(field.name)] = this->field(field);
  }
  return object;
}

json RandomJson::field(const Field& field) {
  if (field.nullable_versions.contains(version_) && below(4) == 0) return nullptr;
  if (!field.is_array) return value(field);
  json array = json::array();
  // Now and then more elements than one byte of a compact length can say.
  const bool is_long = field.kind != Kind::kStruct && below(8) == 0;
  for (std::uint64_t left = is_long ? 130 : below(4); left > 0; --left) {
    array.push_back(value(field));
  }
  return array;
}

json RandomJson::value(const Field& field) {
  switch (field.kind) {
    case Kind::kBool:
      return below(2) == 1;
    case Kind::kInt8:
      return integer(kLeast<std::int8_t>, kGreatest<std::int8_t>);
    case Kind::kInt16:
      return integer(kLeast<std::int16_t>, kGreatest<std::int16_t>);
    case Kind::kUint16:
      return integer(0, kGreatest<std::uint16_t>);
    case Kind::kInt32:
      return integer(kLeast<std::int32_t>, kGreatest<std::int32_t>);
    case Kind::kUint32:
      return integer(0, kGreatest<std::uint32_t>);
    case Kind::kInt64:
      return integer(kLeast<std::int64_t>, kGreatest<std::int64_t>);
    case Kind::kFloat64:
      return below(4) == 0 ? 0.0 : static_cast<double>(integer(-1'000'000, 1'000'000)) / 64.0;
    case Kind::kUuid:
      return (below(4) == 0 ? Uuid() : Uuid(random_(), random_())).to_string();
    case Kind::kString:
      return text();
    case Kind::kBytes:
    case Kind::kRecords:
      return base64();
    case Kind::kStruct:
      return structure(generator::struct_named(message_, field.struct_name));
  }
  return nullptr;
}

std::int64_t RandomJson::integer(std::int64_t least, std::int64_t greatest) {
  switch (below(5)) {
    case 0:
      return 0;
    case 1:
      return least;
    case 2:
      return greatest;
    case 3:
      return least < 0 ? -1 : 1;
    default:
      break;
  }
  const auto span = static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least);
  const std::uint64_t offset =
      span == std::numeric_limits<std::uint64_t>::max() ? random_() : below(span + 1);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + offset);
}

std::string RandomJson::text() {
  constexpr std::array<std::string_view, 8> kPieces = {
      "a", "Z", "-", "\"\\", "\n", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x8E\xBC"};
  std::string text;
  for (std::uint64_t left = below(10) == 0 ? 200 : below(12); left > 0; --left) {
    text += kPieces[below(kPieces.size())];
  }
  return text;
}

std::string RandomJson::base64() {
  Bytes bytes(below(10) == 0 ? 300 : below(10));
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(random_());
  }
  wire::JsonWriter json;
  json.value(ByteView(bytes));
  return json.text().substr(1, json.text().size() - 2);
}

}  // namespace moldau::testing
