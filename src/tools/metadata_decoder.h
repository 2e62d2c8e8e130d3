#pragma once

#include "protocol/records/record_iterator.h"
#include "tools/dump_facts.h"

namespace moldau::tools {

/// The value of a record of the metadata log (docs/formats/metadata-records.md), or a note on what is wrong
/// with it.
DumpedField decode_metadata_record(const records::RecordView& record);

}  // namespace moldau::tools
