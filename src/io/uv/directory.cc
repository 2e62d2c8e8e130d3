#include "io/uv/directory.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "io/uv/file.h"
#include "io/uv/system_error.h"

namespace moldau::io::uv {
namespace {

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::kReadOnly:
      return O_RDONLY;
    case OpenMode::kReadWrite:
      return O_RDWR;
    case OpenMode::kCreate:
      return O_RDWR | O_CREAT;
    case OpenMode::kCreateNew:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

/// A record lock, which excludes a JVM's FileLock too. It belongs to the descriptor, not to the process: two
/// holders in one process exclude each other, and nobody loses it by closing the file elsewhere.
class UvLock final : public DirectoryLock {
 public:
  explicit UvLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

struct DirCloser {
  void operator()(DIR* stream) const { ::closedir(stream); }
};

int open_folder(const std::string& path) {
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/// Makes the folder and its parents when missing; each stands in its own parent for good.
Result<void> make_durably(const std::filesystem::path& path) {
  std::error_code reason;
  if (path.empty() || std::filesystem::exists(path, reason)) return {};
  if (!path.has_filename()) return make_durably(path.parent_path());
  if (auto made = make_durably(path.parent_path()); !made) return made;
  std::filesystem::create_directory(path, reason);
  if (reason) return fail(ErrorCode::kKafkaStorageError, path.string() + ": " + reason.message());
  const std::string parent = path.has_parent_path() ? path.parent_path().string() : ".";
  const Descriptor folder(open_folder(parent));
  if (!folder.is_open() || ::fsync(folder.number()) != 0) return storage_failure("syncing " + parent);
  return {};
}

}  // namespace

Result<std::string> UvDirectory::entry(std::string_view name) const {
  if (!is_entry_name(name)) return fail(ErrorCode::kKafkaStorageError, path_of(name) + ": not a file name");
  return std::string(name);
}

Result<std::shared_ptr<Directory>> UvDirectory::open_root(std::string_view path, LaneId read_lane) {
  if (auto made = make_durably(path); !made) return fail(std::move(made).error());
  return open_existing(path, read_lane);
}

Result<std::shared_ptr<Directory>> UvDirectory::find_root(std::string_view path, LaneId read_lane) {
  std::string name = absolute_path(path);
  Descriptor descriptor(open_folder(name));
  if (descriptor.is_open())
    return std::make_shared<UvDirectory>(std::move(descriptor), std::move(name), read_lane);
  if (errno == ENOENT) return nullptr;
  return storage_failure(path);
}

Result<std::shared_ptr<Directory>> UvDirectory::open_existing(std::string_view path, LaneId read_lane) {
  auto folder = find_root(path, read_lane);
  if (folder && *folder == nullptr) {
    return fail(ErrorCode::kKafkaStorageError, std::string(path) + ": No such file or directory");
  }
  return folder;
}

Result<FileHandle> UvDirectory::open_file(std::string_view name, OpenMode mode, CallSite) {
  const auto text = entry(name);
  if (!text) return fail(text.error());
  Descriptor file(::openat(descriptor_.number(), text->c_str(), flags_of(mode) | O_CLOEXEC, 0666));
  if (!file.is_open()) return storage_failure("opening " + path_of(name));
  return std::make_shared<UvFile>(std::move(file), path_of(name), read_lane_);
}

Result<std::shared_ptr<Directory>> UvDirectory::open_directory(std::string_view name) {
  const auto text = entry(name);
  if (!text) return fail(text.error());
  Descriptor folder(::openat(descriptor_.number(), text->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return storage_failure("opening " + path_of(name));
  return std::make_shared<UvDirectory>(std::move(folder), path_of(name), read_lane_);
}

Result<bool> UvDirectory::create_directory(std::string_view name, CallSite) {
  const auto text = entry(name);
  if (!text) return fail(text.error());
  if (::mkdirat(descriptor_.number(), text->c_str(), 0777) == 0) return true;
  if (errno == EEXIST) return false;
  return storage_failure("making " + path_of(name));
}

Result<bool> UvDirectory::contains(std::string_view name) {
  const auto text = entry(name);
  if (!text) return fail(text.error());
  if (::faccessat(descriptor_.number(), text->c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) return true;
  if (errno == ENOENT) return false;
  return storage_failure("looking for " + path_of(name));
}

Result<std::vector<DirectoryEntry>> UvDirectory::list() {
  // A stream of its own: reading moves the descriptor's position.
  const int own = ::openat(descriptor_.number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return storage_failure("listing " + path_);
  const std::unique_ptr<DIR, DirCloser> stream(::fdopendir(own));
  if (!stream) {
    ::close(own);
    return storage_failure("listing " + path_);
  }
  std::vector<DirectoryEntry> entries;
  errno = 0;
  while (const dirent* found = ::readdir(stream.get())) {
    const std::string_view name = found->d_name;
    if (name == "." || name == "..") continue;
    struct stat status{};
    if (::fstatat(descriptor_.number(), found->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) continue;  // gone meanwhile
      return storage_failure("listing " + path_);
    }
    entries.push_back(
        {.name = std::string(name),
         .is_directory = S_ISDIR(status.st_mode),
         .is_read_only = S_ISREG(status.st_mode) && (status.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0,
         .size_bytes = static_cast<std::uint64_t>(status.st_size),
         .modified_ms = TimestampMs{status.st_mtim.tv_sec} * 1000 + status.st_mtim.tv_nsec / 1'000'000});
    errno = 0;
  }
  if (errno != 0) return storage_failure("listing " + path_);
  std::ranges::sort(entries, {}, &DirectoryEntry::name);
  return entries;
}

Result<void> UvDirectory::rename(std::string_view from, std::string_view to, CallSite) {
  const auto old_name = entry(from);
  if (!old_name) return fail(old_name.error());
  const auto new_name = entry(to);
  if (!new_name) return fail(new_name.error());
  const int folder = descriptor_.number();
  if (::renameat(folder, old_name->c_str(), folder, new_name->c_str()) == 0) return {};
  return storage_failure("renaming " + path_of(from) + " to " + *new_name);
}

Result<void> UvDirectory::remove_file(std::string_view name, CallSite) {
  const auto text = entry(name);
  if (!text) return fail(text.error());
  if (::unlinkat(descriptor_.number(), text->c_str(), 0) == 0) return {};
  return storage_failure("removing " + path_of(name));
}

Result<void> UvDirectory::remove_directory(std::string_view name, CallSite) {
  const auto text = entry(name);
  if (!text) return fail(text.error());
  if (::unlinkat(descriptor_.number(), text->c_str(), AT_REMOVEDIR) == 0) return {};
  return storage_failure("removing " + path_of(name));
}

Result<void> UvDirectory::sync(CallSite) {
  while (::fsync(descriptor_.number()) != 0) {
    if (errno != EINTR) return storage_failure("syncing " + path_);
  }
  return {};
}

Result<std::unique_ptr<DirectoryLock>> UvDirectory::lock(std::string_view name, CallSite) {
  const auto text = entry(name);
  if (!text) return fail(text.error());
  Descriptor file(::openat(descriptor_.number(), text->c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file.is_open()) return storage_failure("opening " + path_of(name));
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(file.number(), F_OFD_SETLK, &whole) != 0) {
    if (errno != EAGAIN && errno != EACCES) return storage_failure("locking " + path_of(name));
    return fail(ErrorCode::kInvalidConfig, path_of(name) + " is locked: another process uses " + path_);
  }
  return std::make_unique<UvLock>(std::move(file));
}

Result<DiskSpace> UvDirectory::space() {
  struct statvfs status{};
  if (::fstatvfs(descriptor_.number(), &status) != 0)
    return storage_failure("asking for the space of " + path_);
  // What does not fit is more than anybody has.
  const auto bytes_of = [&](std::uint64_t blocks) {
    const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const bool fits = status.f_frsize == 0 || blocks <= most / status.f_frsize;
    return static_cast<std::int64_t>(fits ? blocks * status.f_frsize : most);
  };
  return DiskSpace{.total_bytes = bytes_of(status.f_blocks), .usable_bytes = bytes_of(status.f_bavail)};
}

std::string absolute_path(std::string_view path) {
  std::error_code unknown;
  const std::filesystem::path folder = std::filesystem::current_path(unknown);
  return (folder / path).string();
}

}  // namespace moldau::io::uv
