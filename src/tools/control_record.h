#pragma once

#include "base/result.h"
#include "protocol/records/record_iterator.h"
#include "tools/dump_facts.h"

namespace moldau::tools {

/// Reads a record of a control batch. INVALID_RECORD if its key or its message is malformed.
Result<ControlFacts> read_control_record(const records::RecordView& record);

}  // namespace moldau::tools
