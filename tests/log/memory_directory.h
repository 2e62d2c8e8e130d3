#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/directory.h"

namespace moldau::log::testing {

/// Which calls fail from now on, and how many were made.
struct DiskFaults {
  bool fail_writes = false;
  bool fail_syncs = false;
  int sync_count = 0;
  int read_count = 0;
};

class MemoryFile final : public io::File {
 public:
  explicit MemoryFile(std::shared_ptr<DiskFaults> faults) : faults_(std::move(faults)) {}

  Result<std::size_t> read_at(std::uint64_t position, MutableBytes into) override {
    ++faults_->read_count;
    if (position >= content.size()) return 0;
    const std::size_t size = std::min(into.size(), content.size() - static_cast<std::size_t>(position));
    std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(position), size, into.begin());
    return size;
  }

  using io::File::write_at;
  Result<void> write_at(std::uint64_t position, std::span<const ByteView> pieces,
                        io::CallSite = io::CallSite::current()) override {
    if (faults_->fail_writes) return fail(ErrorCode::kKafkaStorageError, "no space left");
    for (const ByteView piece : pieces) {
      content.resize(std::max(content.size(), static_cast<std::size_t>(position) + piece.size()));
      std::ranges::copy(piece, content.begin() + static_cast<std::ptrdiff_t>(position));
      position += piece.size();
    }
    return {};
  }

  Result<void> truncate(std::uint64_t size_bytes, io::CallSite = io::CallSite::current()) override {
    if (faults_->fail_writes) return fail(ErrorCode::kKafkaStorageError, "no space left");
    content.resize(static_cast<std::size_t>(size_bytes));
    return {};
  }

  Result<void> sync(io::CallSite = io::CallSite::current()) override {
    ++faults_->sync_count;
    if (faults_->fail_syncs) return fail(ErrorCode::kKafkaStorageError, "input/output error");
    return {};
  }

  Result<void> make_read_only(io::CallSite = io::CallSite::current()) override { return {}; }

  Result<std::uint64_t> size_bytes() override { return content.size(); }

  Bytes content;
  TimestampMs modified_ms = 0;

 private:
  std::shared_ptr<DiskFaults> faults_;
};

/// A folder that is a map.
class MemoryDirectory final : public io::Directory {
 public:
  explicit MemoryDirectory(std::string path = "memory",
                           std::shared_ptr<DiskFaults> faults = std::make_shared<DiskFaults>())
      : path_(std::move(path)), faults_(std::move(faults)) {}

  Result<io::FileHandle> open_file(std::string_view name, io::OpenMode mode,
                                   io::CallSite = io::CallSite::current()) override {
    const auto found = files.find(name);
    const bool is_there = found != files.end();
    if (is_there && mode == io::OpenMode::kCreateNew) return missing(name, "is there already");
    if (is_there) return found->second;
    if (mode == io::OpenMode::kReadOnly || mode == io::OpenMode::kReadWrite) {
      return missing(name, "does not exist");
    }
    return files[std::string(name)] = std::make_shared<MemoryFile>(faults_);
  }

  Result<std::shared_ptr<io::Directory>> open_directory(std::string_view name) override {
    const auto found = folders.find(name);
    if (found == folders.end()) return missing(name, "does not exist");
    return found->second;
  }

  Result<bool> create_directory(std::string_view name, io::CallSite = io::CallSite::current()) override {
    auto& folder = folders[std::string(name)];
    if (folder != nullptr) return false;
    folder = std::make_shared<MemoryDirectory>(path_ + '/' + std::string(name), faults_);
    return true;
  }

  Result<bool> contains(std::string_view name) override {
    return files.contains(name) || folders.contains(name);
  }

  Result<std::vector<io::DirectoryEntry>> list() override {
    std::vector<io::DirectoryEntry> entries;
    for (const auto& [name, file] : files) {
      entries.push_back({.name = name, .size_bytes = file->content.size(), .modified_ms = file->modified_ms});
    }
    for (const auto& [name, folder] : folders)
      entries.push_back({.name = name, .is_directory = true});
    std::ranges::sort(entries, {}, &io::DirectoryEntry::name);
    return entries;
  }

  Result<void> rename(std::string_view from, std::string_view to,
                      io::CallSite = io::CallSite::current()) override {
    if (const auto file = files.extract(std::string(from))) {
      files[std::string(to)] = file.mapped();
      return {};
    }
    if (const auto folder = folders.extract(std::string(from))) {
      folders[std::string(to)] = folder.mapped();
      return {};
    }
    return missing(from, "does not exist");
  }

  Result<void> remove_file(std::string_view name, io::CallSite = io::CallSite::current()) override {
    if (files.erase(std::string(name)) == 0) return missing(name, "does not exist");
    return {};
  }

  Result<void> remove_directory(std::string_view name, io::CallSite = io::CallSite::current()) override {
    const auto found = folders.find(name);
    if (found == folders.end()) return missing(name, "does not exist");
    if (!found->second->files.empty() || !found->second->folders.empty())
      return missing(name, "is not empty");
    folders.erase(found);
    return {};
  }

  Result<void> sync(io::CallSite = io::CallSite::current()) override {
    ++faults_->sync_count;
    if (faults_->fail_syncs) return fail(ErrorCode::kKafkaStorageError, "input/output error");
    return {};
  }

  Result<std::unique_ptr<io::DirectoryLock>> lock(std::string_view name,
                                                  io::CallSite = io::CallSite::current()) override {
    files.try_emplace(std::string(name), std::make_shared<MemoryFile>(faults_));
    return std::make_unique<io::DirectoryLock>();
  }

  Result<io::DiskSpace> space() override { return io::DiskSpace{}; }
  const std::string& path() const override { return path_; }

  /// The file's bytes as text; empty if there is none.
  std::string text(std::string_view name) const {
    const auto found = files.find(name);
    return found == files.end() ? std::string() : std::string(as_text(found->second->content));
  }

  void put(std::string_view name, std::string_view content, TimestampMs modified_ms = 0) {
    auto file = std::make_shared<MemoryFile>(faults_);
    file->modified_ms = modified_ms;
    const ByteView bytes = as_bytes(content);
    file->content.assign(bytes.begin(), bytes.end());
    files[std::string(name)] = std::move(file);
  }

  Bytes& content(std::string_view name) { return files.find(name)->second->content; }
  DiskFaults& faults() { return *faults_; }

  /// What a process that died left: the same files, held by nobody.
  std::shared_ptr<MemoryDirectory> copy() const {
    auto copied = std::make_shared<MemoryDirectory>(path_);
    for (const auto& [name, file] : files)
      copied->put(name, as_text(file->content));
    return copied;
  }

  std::map<std::string, std::shared_ptr<MemoryFile>, std::less<>> files;
  std::map<std::string, std::shared_ptr<MemoryDirectory>, std::less<>> folders;

 private:
  std::unexpected<Error> missing(std::string_view name, std::string_view why) const {
    return fail(ErrorCode::kKafkaStorageError, path_ + '/' + std::string(name) + ' ' + std::string(why));
  }

  std::string path_;
  std::shared_ptr<DiskFaults> faults_;
};

}  // namespace moldau::log::testing
