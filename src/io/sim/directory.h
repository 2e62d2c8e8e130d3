#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/directory.h"
#include "io/sim/cached_folder.h"
#include "io/sim/disk_access.h"

namespace moldau::io::sim {

/// A folder of a simulated disk.
class SimDirectory final : public Directory {
 public:
  SimDirectory(DiskAccess access, std::shared_ptr<CachedFolder> folder, std::string path)
      : access_(access), folder_(std::move(folder)), path_(std::move(path)) {}

  /// Opens the folder at `path` from the disk's root, made with its parents, durably, when missing.
  static Result<std::shared_ptr<Directory>> open_root(DiskAccess access, std::shared_ptr<CachedFolder> root,
                                                      std::string_view path);

  /// Opens the folder at `path` from the disk's root; nullptr if there is none.
  static Result<std::shared_ptr<Directory>> find_root(DiskAccess access, std::shared_ptr<CachedFolder> root,
                                                      std::string_view path);

  Result<FileHandle> open_file(std::string_view name, OpenMode mode, CallSite site) override;
  Result<std::shared_ptr<Directory>> open_directory(std::string_view name) override;
  Result<bool> create_directory(std::string_view name, CallSite site) override;
  Result<bool> contains(std::string_view name) override;
  Result<std::vector<DirectoryEntry>> list() override;
  Result<void> rename(std::string_view from, std::string_view to, CallSite site) override;
  Result<void> remove_file(std::string_view name, CallSite site) override;
  Result<void> remove_directory(std::string_view name, CallSite site) override;
  Result<void> sync(CallSite site) override;
  Result<std::unique_ptr<DirectoryLock>> lock(std::string_view name, CallSite site) override;
  Result<DiskSpace> space() override;
  const std::string& path() const override { return path_; }

 private:
  /// From the disk's root to the folder at `path`; nullptr at one that is missing and not to be made.
  static Result<std::shared_ptr<Directory>> walk(DiskAccess access, std::shared_ptr<CachedFolder> root,
                                                 std::string_view path, bool makes_missing);

  std::string path_of(std::string_view name) const { return path_ + "/" + std::string(name); }
  std::unexpected<Error> failure(std::string_view name, std::string_view reason) const;

  /// Of a name that is one; nullptr when nothing has it.
  Result<const Entry*> look_up(std::string_view name) const;

  DiskAccess access_;
  std::shared_ptr<CachedFolder> folder_;
  std::string path_;
};

}  // namespace moldau::io::sim
