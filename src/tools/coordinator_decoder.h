#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "protocol/records/record_iterator.h"
#include "protocol/wire/version_range.h"
#include "tools/dump_facts.h"
#include "tools/message_json.h"

namespace moldau::tools {

/// A kind of record of a coordinator: a key behind its type, a value behind its version.
struct CoordinatorRecordType {
  std::int16_t id = 0;
  wire::VersionRange value_versions = {};
  Result<MessageJson> (*read_key)(ByteView bytes, std::int16_t version) = nullptr;
  Result<MessageJson> (*read_value)(ByteView bytes, std::int16_t version) = nullptr;
};

template <class Key, class Value>
constexpr CoordinatorRecordType coordinator_record_type() {
  return {.id = Key::kApiKey,
          .value_versions = Value::kVersions,
          .read_key = message_json<Key>,
          .read_value = message_json<Value>};
}

/// The records of __consumer_offsets, __transaction_state and __share_group_state. Static storage.
std::span<const CoordinatorRecordType> group_record_types();
std::span<const CoordinatorRecordType> transaction_record_types();
std::span<const CoordinatorRecordType> share_record_types();

/// Key and value, or a note on what is wrong with them in place of the key. INVALID_RECORD without a key.
Result<RecordContents> decode_coordinator_record(std::span<const CoordinatorRecordType> types,
                                                 const records::RecordView& record);

}  // namespace moldau::tools
