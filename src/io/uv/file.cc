#include "io/uv/file.h"

#include <algorithm>
#include <array>

#include <sys/stat.h>
#include <sys/uio.h>

#include "io/uv/system_error.h"

namespace moldau::io::uv {
namespace {

constexpr std::size_t kPiecesPerCall = 16;

/// Builds the vector for the bytes of `pieces` behind the first `done` ones; gives its length.
int gather(std::span<const ByteView> pieces, std::size_t done, std::array<iovec, kPiecesPerCall>& vector) {
  std::size_t count = 0;
  for (const ByteView piece : pieces) {
    if (count == vector.size()) break;
    if (done >= piece.size()) {
      done -= piece.size();
      continue;
    }
    // The system call's type is not const, its use of the bytes is.
    vector[count++] = {const_cast<std::uint8_t*>(piece.data()) + done, piece.size() - done};
    done = 0;
  }
  return static_cast<int>(count);
}

}  // namespace

Result<std::size_t> UvFile::read_at(std::uint64_t position, MutableBytes into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t got = ::pread(descriptor_.number(), into.data() + done, into.size() - done,
                                static_cast<off_t>(position + done));
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return storage_failure("reading " + path_);
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Result<void> UvFile::write_at(std::uint64_t position, std::span<const ByteView> pieces, CallSite) {
  std::size_t total = 0;
  for (const ByteView piece : pieces) {
    total += piece.size();
  }
  std::array<iovec, kPiecesPerCall> vector{};
  for (std::size_t done = 0; done < total;) {
    const int count = gather(pieces, done, vector);
    const ssize_t written =
        ::pwritev(descriptor_.number(), vector.data(), count, static_cast<off_t>(position + done));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return storage_failure("writing " + path_);
    done += static_cast<std::size_t>(written);
  }
  return {};
}

Result<void> UvFile::truncate(std::uint64_t size_bytes, CallSite) {
  while (::ftruncate(descriptor_.number(), static_cast<off_t>(size_bytes)) != 0) {
    if (errno != EINTR) return storage_failure("truncating " + path_);
  }
  return {};
}

Result<void> UvFile::sync(CallSite) {
  while (::fdatasync(descriptor_.number()) != 0) {
    if (errno != EINTR) return storage_failure("syncing " + path_);
  }
  return {};
}

Result<void> UvFile::make_read_only(CallSite) {
  if (::fchmod(descriptor_.number(), S_IRUSR) != 0) return storage_failure("protecting " + path_);
  return {};
}

Result<std::uint64_t> UvFile::size_bytes() {
  struct stat status{};
  if (::fstat(descriptor_.number(), &status) != 0) return storage_failure("asking for " + path_);
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace moldau::io::uv
