#pragma once

#include <string>

#include "io/file.h"
#include "io/loop.h"
#include "io/uv/descriptor.h"

namespace moldau::io::uv {

/// A file of the system.
class UvFile final : public File {
 public:
  /// `read_lane` reads ahead what a slice of the file finds missing in the page cache.
  UvFile(Descriptor descriptor, std::string path, LaneId read_lane)
      : descriptor_(std::move(descriptor)), path_(std::move(path)), read_lane_(read_lane) {}

  Result<std::size_t> read_at(std::uint64_t position, MutableBytes into) override;
  Result<void> write_at(std::uint64_t position, std::span<const ByteView> pieces, CallSite site) override;
  Result<void> truncate(std::uint64_t size_bytes, CallSite site) override;
  Result<void> sync(CallSite site) override;
  Result<void> make_read_only(CallSite site = CallSite::current()) override;
  Result<std::uint64_t> size_bytes() override;

  /// For sendfile; stays open as long as the file object.
  int descriptor() const { return descriptor_.number(); }
  LaneId read_lane() const { return read_lane_; }

 private:
  Descriptor descriptor_;
  std::string path_;
  LaneId read_lane_;
};

}  // namespace moldau::io::uv
