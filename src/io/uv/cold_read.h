#pragma once

#include <cstdint>

namespace moldau::io::uv {

/// Whether the first and the last byte of a range lie in the page cache, so that sendfile will hardly wait
/// for the disk. True where the file system cannot tell, and for what lies behind the end of the file.
bool is_cached(int file, std::uint64_t position, std::uint64_t size_bytes);

/// Brings a range into the page cache by reading it; blocks. A failure is left to who sends the range.
void bring_into_cache(int file, std::uint64_t position, std::uint64_t size_bytes);

}  // namespace moldau::io::uv
