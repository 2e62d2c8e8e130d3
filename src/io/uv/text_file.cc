#include "io/uv/text_file.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "base/bytes.h"
#include "io/uv/descriptor.h"
#include "io/uv/directory.h"
#include "io/uv/system_error.h"

namespace moldau::io::uv {
Result<std::string> read_text_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return storage_failure("opening " + path);
  std::string text;
  std::array<char, 16 * 1024> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): it is read into
  while (true) {
    const ssize_t got = ::read(file.number(), piece.data(), piece.size());
    if (got == 0) return text;
    if (got > 0) {
      text.append(piece.data(), static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      return storage_failure("reading " + path);
    }
  }
}

Result<void> write_text_file(const std::string& path, std::string_view text) {
  const auto slash = path.rfind('/');
  const std::string folder = path.substr(0, slash == std::string::npos ? 0 : slash + 1);
  // Nothing of it is sent, so no read lane comes into play.
  auto directory = UvDirectory::open_existing(folder, LaneId());
  if (!directory) return fail(directory.error());
  auto file = (*directory)->open_file(path.substr(folder.size()), OpenMode::kCreate);
  if (!file) return fail(file.error());
  if (const auto emptied = (*file)->truncate(0); !emptied) return emptied;
  return (*file)->write_at(0, as_bytes(text));
}

}  // namespace moldau::io::uv
