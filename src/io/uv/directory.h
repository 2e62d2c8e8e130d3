#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/directory.h"
#include "io/loop.h"
#include "io/uv/descriptor.h"

namespace moldau::io::uv {

/// A folder of the system, by its descriptor: it stays the same folder when it is renamed.
class UvDirectory final : public Directory {
 public:
  /// `read_lane` is for the files of the folder and of those below it.
  UvDirectory(Descriptor descriptor, std::string path, LaneId read_lane)
      : descriptor_(std::move(descriptor)), path_(std::move(path)), read_lane_(read_lane) {}

  /// Opens the folder at `path`, made with its parents, durably, when missing.
  static Result<std::shared_ptr<Directory>> open_root(std::string_view path, LaneId read_lane);

  /// Opens the folder at `path`, or gives nullptr if there is none; "" is the working directory.
  static Result<std::shared_ptr<Directory>> find_root(std::string_view path, LaneId read_lane);

  /// The same, but KAFKA_STORAGE_ERROR if there is none.
  static Result<std::shared_ptr<Directory>> open_existing(std::string_view path, LaneId read_lane);

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
  std::string path_of(std::string_view name) const { return path_ + "/" + std::string(name); }
  /// `name` for a system call.
  Result<std::string> entry(std::string_view name) const;

  Descriptor descriptor_;
  std::string path_;
  LaneId read_lane_;
};

/// `path` behind the working directory unless it begins at the root; nothing else about it changes.
std::string absolute_path(std::string_view path);

}  // namespace moldau::io::uv
