#include "io/sim/file.h"

#include <algorithm>

namespace moldau::io::sim {

Result<std::size_t> SimFile::read_at(std::uint64_t position, MutableBytes into) {
  if (auto usable = access_.check_read(path_); !usable) return fail(std::move(usable).error());
  return content_->read(position, into);
}

Result<void> SimFile::check_writable() const {
  if (!is_writable_) return fail(ErrorCode::kKafkaStorageError, path_ + ": Bad file descriptor");
  return {};
}

Result<void> SimFile::write_at(std::uint64_t position, std::span<const ByteView> pieces, CallSite site) {
  if (auto writable = check_writable(); !writable) return writable;
  Bytes whole;
  for (const ByteView piece : pieces) {
    whole.insert(whole.end(), piece.begin(), piece.end());
  }
  return access_.change(DiskCall::kWrite, path_, site, [&](CallNumber number, double share) {
    const auto count = static_cast<std::size_t>(static_cast<double>(whole.size()) * share);
    access_.trace().add(position);
    access_.trace().add(count);
    content_->write(position, ByteView(whole).first(count), number, access_.now_ms());
  });
}

Result<void> SimFile::truncate(std::uint64_t size_bytes, CallSite site) {
  if (auto writable = check_writable(); !writable) return writable;
  return access_.change(DiskCall::kTruncate, path_, site, [&](CallNumber number, double) {
    content_->truncate(size_bytes, number, access_.now_ms());
  });
}

Result<void> SimFile::make_read_only(CallSite site) {
  return access_.change(DiskCall::kMakeReadOnly, path_, site,
                        [&](CallNumber, double) { content_->make_read_only(); });
}

Result<void> SimFile::sync(CallSite site) {
  auto synced = access_.change(DiskCall::kSync, path_, site, [&](CallNumber, double) { content_->sync(); });
  if (!synced && access_.is_alive()) content_->fail_sync();
  return synced;
}

Result<std::uint64_t> SimFile::size_bytes() {
  if (auto alive = access_.check(); !alive) return fail(std::move(alive).error());
  return content_->size_bytes();
}

}  // namespace moldau::io::sim
