#include "log/flush_work.h"

#include <string_view>

#include "log/file_content.h"
#include "log/file_names.h"

namespace moldau::log {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

Result<void> write_again_from(io::File& file, std::uint64_t position) {
  Bytes chunk(kChunkBytes);
  while (true) {
    const auto read = file.read_at(position, chunk);
    if (!read) return fail(read.error());
    if (*read == 0) return {};
    if (auto written = file.write_at(position, ByteView(chunk).first(*read)); !written) return written;
    position += *read;
  }
}

}  // namespace

Result<void> remove_segment_files(io::Directory& directory, std::int64_t base_offset) {
  for (const std::string_view suffix :
       {kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix, kTransactionIndexSuffix, kProducerSnapshotSuffix}) {
    if (auto removed = remove_if_there(directory, offset_file_name(base_offset, suffix)); !removed)
      return removed;
  }
  return {};
}

Result<void> FlushWork::run() const {
  for (const UnsyncedFile& each : files) {
    if (auto synced = each.file->sync(); !synced) return synced;
  }
  for (const Replacement& replacement : replacements) {
    auto replaced = replace_file(*replacement.directory, replacement.name, replacement.content);
    if (!replaced) return replaced;
  }
  for (const auto& directory : directories) {
    if (auto synced = directory->sync(); !synced) return synced;
  }
  for (const Removal& removal : removals) {
    if (auto removed = remove_segment_files(*removal.directory, removal.base_offset); !removed)
      return removed;
  }
  return {};
}

Result<void> FlushWork::run_alone() const {
  auto synced = run();
  if (!synced) (void)write_again();
  return synced;
}

Result<void> FlushWork::write_again() const {
  for (const UnsyncedFile& each : files) {
    if (auto written = write_again_from(*each.file, each.from); !written) return written;
  }
  return {};
}

}  // namespace moldau::log
