#pragma once

#include <string>

#include "base/result.h"
#include "io/directory.h"
#include "tools/dump_options.h"
#include "tools/dump_writer.h"

namespace moldau::tools {

/// Dumps a .log or .checkpoint file. CORRUPT_MESSAGE or INVALID_RECORD where what the file holds cannot be
/// read on; what was written before stands.
Result<void> dump_batches(io::Directory& folder, const std::string& name, const DumpOptions& options,
                          DumpWriter& writer);

}  // namespace moldau::tools
