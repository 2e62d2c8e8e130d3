#include <algorithm>
#include <array>
#include <utility>

#include <snappy-c.h>

#include "base/assert.h"
#include "base/endian.h"
#include "protocol/records/codec_impl.h"
#include "protocol/records/snappy_block.h"

namespace moldau::records {
namespace {

/// What the xerial library puts in front of a stream of blocks: its magic, a version and the oldest version
/// that can read it.
constexpr std::array<std::uint8_t, 8> kXerialMagic = {0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
constexpr std::size_t kXerialHeaderSize = 16;
constexpr std::int32_t kXerialVersion = 1;
constexpr std::size_t kBlockLengthSize = 4;
/// The input of each block that we write; xerial's default.
constexpr std::size_t kXerialBlockSize = std::size_t{32} << 10;
/// Blocks up to this size are left to the library, which is faster; larger ones are decoded in steps.
constexpr std::size_t kLargestWholeBlock = std::size_t{1} << 20;

bool has_xerial_magic(ByteView bytes) {
  return bytes.size() >= kXerialMagic.size() &&
         std::equal(kXerialMagic.begin(), kXerialMagic.end(), bytes.begin());
}

class SnappyDecoder : public Decoder {
 public:
  std::size_t retained_bytes() const override { return whole_.capacity() + steps_.retained_bytes(); }

 protected:
  void start(ByteView input, const DecodeLimits&) override {
    rest_ = input;
    in_steps_ = false;
    is_empty_ = input.empty();
    is_framed_ = input.size() >= kXerialHeaderSize && has_xerial_magic(input);
  }

  Result<ByteView> produce() override {
    if (is_empty_) return broken();
    while (true) {
      if (in_steps_) {
        auto chunk = steps_.next();
        if (!chunk || !chunk->empty()) return chunk;
        in_steps_ = false;
      }
      auto block = next_block();
      if (!block) return block;
      if (block->empty()) return ByteView{};
      auto chunk = decode(*block);
      if (!chunk || !chunk->empty()) return chunk;
    }
  }

 private:
  static std::unexpected<Error> broken() {
    return fail(ErrorCode::kCorruptMessage, "snappy stream is broken or cut off");
  }

  /// The next block, which is never empty; empty at the end. Without xerial's framing the input is one block.
  Result<ByteView> next_block() {
    if (!is_framed_) return std::exchange(rest_, {});
    // Streams may follow each other, each with a header of its own.
    while (has_xerial_magic(rest_)) {
      if (rest_.size() < kXerialHeaderSize) return broken();
      if (load_big_endian<std::int32_t>(rest_.data() + kXerialMagic.size()) < kXerialVersion) return broken();
      rest_ = rest_.subspan(kXerialHeaderSize);
    }
    // xerial's reader takes fewer bytes than a length for the end.
    if (rest_.size() < kBlockLengthSize) return std::exchange(rest_, {}).first(0);
    const auto length = load_big_endian<std::int32_t>(rest_.data());
    rest_ = rest_.subspan(kBlockLengthSize);
    if (length <= 0 || std::cmp_greater(length, rest_.size())) return broken();
    const ByteView block = rest_.first(static_cast<std::size_t>(length));
    rest_ = rest_.subspan(block.size());
    return block;
  }

  /// The output of a small block, or the empty first step of a large one.
  Result<ByteView> decode(ByteView block) {
    std::uint32_t length = 0;
    std::size_t preamble_size = 0;
    if (!read_snappy_preamble(block, length, preamble_size)) return broken();
    if (length > kLargestWholeBlock) {
      if (auto opened = steps_.open(block); !opened) return fail(std::move(opened).error());
      in_steps_ = true;
      return ByteView{};
    }
    if (length == 0) return block.size() == preamble_size ? Result<ByteView>() : broken();
    if (whole_.size() < length) whole_.resize(length);
    std::size_t made = whole_.size();
    const auto* from = reinterpret_cast<const char*>(block.data());
    auto* to = reinterpret_cast<char*>(whole_.data());
    if (snappy_uncompress(from, block.size(), to, &made) != SNAPPY_OK) return broken();
    return ByteView(whole_.bytes()).first(made);
  }

  ByteView rest_;
  Buffer whole_;
  SnappyBlockDecoder steps_;
  bool in_steps_ = false;
  bool is_framed_ = false;
  bool is_empty_ = true;
};

class SnappyEncoder : public Encoder {
 public:
  void write(ByteView plain, Buffer& out) override {
    write_header(out);
    while (!plain.empty()) {
      const std::size_t step = std::min(plain.size(), kXerialBlockSize - held_.size());
      if (step == kXerialBlockSize) {
        write_block(plain.first(step), out);
      } else {
        held_.append(plain.first(step));
        if (held_.size() == kXerialBlockSize) flush(out);
      }
      plain = plain.subspan(step);
    }
  }

  void finish(Buffer& out) override {
    write_header(out);
    if (!held_.empty()) flush(out);
  }

 private:
  void write_header(Buffer& out) {
    if (has_header_) return;
    has_header_ = true;
    std::array<std::uint8_t, kXerialHeaderSize> header{};
    std::copy(kXerialMagic.begin(), kXerialMagic.end(), header.begin());
    store_big_endian(header.data() + kXerialMagic.size(), kXerialVersion);
    store_big_endian(header.data() + kXerialMagic.size() + sizeof(kXerialVersion), kXerialVersion);
    out.append(header);
  }

  void flush(Buffer& out) {
    write_block(held_.bytes(), out);
    held_.resize(0);
  }

  static void write_block(ByteView plain, Buffer& out) {
    const std::size_t start = out.size();
    std::size_t size = snappy_max_compressed_length(plain.size());
    std::uint8_t* const at = extend(out, kBlockLengthSize + size);
    const auto status = snappy_compress(reinterpret_cast<const char*>(plain.data()), plain.size(),
                                        reinterpret_cast<char*>(at + kBlockLengthSize), &size);
    require(status == SNAPPY_OK, "snappy has room for its output");
    store_big_endian(at, static_cast<std::int32_t>(size));
    out.resize(start + kBlockLengthSize + size);
  }

  Buffer held_;
  bool has_header_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_snappy_decoder() {
  return std::make_unique<SnappyDecoder>();
}

std::unique_ptr<Encoder> make_snappy_encoder() {
  return std::make_unique<SnappyEncoder>();
}

}  // namespace moldau::records
