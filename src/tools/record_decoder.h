#pragma once

#include "base/result.h"
#include "protocol/records/record_iterator.h"
#include "tools/dump_facts.h"
#include "tools/dump_options.h"

namespace moldau::tools {

/// What the key and value of a data record say, in the words of kafka-dump-log where they are not what they
/// should be. INVALID_RECORD where kafka-dump-log ends: for a coordinator's record without a key. Borrows
/// the record.
Result<RecordContents> decode_record(RecordKind kind, const records::RecordView& record);

}  // namespace moldau::tools
