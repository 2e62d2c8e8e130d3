#include "protocol/records/snappy_block.h"

#include <algorithm>
#include <cstring>

namespace moldau::records {

bool read_snappy_preamble(ByteView block, std::uint32_t& length, std::size_t& preamble_size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 5 && i < block.size(); ++i) {
    value |= std::uint64_t{block[i] & 0x7fU} << (7 * i);
    if (block[i] < 0x80) {
      length = static_cast<std::uint32_t>(value);
      preamble_size = i + 1;
      return value <= 0xffffffffU;
    }
  }
  return false;
}

Result<void> SnappyBlockDecoder::open(ByteView block) {
  std::uint32_t length = 0;
  std::size_t preamble_size = 0;
  if (!read_snappy_preamble(block, length, preamble_size)) {
    return fail(ErrorCode::kCorruptMessage, "snappy block does not state its length");
  }
  rest_ = block.subspan(preamble_size);
  remaining_output_ = length;
  filled_ = 0;
  literal_left_ = 0;
  copy_left_ = 0;
  buffer_.resize(2 * kWindow);
  return {};
}

Result<ByteView> SnappyBlockDecoder::next() {
  const auto broken = [] { return fail(ErrorCode::kCorruptMessage, "snappy block is broken or cut off"); };
  if (remaining_output_ == 0) {
    if (!rest_.empty() || literal_left_ > 0 || copy_left_ > 0) return broken();
    return ByteView{};
  }
  if (filled_ + kStep > buffer_.size()) slide();
  const std::size_t start = filled_;
  const std::size_t end = start + static_cast<std::size_t>(std::min<std::uint64_t>(kStep, remaining_output_));
  while (filled_ < end) {
    if (literal_left_ == 0 && copy_left_ == 0 && !read_element()) return broken();
    if (!(literal_left_ > 0 ? run_literal(end) : run_copy(end))) return broken();
  }
  remaining_output_ -= filled_ - start;
  return ByteView(buffer_.bytes()).subspan(start, filled_ - start);
}

bool SnappyBlockDecoder::read_element() {
  if (rest_.empty()) return false;
  const std::uint32_t tag = rest_[0];
  rest_ = rest_.subspan(1);
  switch (tag & 3U) {
    case 0:
      return read_literal_length(tag >> 2U);
    case 1:
      if (rest_.empty()) return false;
      copy_left_ = 4 + ((tag >> 2U) & 7U);
      copy_offset_ = ((tag >> 5U) << 8U) | rest_[0];
      rest_ = rest_.subspan(1);
      return true;
    default: {
      const std::size_t width = (tag & 3U) == 2 ? 2 : 4;
      if (rest_.size() < width) return false;
      copy_left_ = 1 + (tag >> 2U);
      copy_offset_ = 0;
      for (std::size_t i = 0; i < width; ++i)
        copy_offset_ |= std::size_t{rest_[i]} << (8 * i);
      rest_ = rest_.subspan(width);
      return true;
    }
  }
}

bool SnappyBlockDecoder::read_literal_length(std::uint32_t code) {
  constexpr std::uint32_t kLargestInTag = 59;
  if (code <= kLargestInTag) {
    literal_left_ = code + 1;
    return true;
  }
  const std::size_t width = code - kLargestInTag;
  if (rest_.size() < width) return false;
  std::size_t length = 0;
  for (std::size_t i = 0; i < width; ++i)
    length |= std::size_t{rest_[i]} << (8 * i);
  literal_left_ = length + 1;
  rest_ = rest_.subspan(width);
  return true;
}

bool SnappyBlockDecoder::run_literal(std::size_t end) {
  const std::size_t run = std::min(literal_left_, end - filled_);
  if (rest_.size() < run) return false;
  std::memcpy(buffer_.data() + filled_, rest_.data(), run);
  rest_ = rest_.subspan(run);
  literal_left_ -= run;
  filled_ += run;
  return true;
}

bool SnappyBlockDecoder::run_copy(std::size_t end) {
  if (copy_offset_ == 0 || copy_offset_ > filled_) return false;
  const std::size_t run = std::min(copy_left_, end - filled_);
  std::uint8_t* to = buffer_.data() + filled_;
  const std::uint8_t* from = to - copy_offset_;
  if (copy_offset_ >= run) {
    std::memcpy(to, from, run);
  } else {
    // Source and target overlap: the run repeats what it has just written.
    for (std::size_t i = 0; i < run; ++i)
      to[i] = from[i];
  }
  copy_left_ -= run;
  filled_ += run;
  return true;
}

void SnappyBlockDecoder::slide() {
  const std::size_t kept = std::min(filled_, kWindow);
  std::memmove(buffer_.data(), buffer_.data() + filled_ - kept, kept);
  filled_ = kept;
}

}  // namespace moldau::records
