#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "log/clean_shutdown_marker.h"
#include "log/java_properties.h"
#include "log/leader_epoch_checkpoint.h"
#include "log/meta_properties.h"
#include "log/offset_checkpoint.h"
#include "log/partition_metadata_file.h"
#include "log/partition_name.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// The text files of a log directory: what parses is written to a text that parses to the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moldau;
  using namespace moldau::log;
  const std::string_view text = as_text({data, size});
  if (const auto offsets = parse_offset_checkpoint(text)) {
    must(parse_offset_checkpoint(format_offset_checkpoint(*offsets)) == *offsets);
  }
  if (const auto epochs = parse_leader_epochs(text)) {
    must(parse_leader_epochs(format_leader_epochs(*epochs)) == *epochs);
  }
  if (const auto id = parse_partition_metadata(text)) {
    must(parse_partition_metadata(format_partition_metadata(*id)) == *id);
  }
  if (const auto epoch = parse_clean_shutdown(text)) {
    must(parse_clean_shutdown(format_clean_shutdown(*epoch)) == epoch);
  }
  (void)parse_java_properties(text);
  if (const auto properties = parse_meta_properties(text)) {
    must(parse_meta_properties(format_meta_properties(*properties, 0)) == *properties);
  }
  if (const auto folder = parse_folder_name(text); folder && folder->kind == FolderKind::kLive) {
    must(parse_folder_name(format_folder_name(folder->partition)) == *folder);
  }
  return 0;
}
