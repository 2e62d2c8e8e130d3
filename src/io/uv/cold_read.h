#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace moldau::io::uv {

/// Whether the first and the last byte of a range lie in the page cache, so that sendfile will hardly wait
/// for the disk. True where the file system cannot tell, and for what lies behind the end of the file.
bool is_cached(int file, std::uint64_t position, std::uint64_t size_bytes);

/// Reads a range if the page cache has all of it; else `into` holds anything.
bool read_if_cached(int file, std::uint64_t position, MutableBytes into);

/// Brings a range into the page cache by reading it; blocks. A failure is left to who sends the range.
void bring_into_cache(int file, std::uint64_t position, std::uint64_t size_bytes);

}  // namespace moldau::io::uv
