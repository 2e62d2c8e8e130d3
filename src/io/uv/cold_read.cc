#include "io/uv/cold_read.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <sys/uio.h>
#include <unistd.h>

namespace moldau::io::uv {
namespace {

bool is_byte_cached(int file, std::uint64_t position) {
  std::uint8_t byte = 0;
  const iovec one{&byte, 1};
  return ::preadv2(file, &one, 1, static_cast<off_t>(position), RWF_NOWAIT) >= 0 || errno != EAGAIN;
}

}  // namespace

bool is_cached(int file, std::uint64_t position, std::uint64_t size_bytes) {
  if (size_bytes == 0) return true;
  return is_byte_cached(file, position) && is_byte_cached(file, position + size_bytes - 1);
}

bool read_if_cached(int file, std::uint64_t position, MutableBytes into) {
  const iovec all{into.data(), into.size()};
  const ssize_t got = ::preadv2(file, &all, 1, static_cast<off_t>(position), RWF_NOWAIT);
  return got >= 0 && std::cmp_equal(got, into.size());
}

void bring_into_cache(int file, std::uint64_t position, std::uint64_t size_bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): only the kernel's side effect counts.
  std::array<std::uint8_t, 64 * 1024> scratch;
  while (size_bytes > 0) {
    const auto wanted = std::min<std::uint64_t>(size_bytes, scratch.size());
    const ssize_t got = ::pread(file, scratch.data(), wanted, static_cast<off_t>(position));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    position += static_cast<std::uint64_t>(got);
    size_bytes -= static_cast<std::uint64_t>(got);
  }
}

}  // namespace moldau::io::uv
