#include "tools/record_decoder.h"

#include <optional>
#include <utility>

#include "tools/coordinator_decoder.h"
#include "tools/metadata_decoder.h"

namespace moldau::tools {
namespace {

std::optional<DumpedField> as_it_is(const std::optional<ByteView>& bytes) {
  if (!bytes) return std::nullopt;
  return DumpedField{.form = DumpedField::Form::kBytes, .bytes = *bytes};
}

}  // namespace

Result<RecordContents> decode_record(RecordKind kind, const records::RecordView& record) {
  switch (kind) {
    case RecordKind::kData:
      return RecordContents{.key = as_it_is(record.key), .payload = as_it_is(record.value)};
    case RecordKind::kClusterMetadata:
      return RecordContents{.payload = decode_metadata_record(record)};
    case RecordKind::kOffsets:
      return decode_coordinator_record(group_record_types(), record);
    case RecordKind::kTransactionLog:
      return decode_coordinator_record(transaction_record_types(), record);
    case RecordKind::kShareGroupState:
      return decode_coordinator_record(share_record_types(), record);
  }
  return RecordContents{};
}

}  // namespace moldau::tools
