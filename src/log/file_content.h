#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "io/directory.h"
#include "io/file.h"

namespace moldau::log {

/// The whole file, or nullopt if there is none of that name. KAFKA_STORAGE_ERROR with the file's name if it
/// is larger than `largest_bytes` or cannot be read.
Result<std::optional<Bytes>> read_small_file(io::Directory& directory, std::string_view name,
                                             std::size_t largest_bytes);

/// Gives the file a new content that is all there or not at all, even if the machine stops meanwhile: writes
/// `name`.tmp, syncs it, renames it over `name` and syncs the folder. Blocks.
Result<void> replace_file(io::Directory& directory, std::string_view name, ByteView content);

/// Fills `into` from `position`. KAFKA_STORAGE_ERROR if the file ends before.
Result<void> read_exactly(io::File& file, std::uint64_t position, MutableBytes into);

/// Removes the file if it is there.
Result<void> remove_if_there(io::Directory& directory, std::string_view name);
/// Renames the file if it is there.
Result<void> rename_if_there(io::Directory& directory, std::string_view from, std::string_view to);

}  // namespace moldau::log
