#pragma once

#include <string>

#include "base/result.h"
#include "io/directory.h"
#include "tools/dump_options.h"
#include "tools/dump_writer.h"

namespace moldau::tools {

/// Dumps a .index file and holds it against the segment's .log. CORRUPT_MESSAGE or KAFKA_STORAGE_ERROR if an
/// entry leads to no batch, the index is not sane where that was asked, or a file is missing.
Result<void> dump_offset_index(io::Directory& folder, const std::string& name, const DumpOptions& options,
                               DumpWriter& writer);

/// The same for a .timeindex file, which is held against the .index and the .log.
Result<void> dump_time_index(io::Directory& folder, const std::string& name, const DumpOptions& options,
                             DumpWriter& writer);

}  // namespace moldau::tools
