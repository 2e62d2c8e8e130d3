#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error_code.h"
#include "base/result.h"
#include "base/strong_id.h"
#include "base/uuid.h"
#include "protocol/wire/blob.h"
#include "protocol/wire/records.h"

namespace moldau::wire {

class JsonDocument;

/// One value of a parsed JSON document; what generated code reads messages from. Sticky through its
/// document: a missing field or a value of the wrong kind or range makes the document bad and yields zeros.
/// Views that it hands out live as long as the document.
class JsonNode {
 public:
  bool is_null() const;
  /// The member of that name; nullopt when there is none. The document turns bad if this is no object.
  std::optional<JsonNode> find(std::string_view name) const;
  /// The document turns bad: `name` has to be there and is not.
  void require_member(std::string_view name) const;
  /// Number of elements; 0 and a bad document where this is no array.
  std::size_t size() const;
  JsonNode operator[](std::size_t index) const;

  void get(bool& value) const;
  void get(std::int8_t& value) const { integer(value); }
  void get(std::int16_t& value) const { integer(value); }
  void get(std::uint16_t& value) const { integer(value); }
  void get(std::int32_t& value) const { integer(value); }
  void get(std::uint32_t& value) const { integer(value); }
  void get(std::int64_t& value) const { integer(value); }
  void get(double& value) const;
  void get(std::string_view& value) const;
  void get(Blob& value) const;
  void get(Records& value) const;
  void get(Uuid& value) const;
  void get(ErrorCode& value) const;
  template <class Tag, class Rep>
  void get(StrongId<Tag, Rep>& value) const {
    Rep rep{};
    get(rep);
    value = StrongId<Tag, Rep>(rep);
  }

 private:
  friend class JsonDocument;
  JsonNode(const void* node, JsonDocument* document) : node_(node), document_(document) {}

  /// The integer, which has to lie in the range given.
  std::int64_t number(std::int64_t least, std::int64_t greatest) const;
  template <class T>
  void integer(T& value) const {
    value = static_cast<T>(number(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }

  const void* node_;
  JsonDocument* document_;
};

/// A parsed document and what its nodes' views point into. Behind it stands nlohmann_json, in a library of
/// its own (moldau_wire_json): generated code and the broker do not see it.
class JsonDocument {
 public:
  ~JsonDocument();
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  /// kInvalidRequest when the text is not JSON.
  static Result<std::unique_ptr<JsonDocument>> parse(std::string_view text);

  JsonNode root();
  bool ok() const { return reason_.empty(); }
  const std::string& reason() const { return reason_; }

 private:
  friend class JsonNode;
  struct Tree;

  explicit JsonDocument(std::unique_ptr<Tree> tree);
  void reject(std::string reason);
  ByteView keep(Bytes bytes);

  std::unique_ptr<Tree> tree_;
  std::deque<Bytes> kept_;
  std::string reason_;
};

}  // namespace moldau::wire
