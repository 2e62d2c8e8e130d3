#pragma once

#include <memory>
#include <string>
#include <utility>

#include "io/file.h"
#include "io/sim/cached_file.h"
#include "io/sim/disk_access.h"

namespace moldau::io::sim {

/// An open file of a simulated disk.
class SimFile final : public File {
 public:
  SimFile(DiskAccess access, std::shared_ptr<CachedFile> content, std::string path, bool is_writable)
      : access_(access), content_(std::move(content)), path_(std::move(path)), is_writable_(is_writable) {}

  Result<std::size_t> read_at(std::uint64_t position, MutableBytes into) override;
  Result<void> write_at(std::uint64_t position, std::span<const ByteView> pieces, CallSite site) override;
  Result<void> truncate(std::uint64_t size_bytes, CallSite site) override;
  Result<void> sync(CallSite site) override;
  Result<void> make_read_only(CallSite site = CallSite::current()) override;
  Result<std::uint64_t> size_bytes() override;

 private:
  Result<void> check_writable() const;

  DiskAccess access_;
  std::shared_ptr<CachedFile> content_;
  std::string path_;
  bool is_writable_;
};

}  // namespace moldau::io::sim
