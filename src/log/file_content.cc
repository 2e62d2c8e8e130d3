#include "log/file_content.h"

#include <string>
#include <utility>

namespace moldau::log {

Result<std::optional<Bytes>> read_small_file(io::Directory& directory, std::string_view name,
                                             std::size_t largest_bytes) {
  auto there = directory.contains(name);
  if (!there) return fail(std::move(there).error());
  if (!*there) return std::nullopt;
  auto file = directory.open_file(name, io::OpenMode::kReadOnly);
  if (!file) return fail(std::move(file).error());
  auto size = (*file)->size_bytes();
  if (!size) return fail(std::move(size).error());
  if (*size > largest_bytes) {
    return fail(ErrorCode::kKafkaStorageError, std::string(name) + " in " + directory.path() + " has " +
                                                   std::to_string(*size) + " bytes, more than " +
                                                   std::to_string(largest_bytes));
  }
  Bytes content(static_cast<std::size_t>(*size));
  auto read = read_exactly(**file, 0, content);
  if (!read) return fail(std::move(read).error());
  return content;
}

Result<void> replace_file(io::Directory& directory, std::string_view name, ByteView content) {
  const std::string temporary = std::string(name) + ".tmp";
  auto file = directory.open_file(temporary, io::OpenMode::kCreate);
  if (!file) return fail(std::move(file).error());
  if (auto emptied = (*file)->truncate(0); !emptied) return emptied;
  if (auto written = (*file)->write_at(0, content); !written) return written;
  if (auto synced = (*file)->sync(); !synced) return synced;
  if (auto renamed = directory.rename(temporary, name); !renamed) return renamed;
  return directory.sync();
}

Result<void> read_exactly(io::File& file, std::uint64_t position, MutableBytes into) {
  std::size_t done = 0;
  while (done < into.size()) {
    auto read = file.read_at(position + done, into.subspan(done));
    if (!read) return fail(std::move(read).error());
    if (*read == 0) return fail(ErrorCode::kKafkaStorageError, "the file ends before the bytes asked for");
    done += *read;
  }
  return {};
}

Result<void> remove_if_there(io::Directory& directory, std::string_view name) {
  auto there = directory.contains(name);
  if (!there) return fail(std::move(there).error());
  if (!*there) return {};
  return directory.remove_file(name);
}

Result<void> rename_if_there(io::Directory& directory, std::string_view from, std::string_view to) {
  auto there = directory.contains(from);
  if (!there) return fail(std::move(there).error());
  if (!*there) return {};
  return directory.rename(from, to);
}

}  // namespace moldau::log
