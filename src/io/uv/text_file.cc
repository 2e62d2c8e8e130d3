#include "io/uv/text_file.h"

#include "base/bytes.h"
#include "io/uv/directory.h"

namespace moldau::io::uv {
namespace {

Result<FileHandle> open_file(const std::string& path, OpenMode mode) {
  const auto slash = path.rfind('/');
  const std::string folder = path.substr(0, slash == std::string::npos ? 0 : slash + 1);
  // Nothing of it is sent, so no read lane comes into play.
  auto directory = UvDirectory::open_existing(folder, LaneId());
  if (!directory) return fail(directory.error());
  return (*directory)->open_file(path.substr(folder.size()), mode);
}

}  // namespace

Result<std::string> read_text_file(const std::string& path) {
  auto file = open_file(path, OpenMode::kReadOnly);
  if (!file) return fail(file.error());
  const auto size_bytes = (*file)->size_bytes();
  if (!size_bytes) return fail(size_bytes.error());
  std::string text(*size_bytes, '\0');
  const auto got = (*file)->read_at(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (!got) return fail(got.error());
  text.resize(*got);
  return text;
}

Result<void> write_text_file(const std::string& path, std::string_view text) {
  auto file = open_file(path, OpenMode::kCreate);
  if (!file) return fail(file.error());
  if (const auto emptied = (*file)->truncate(0); !emptied) return emptied;
  return (*file)->write_at(0, as_bytes(text));
}

}  // namespace moldau::io::uv
