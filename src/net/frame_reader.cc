#include "net/frame_reader.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "base/assert.h"
#include "base/endian.h"

namespace moldau::net {
namespace {

constexpr std::size_t kPrefixBytes = 4;
/// Enough for most requests in one read, small enough that the rest behind a frame is cheap to move.
constexpr std::size_t kFirstReadBytes = 16 * 1024;
constexpr std::size_t kGrowthFloorBytes = 64 * 1024;

}  // namespace

MutableBytes FrameReader::space() {
  require(!has_frame(), "whole frames are taken before more is read");
  require(check().has_value(), "nothing is read behind a length that cannot be");
  const std::size_t unread = unread_bytes();
  if (begin_ > 0) {
    std::memmove(input_.data(), input_.data() + begin_, unread);
    input_.resize(unread);
    begin_ = 0;
  }
  if (input_.capacity() == 0 && spare_ != nullptr) std::swap(input_, *spare_);
  std::size_t capacity_bytes = unread + kFirstReadBytes;
  if (const auto announced = announced_bytes()) {
    // Reading no further than this frame's end lets it leave with the buffer, uncopied.
    capacity_bytes = capacity_for(*announced);
  }
  grow(capacity_bytes);
  return {input_.data() + unread, capacity_bytes - unread};
}

Result<void> FrameReader::received(std::size_t count) {
  input_.resize(input_.size() + count);
  if (unread_bytes() == 0) rest();
  return check();
}

Result<void> FrameReader::check() const {
  if (unread_bytes() < kPrefixBytes) return {};
  const auto size = load_big_endian<std::int32_t>(input_.data() + begin_);
  if (size < 0 || static_cast<std::size_t>(size) > max_frame_bytes_) {
    return fail(ErrorCode::kInvalidRequest, "frame of " + std::to_string(size) + " bytes; allowed are 0 to " +
                                                std::to_string(max_frame_bytes_));
  }
  return {};
}

std::optional<std::size_t> FrameReader::announced_bytes() const {
  if (unread_bytes() < kPrefixBytes) return std::nullopt;
  const auto size = load_big_endian<std::int32_t>(input_.data() + begin_);
  return kPrefixBytes + static_cast<std::size_t>(std::max(size, 0));
}

std::size_t FrameReader::capacity_for(std::size_t announced_bytes) const {
  return std::min(announced_bytes, std::max(kGrowthFloorBytes, 2 * unread_bytes()));
}

std::size_t FrameReader::cost_bytes() const {
  const auto announced = announced_bytes();
  if (!announced) return 0;
  if (*announced <= unread_bytes()) return *announced;
  const std::size_t capacity_bytes = capacity_for(*announced);
  return capacity_bytes - std::min(capacity_bytes, kGrowthFloorBytes);
}

bool FrameReader::has_frame() const {
  if (!check()) return false;
  const auto announced = announced_bytes();
  return announced && *announced <= unread_bytes();
}

ByteView FrameReader::peek() const {
  require(has_frame(), "only a whole frame is looked at");
  return input_.bytes().subspan(begin_ + kPrefixBytes, *announced_bytes() - kPrefixBytes);
}

std::optional<Frame> FrameReader::next() {
  if (!has_frame()) return std::nullopt;
  const std::size_t total_bytes = *announced_bytes();
  const std::size_t behind_bytes = unread_bytes() - total_bytes;
  if (begin_ == 0 && behind_bytes < total_bytes && 2 * total_bytes >= input_.capacity()) {
    // The frame keeps the buffer, most of which it fills: what has come behind it is less to copy.
    Buffer behind;
    if (behind_bytes > 0) behind.reserve(kFirstReadBytes);
    behind.append(input_.bytes().subspan(total_bytes));
    input_.resize(total_bytes);
    return Frame(std::exchange(input_, std::move(behind)), kPrefixBytes);
  }
  Buffer copy;
  copy.append(input_.bytes().subspan(begin_, total_bytes));
  begin_ += total_bytes;
  if (unread_bytes() == 0) rest();
  return Frame(std::move(copy), kPrefixBytes);
}

void FrameReader::rest() {
  begin_ = 0;
  give_back(std::exchange(input_, Buffer()));
}

void FrameReader::grow(std::size_t capacity_bytes) {
  if (capacity_bytes <= input_.capacity()) return;
  if (spare_ == nullptr || input_.capacity() != kFirstReadBytes) {
    input_.reserve(capacity_bytes);
    return;
  }
  // What the others can use does not leave with this frame.
  Buffer larger;
  larger.reserve(capacity_bytes);
  larger.append(input_.bytes());
  give_back(std::exchange(input_, std::move(larger)));
}

void FrameReader::give_back(Buffer memory) {
  // What was made for a large frame is not kept.
  if (spare_ == nullptr || memory.capacity() != kFirstReadBytes) return;
  memory.resize(0);
  *spare_ = std::move(memory);
}

}  // namespace moldau::net
