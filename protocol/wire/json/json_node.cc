#include "protocol/wire/json_node.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/base64.h"

namespace moldau::wire {
namespace {

using nlohmann::json;

const json& tree_node(const void* node) {
  return *static_cast<const json*>(node);
}

constexpr std::uint64_t kGreatestInteger = std::numeric_limits<std::int64_t>::max();

/// The node's text for an error message, whatever its bytes.
std::string shown(const json& node) {
  constexpr std::size_t kLongest = 100;
  return node.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, kLongest);
}

}  // namespace

struct JsonDocument::Tree {
  json root;
};

JsonDocument::JsonDocument(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
JsonDocument::~JsonDocument() = default;

Result<std::unique_ptr<JsonDocument>> JsonDocument::parse(std::string_view text) {
  auto tree = std::make_unique<Tree>();
  tree->root = json::parse(text, nullptr, false);
  if (tree->root.is_discarded()) return fail(ErrorCode::kInvalidRequest, "not JSON");
  return std::unique_ptr<JsonDocument>(new JsonDocument(std::move(tree)));
}

JsonNode JsonDocument::root() {
  return {&tree_->root, this};
}

void JsonDocument::reject(std::string reason) {
  if (reason_.empty()) reason_ = std::move(reason);
}

ByteView JsonDocument::keep(Bytes bytes) {
  kept_.push_back(std::move(bytes));
  return kept_.back();
}

bool JsonNode::is_null() const {
  return tree_node(node_).is_null();
}

std::optional<JsonNode> JsonNode::find(std::string_view name) const {
  const json& node = tree_node(node_);
  if (!node.is_object()) {
    document_->reject("not an object: " + shown(node));
    return std::nullopt;
  }
  const auto found = node.find(std::string(name));
  if (found == node.end()) return std::nullopt;
  return JsonNode(&*found, document_);
}

void JsonNode::require_member(std::string_view name) const {
  document_->reject("no field " + std::string(name));
}

std::size_t JsonNode::size() const {
  const json& node = tree_node(node_);
  if (node.is_array()) return node.size();
  document_->reject("not an array: " + shown(node));
  return 0;
}

JsonNode JsonNode::operator[](std::size_t index) const {
  return {&tree_node(node_)[index], document_};
}

void JsonNode::get(bool& value) const {
  const json& node = tree_node(node_);
  if (!node.is_boolean()) document_->reject("not a boolean: " + shown(node));
  value = node.is_boolean() && node.get<bool>();
}

std::int64_t JsonNode::number(std::int64_t least, std::int64_t greatest) const {
  const json& node = tree_node(node_);
  const bool fits_signed = !node.is_number_unsigned() || node.get<std::uint64_t>() <= kGreatestInteger;
  if (node.is_number_integer() && fits_signed) {
    const auto value = node.get<std::int64_t>();
    if (least <= value && value <= greatest) return value;
  }
  document_->reject("not an integer of its type: " + shown(node));
  return 0;
}

void JsonNode::get(double& value) const {
  const json& node = tree_node(node_);
  if (node.is_number()) {
    value = node.get<double>();
  } else if (node == "NaN") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (node == "Infinity" || node == "-Infinity") {
    value = std::numeric_limits<double>::infinity() * (node == "Infinity" ? 1 : -1);
  } else {
    document_->reject("not a number: " + shown(node));
  }
}

void JsonNode::get(std::string_view& value) const {
  const json& node = tree_node(node_);
  if (node.is_string()) {
    value = node.get_ref<const std::string&>();
  } else {
    document_->reject("not a string: " + shown(node));
  }
}

void JsonNode::get(Blob& value) const {
  std::string_view text;
  get(text);
  auto bytes = decode_base64(text);
  if (!bytes) document_->reject("not base64: " + std::string(text));
  value = document_->keep(std::move(bytes).value_or(Bytes()));
}

void JsonNode::get(Records& value) const {
  Blob blob;
  get(blob);
  value = Records{blob.bytes};
}

void JsonNode::get(Uuid& value) const {
  std::string_view text;
  get(text);
  const auto parsed = Uuid::parse(text);
  if (!parsed) document_->reject("not a uuid: " + std::string(text));
  value = parsed.value_or(Uuid());
}

void JsonNode::get(ErrorCode& value) const {
  std::int16_t code = 0;
  get(code);
  value = static_cast<ErrorCode>(code);
}

}  // namespace moldau::wire
