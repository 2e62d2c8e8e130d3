#pragma once

#include "tools/dump_options.h"
#include "tools/tool_host.h"

namespace moldau::tools {

/// `moldau dump-log`: prints what the files hold, as kafka-dump-log or as JSON (docs/dump-log.md). Changes no
/// file. Gives the exit status: 0, or 1 if a file could not be read to its end; the other files are dumped
/// all the same.
int dump_log(const DumpOptions& options, ToolHost& host);

}  // namespace moldau::tools
