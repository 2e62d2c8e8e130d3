#include "protocol/records/record_scan.h"

namespace moldau::records {

std::string_view describe(RecordFault fault) {
  switch (fault) {
    case RecordFault::kNone:
      return "the record is sound";
    case RecordFault::kEndOfData:
      return "the records end before the declared number of them";
    case RecordFault::kBadVarint:
      return "a varint does not end within its largest size";
    case RecordFault::kBadLength:
      return "a record length is negative or larger than the batch";
    case RecordFault::kBadFieldLength:
      return "a key, value or header is longer than its record";
    case RecordFault::kBadHeaderCount:
      return "a number of headers is negative or larger than the record";
    case RecordFault::kNegativeHeaderKey:
      return "a header has no key";
    case RecordFault::kLengthMismatch:
      return "a record is longer than its fields";
    case RecordFault::kDecode:
      return "the records cannot be decompressed";
  }
  return "unknown";
}

}  // namespace moldau::records
