#include "io/sim/directory.h"

#include <algorithm>

#include "io/sim/file.h"

namespace moldau::io::sim {
namespace {

class SimDirectoryLock final : public DirectoryLock {
 public:
  SimDirectoryLock(DiskAccess access, std::string folder, std::string name)
      : access_(access), folder_(std::move(folder)), name_(std::move(name)) {}
  ~SimDirectoryLock() override { access_.free_lock(folder_, name_); }
  SimDirectoryLock(const SimDirectoryLock&) = delete;
  SimDirectoryLock& operator=(const SimDirectoryLock&) = delete;

 private:
  DiskAccess access_;
  std::string folder_;
  std::string name_;
};

}  // namespace

Result<std::shared_ptr<Directory>> SimDirectory::open_root(DiskAccess access,
                                                           std::shared_ptr<CachedFolder> root,
                                                           std::string_view path) {
  return walk(access, std::move(root), path, true);
}

Result<std::shared_ptr<Directory>> SimDirectory::find_root(DiskAccess access,
                                                           std::shared_ptr<CachedFolder> root,
                                                           std::string_view path) {
  return walk(access, std::move(root), path, false);
}

Result<std::shared_ptr<Directory>> SimDirectory::walk(DiskAccess access, std::shared_ptr<CachedFolder> root,
                                                      std::string_view path, bool makes_missing) {
  std::shared_ptr<Directory> at = std::make_shared<SimDirectory>(access, std::move(root), "");
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (name.empty() || name == ".") continue;
    const auto there = at->contains(name);
    if (!there) return fail(there.error());
    if (!*there) {
      if (!makes_missing) return nullptr;
      if (auto made = at->create_directory(name); !made) return fail(std::move(made).error());
      if (auto synced = at->sync(); !synced) return fail(std::move(synced).error());
    }
    auto below = at->open_directory(name);
    if (!below) return below;
    at = *std::move(below);
  }
  return at;
}

std::unexpected<Error> SimDirectory::failure(std::string_view name, std::string_view reason) const {
  return fail(ErrorCode::kKafkaStorageError, path_of(name) + ": " + std::string(reason));
}

Result<const Entry*> SimDirectory::look_up(std::string_view name) const {
  if (auto alive = access_.check(); !alive) return fail(std::move(alive).error());
  if (!is_entry_name(name)) return failure(name, "Invalid argument");
  return folder_->find(name);
}

Result<FileHandle> SimDirectory::open_file(std::string_view name, OpenMode mode, CallSite site) {
  const auto found = look_up(name);
  if (!found) return fail(found.error());
  if (*found != nullptr) {
    if (mode == OpenMode::kCreateNew) return failure(name, "File exists");
    if (!(*found)->file) return failure(name, "Is a directory");
    if (mode != OpenMode::kReadOnly && (*found)->file->is_read_only()) {
      return failure(name, "Permission denied");
    }
    return std::make_shared<SimFile>(access_, (*found)->file, path_of(name), mode != OpenMode::kReadOnly);
  }
  if (mode == OpenMode::kReadOnly || mode == OpenMode::kReadWrite) {
    return failure(name, "No such file or directory");
  }
  const auto content = std::make_shared<CachedFile>(access_.now_ms());
  auto made = access_.change(DiskCall::kCreate, path_of(name), site, [&](CallNumber number, double) {
    folder_->put(name, {.file = content, .folder = {}}, number);
  });
  if (!made) return fail(std::move(made).error());
  return std::make_shared<SimFile>(access_, content, path_of(name), true);
}

Result<std::shared_ptr<Directory>> SimDirectory::open_directory(std::string_view name) {
  const auto found = look_up(name);
  if (!found) return fail(found.error());
  if (*found == nullptr) return failure(name, "No such file or directory");
  if (!(*found)->folder) return failure(name, "Not a directory");
  return std::make_shared<SimDirectory>(access_, (*found)->folder, path_of(name));
}

Result<bool> SimDirectory::create_directory(std::string_view name, CallSite site) {
  const auto found = look_up(name);
  if (!found) return fail(found.error());
  if (*found != nullptr) {
    if (!(*found)->folder) return failure(name, "File exists");
    return false;
  }
  auto made = access_.change(DiskCall::kCreateFolder, path_of(name), site, [&](CallNumber number, double) {
    folder_->put(name, {.file = {}, .folder = std::make_shared<CachedFolder>()}, number);
  });
  if (!made) return fail(std::move(made).error());
  return true;
}

Result<bool> SimDirectory::contains(std::string_view name) {
  const auto found = look_up(name);
  if (!found) return fail(found.error());
  return *found != nullptr;
}

Result<std::vector<DirectoryEntry>> SimDirectory::list() {
  if (auto usable = access_.check_read(path_); !usable) return fail(std::move(usable).error());
  std::vector<DirectoryEntry> entries;
  for (const auto& [name, entry] : folder_->entries()) {
    if (entry.file) {
      entries.push_back({.name = name,
                         .is_read_only = entry.file->is_read_only(),
                         .size_bytes = entry.file->size_bytes(),
                         .modified_ms = entry.file->modified_ms()});
    } else {
      entries.push_back({.name = name, .is_directory = true});
    }
  }
  return entries;
}

Result<void> SimDirectory::rename(std::string_view from, std::string_view to, CallSite site) {
  const auto source = look_up(from);
  if (!source) return fail(source.error());
  const auto target = look_up(to);
  if (!target) return fail(target.error());
  if (*source == nullptr) return failure(from, "No such file or directory");
  if (*target != nullptr && *target != *source) {
    if ((*target)->folder && (*source)->file) return failure(to, "Is a directory");
    if ((*target)->file && (*source)->folder) return failure(to, "Not a directory");
    if ((*target)->folder && !(*target)->folder->entries().empty()) return failure(to, "Directory not empty");
  }
  return access_.change(DiskCall::kRename, path_of(from), site,
                        [&](CallNumber number, double) { folder_->rename(from, to, number); });
}

Result<void> SimDirectory::remove_file(std::string_view name, CallSite site) {
  const auto found = look_up(name);
  if (!found) return fail(found.error());
  if (*found == nullptr) return failure(name, "No such file or directory");
  if (!(*found)->file) return failure(name, "Is a directory");
  return access_.change(DiskCall::kRemove, path_of(name), site,
                        [&](CallNumber number, double) { folder_->remove(name, number); });
}

Result<void> SimDirectory::remove_directory(std::string_view name, CallSite site) {
  const auto found = look_up(name);
  if (!found) return fail(found.error());
  if (*found == nullptr) return failure(name, "No such file or directory");
  if (!(*found)->folder) return failure(name, "Not a directory");
  if (!(*found)->folder->entries().empty()) return failure(name, "Directory not empty");
  return access_.change(DiskCall::kRemoveFolder, path_of(name), site,
                        [&](CallNumber number, double) { folder_->remove(name, number); });
}

Result<void> SimDirectory::sync(CallSite site) {
  auto synced =
      access_.change(DiskCall::kSyncFolder, path_, site, [&](CallNumber, double) { folder_->sync(); });
  if (!synced && access_.is_alive()) folder_->fail_sync();
  return synced;
}

Result<std::unique_ptr<DirectoryLock>> SimDirectory::lock(std::string_view name, CallSite site) {
  if (auto file = open_file(name, OpenMode::kCreate, site); !file) return fail(std::move(file).error());
  if (!access_.take_lock(path_, std::string(name))) {
    return fail(ErrorCode::kInvalidConfig, path_of(name) + " is locked: another process uses " + path_);
  }
  return std::make_unique<SimDirectoryLock>(access_, path_, std::string(name));
}

Result<DiskSpace> SimDirectory::space() {
  // A disk that is full is a fault of the script, at the call it names.
  constexpr std::int64_t kDiskBytes = std::int64_t{1} << 40;
  return DiskSpace{.total_bytes = kDiskBytes, .usable_bytes = kDiskBytes / 2};
}

}  // namespace moldau::io::sim
