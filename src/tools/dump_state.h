#pragma once

#include <string>

#include "base/result.h"
#include "io/directory.h"
#include "tools/dump_writer.h"

namespace moldau::tools {

/// Dumps a producer snapshot. KAFKA_STORAGE_ERROR if it cannot be read; one that is corrupt is a complaint.
Result<void> dump_producer_snapshot(io::Directory& folder, const std::string& name, DumpWriter& writer);

/// Dumps a transaction index. CORRUPT_MESSAGE for an entry of an unknown version.
Result<void> dump_transaction_index(io::Directory& folder, const std::string& name, DumpWriter& writer);

}  // namespace moldau::tools
