#include "tools/dump_log.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tools/dump_batches.h"
#include "tools/dump_indexes.h"
#include "tools/dump_state.h"
#include "tools/json_lines_writer.h"
#include "tools/text_writer.h"

namespace moldau::tools {
namespace {

/// The paths of a list, cut at commas; empty ones at its end are dropped, as Java drops them.
std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> paths;
  while (true) {
    const auto comma = list.find(',');
    paths.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  while (paths.size() > 1 && paths.back().empty())
    paths.pop_back();
  return paths;
}

/// Without doubled slashes and one at the end, as java.io.File prints a path.
std::string normal_path(const std::string& path) {
  std::string normal;
  for (const char c : path) {
    if (c != '/' || normal.empty() || normal.back() != '/') normal += c;
  }
  if (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

Result<void> dump_file(const std::string& path, const DumpOptions& options, ToolHost& host,
                       DumpWriter& writer) {
  const auto slash = path.rfind('/');
  const std::string name = path.substr(slash + 1);
  const auto dot = name.rfind('.');
  const std::string suffix = dot == std::string::npos ? "" : name.substr(dot);
  constexpr std::array<std::string_view, 6> kKnown = {".log",       ".checkpoint", ".index",
                                                      ".timeindex", ".snapshot",   ".txnindex"};
  if (std::ranges::find(kKnown, suffix) == kKnown.end()) {
    writer.unknown_file();
    return {};
  }
  // "/" itself keeps its slash.
  const std::string folder_path =
      slash == std::string::npos ? "" : path.substr(0, std::max<std::size_t>(slash, 1));
  auto folder = host.open_folder(folder_path);
  if (!folder) return fail(std::move(folder).error());
  if (suffix == ".log" || suffix == ".checkpoint") return dump_batches(**folder, name, options, writer);
  if (suffix == ".index") return dump_offset_index(**folder, name, options, writer);
  if (suffix == ".timeindex") return dump_time_index(**folder, name, options, writer);
  if (suffix == ".snapshot") return dump_producer_snapshot(**folder, name, writer);
  return dump_transaction_index(**folder, name, writer);
}

std::unique_ptr<DumpWriter> make_writer(const DumpOptions& options, ToolHost& host) {
  if (options.json) return std::make_unique<JsonLinesWriter>(host, options.skip_record_metadata);
  return std::make_unique<TextWriter>(host, options.skip_record_metadata);
}

}  // namespace

int dump_log(const DumpOptions& options, ToolHost& host) {
  const auto writer = make_writer(options, host);
  int status = 0;
  for (const std::string& given : split(options.files)) {
    const std::string path = normal_path(given);
    writer->begin_file(path);
    const auto dumped = dump_file(path, options, host, *writer);
    if (dumped) continue;
    writer->failure(dumped.error().message);
    status = 1;
  }
  writer->finish();
  return status;
}

}  // namespace moldau::tools
