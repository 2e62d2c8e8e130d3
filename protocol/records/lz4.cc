#include <algorithm>
#include <array>

#include <lz4frame.h>

#include "base/assert.h"
#include "protocol/records/codec_impl.h"

namespace moldau::records {
namespace {

/// Magic, FLG and BD: the part of a frame's header that is always there. The checksum byte follows them and
/// the optional content size.
constexpr std::size_t kDescriptorEnd = 6;
constexpr std::size_t kContentSizeBytes = 8;
constexpr std::size_t kLargestHeader = kDescriptorEnd + kContentSizeBytes + 1;

constexpr unsigned kFlgVersionMask = 0xc0;
constexpr unsigned kFlgVersion = 0x40;
constexpr unsigned kFlgIndependentBlocks = 0x20;
constexpr unsigned kFlgContentSize = 0x08;
constexpr unsigned kFlgReserved = 0x03;  // A dictionary id is one of the bits; Kafka has no dictionaries.

class Lz4Decoder : public Decoder {
 public:
  explicit Lz4Decoder(CodecVariant variant) : variant_(variant), chunk_(kChunkSize) {
    require(LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) == 0,
            "lz4 has memory for a context");
  }
  ~Lz4Decoder() override { LZ4F_freeDecompressionContext(context_); }

  std::size_t retained_bytes() const override { return kChunkSize + 2 * block_size_; }

 protected:
  void start(ByteView input, const DecodeLimits&) override {
    rest_ = input;
    header_read_ = false;
    ended_ = false;
  }

  Result<ByteView> produce() override {
    if (!header_read_ && !read_header()) return broken();
    while (!ended_) {
      std::size_t made = kChunkSize;
      std::size_t used = rest_.size();
      const std::size_t status =
          LZ4F_decompress(context_, chunk_.data(), &made, rest_.data(), &used, nullptr);
      if (LZ4F_isError(status) != 0) return broken();
      rest_ = rest_.subspan(used);
      // Kafka stops at the end of the first frame and ignores what follows.
      ended_ = status == 0;
      if (made > 0) return chunk_.bytes().first(made);
      if (!ended_ && used == 0) return broken();
    }
    return ByteView{};
  }

 private:
  static std::unexpected<Error> broken() {
    return fail(ErrorCode::kCorruptMessage, "lz4 frame is broken or cut off");
  }

  /// Feeds the header to the library after the checks that it does not make: Kafka's clients read frames of
  /// independent blocks without dictionaries only.
  bool read_header() {
    if (rest_.size() < kDescriptorEnd + 1) return false;
    const unsigned flg = rest_[4];
    if ((flg & kFlgVersionMask) != kFlgVersion || (flg & kFlgIndependentBlocks) == 0 ||
        (flg & kFlgReserved) != 0) {
      return false;
    }
    const std::size_t checksum_at = kDescriptorEnd + ((flg & kFlgContentSize) != 0 ? kContentSizeBytes : 0);
    if (rest_.size() <= checksum_at) return false;
    const unsigned block_size_id = (rest_[5] >> 4U) & 7U;
    if (block_size_id < 4) return false;
    block_size_ = std::size_t{1} << (8 + 2 * block_size_id);

    std::array<std::uint8_t, kLargestHeader> header{};
    std::copy_n(rest_.begin(), checksum_at + 1, header.begin());
    if (!accept(ByteView(header).first(checksum_at + 1)) &&
        !(variant_ == CodecVariant::kBrokenLz4Checksum && accept_any_checksum(header, checksum_at))) {
      return false;
    }
    rest_ = rest_.subspan(checksum_at + 1);
    header_read_ = true;
    return true;
  }

  bool accept(ByteView header) {
    LZ4F_resetDecompressionContext(context_);
    std::size_t made = 0;
    std::size_t used = header.size();
    const std::size_t status = LZ4F_decompress(context_, chunk_.data(), &made, header.data(), &used, nullptr);
    return LZ4F_isError(status) == 0 && used == header.size();
  }

  /// The library cannot be told to ignore the checksum, so the right one is found by trial.
  bool accept_any_checksum(std::array<std::uint8_t, kLargestHeader>& header, std::size_t checksum_at) {
    for (unsigned guess = 0; guess < 256; ++guess) {
      header[checksum_at] = static_cast<std::uint8_t>(guess);
      if (accept(ByteView(header).first(checksum_at + 1))) return true;
    }
    return false;
  }

  CodecVariant variant_;
  LZ4F_dctx* context_ = nullptr;
  Buffer chunk_;
  ByteView rest_;
  std::size_t block_size_ = 0;
  bool header_read_ = false;
  bool ended_ = true;
};

class Lz4Encoder : public Encoder {
 public:
  explicit Lz4Encoder(int level) {
    // Kafka's default means the fast compressor; any other level is one of the high compressor, whose
    // library goes to 12 here.
    constexpr int kKafkaDefault = 9;
    constexpr int kLowestHigh = 3;
    constexpr int kHighestHigh = 12;
    preferences_.frameInfo.blockSizeID = LZ4F_max64KB;
    preferences_.frameInfo.blockMode = LZ4F_blockIndependent;
    preferences_.compressionLevel = level == kKafkaDefault ? 0 : std::clamp(level, kLowestHigh, kHighestHigh);
    require(LZ4F_isError(LZ4F_createCompressionContext(&context_, LZ4F_VERSION)) == 0,
            "lz4 has memory for a context");
  }
  ~Lz4Encoder() override { LZ4F_freeCompressionContext(context_); }

  void write(ByteView plain, Buffer& out) override {
    write_header(out);
    while (!plain.empty()) {
      const ByteView piece = plain.first(std::min(plain.size(), kPiece));
      const std::size_t bound = LZ4F_compressBound(piece.size(), &preferences_);
      std::uint8_t* const at = extend(out, bound);
      trim(out, bound, LZ4F_compressUpdate(context_, at, bound, piece.data(), piece.size(), nullptr));
      plain = plain.subspan(piece.size());
    }
  }

  void finish(Buffer& out) override {
    write_header(out);
    const std::size_t bound = LZ4F_compressBound(0, &preferences_);
    std::uint8_t* const at = extend(out, bound);
    trim(out, bound, LZ4F_compressEnd(context_, at, bound, nullptr));
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{1} << 20;

  void write_header(Buffer& out) {
    if (has_header_) return;
    has_header_ = true;
    std::uint8_t* const at = extend(out, LZ4F_HEADER_SIZE_MAX);
    trim(out, LZ4F_HEADER_SIZE_MAX, LZ4F_compressBegin(context_, at, LZ4F_HEADER_SIZE_MAX, &preferences_));
  }

  static void trim(Buffer& out, std::size_t room, std::size_t used) {
    require(LZ4F_isError(used) == 0, "lz4 has room for its output");
    out.resize(out.size() - room + used);
  }

  LZ4F_cctx* context_ = nullptr;
  LZ4F_preferences_t preferences_{};
  bool has_header_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_lz4_decoder(CodecVariant variant) {
  return std::make_unique<Lz4Decoder>(variant);
}

std::unique_ptr<Encoder> make_lz4_encoder(int level) {
  return std::make_unique<Lz4Encoder>(level);
}

}  // namespace moldau::records
