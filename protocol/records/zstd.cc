#include <algorithm>
#include <optional>

#include <zstd.h>

#include "base/assert.h"
#include "protocol/records/codec_impl.h"

namespace moldau::records {
namespace {

constexpr int kLargestWindowLog = 27;

/// The window that the frame at `input` asks for (RFC 8878, 3.1.1.1); nullopt where no frame starts. A frame
/// in a single segment needs as much as its content, which the library never holds twice.
std::optional<std::uint64_t> window_size(ByteView input) {
  constexpr std::size_t kDescriptorAt = 4;
  constexpr unsigned kSingleSegment = 0x20;
  if (input.size() < kDescriptorAt + 2) return std::nullopt;
  if (input[0] != 0x28 || input[1] != 0xb5 || input[2] != 0x2f || input[3] != 0xfd) return std::nullopt;
  if ((input[kDescriptorAt] & kSingleSegment) != 0) {
    const auto content = ZSTD_getFrameContentSize(input.data(), input.size());
    if (content == ZSTD_CONTENTSIZE_UNKNOWN || content == ZSTD_CONTENTSIZE_ERROR) return std::nullopt;
    return content;
  }
  const unsigned exponent = input[kDescriptorAt + 1] >> 3U;
  const unsigned mantissa = input[kDescriptorAt + 1] & 7U;
  const std::uint64_t base = std::uint64_t{1} << (10 + exponent);
  return base + base / 8 * mantissa;
}

class ZstdDecoder : public Decoder {
 public:
  ZstdDecoder() : context_(ZSTD_createDCtx()), chunk_(kChunkSize) {
    require(context_ != nullptr, "zstd has memory for a context");
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kLargestWindowLog);
  }
  ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }

  std::size_t retained_bytes() const override { return ZSTD_sizeof_DCtx(context_) + kChunkSize; }

 protected:
  void start(ByteView input, const DecodeLimits& limits) override {
    rest_ = input;
    memory_bytes_ = limits.memory_bytes;
    between_frames_ = true;
    frames_ = 0;
    ZSTD_DCtx_reset(context_, ZSTD_reset_session_only);
  }

  Result<ByteView> produce() override {
    while (true) {
      if (between_frames_) {
        // Frames may follow each other; an empty input is none at all.
        if (rest_.empty() && frames_ > 0) return ByteView{};
        start_frame();
      }
      ZSTD_inBuffer in{rest_.data(), rest_.size(), 0};
      ZSTD_outBuffer out{chunk_.data(), kChunkSize, 0};
      const std::size_t status = ZSTD_decompressStream(context_, &out, &in);
      if (ZSTD_isError(status) != 0) return broken();
      rest_ = rest_.subspan(in.pos);
      between_frames_ = status == 0;
      if (out.pos > 0) {
        if (out.pos > frame_budget_) return too_large();
        frame_budget_ -= out.pos;
        return chunk_.bytes().first(out.pos);
      }
      if (!between_frames_ && in.pos == 0) return broken();
    }
  }

 private:
  static std::unexpected<Error> broken() {
    return fail(ErrorCode::kCorruptMessage, "zstd stream is broken or cut off");
  }
  static std::unexpected<Error> too_large() {
    return fail(ErrorCode::kMessageTooLarge, "zstd frame fills a window larger than the memory allowed");
  }

  /// The library's buffer becomes resident as output fills it: up to the window, if there is as much output.
  /// So a frame of a large window may decode to as much as the memory allowed, and any other without end.
  void start_frame() {
    const auto window = window_size(rest_);
    const bool is_large = window && *window > memory_bytes_;
    frame_budget_ = is_large ? memory_bytes_ : ~std::uint64_t{0};
    ++frames_;
  }

  ZSTD_DCtx* context_;
  Buffer chunk_;
  ByteView rest_;
  std::size_t memory_bytes_ = 0;
  std::uint64_t frame_budget_ = 0;
  std::size_t frames_ = 0;
  bool between_frames_ = true;
};

class ZstdEncoder : public Encoder {
 public:
  explicit ZstdEncoder(int level) : context_(ZSTD_createCCtx()) {
    require(context_ != nullptr, "zstd has memory for a context");
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level);
  }
  ~ZstdEncoder() override { ZSTD_freeCCtx(context_); }

  void write(ByteView plain, Buffer& out) override {
    ZSTD_inBuffer in{plain.data(), plain.size(), 0};
    while (in.pos < in.size)
      run(in, ZSTD_e_continue, out);
  }

  void finish(Buffer& out) override {
    ZSTD_inBuffer in{nullptr, 0, 0};
    while (run(in, ZSTD_e_end, out) != 0) {
    }
  }

 private:
  std::size_t run(ZSTD_inBuffer& in, ZSTD_EndDirective directive, Buffer& out) {
    std::uint8_t* const at = extend(out, kChunkSize);
    ZSTD_outBuffer made{at, kChunkSize, 0};
    const std::size_t status = ZSTD_compressStream2(context_, &made, &in, directive);
    require(ZSTD_isError(status) == 0, "zstd compresses whatever it is given");
    out.resize(out.size() - kChunkSize + made.pos);
    return status;
  }

  ZSTD_CCtx* context_;
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder() {
  return std::make_unique<ZstdDecoder>();
}

std::unique_ptr<Encoder> make_zstd_encoder(int level) {
  return std::make_unique<ZstdEncoder>(level);
}

}  // namespace moldau::records
