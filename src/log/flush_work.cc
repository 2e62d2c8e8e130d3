#include "log/flush_work.h"

#include "log/file_content.h"

namespace moldau::log {

Result<void> FlushWork::run() const {
  for (const io::FileHandle& file : files) {
    if (auto synced = file->sync(); !synced) return synced;
  }
  for (const Replacement& replacement : replacements) {
    auto replaced = replace_file(*replacement.directory, replacement.name, replacement.content);
    if (!replaced) return replaced;
  }
  for (const auto& directory : directories) {
    if (auto synced = directory->sync(); !synced) return synced;
  }
  return {};
}

}  // namespace moldau::log
