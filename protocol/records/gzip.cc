#include <algorithm>
#include <limits>

#include <zlib.h>

#include "base/assert.h"
#include "protocol/records/codec_impl.h"

namespace moldau::records {
namespace {

/// Adding 16 to zlib's window bits asks for the gzip wrapping.
constexpr int kGzipWindowBits = 15 + 16;
/// A member takes at least a header of 10 and a trailer of 8 bytes.
constexpr std::size_t kSmallestMember = 18;

constexpr uInt kLargestStep = std::numeric_limits<uInt>::max();

uInt step_of(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, kLargestStep));
}

class GzipDecoder : public Decoder {
 public:
  GzipDecoder() : chunk_(kChunkSize) {
    require(inflateInit2(&stream_, kGzipWindowBits) == Z_OK, "zlib has memory for a window");
  }
  ~GzipDecoder() override { inflateEnd(&stream_); }

  std::size_t retained_bytes() const override { return kChunkSize + (std::size_t{64} << 10); }

 protected:
  void start(ByteView input, const DecodeLimits&) override {
    rest_ = input;
    ended_ = false;
    inflateReset(&stream_);
  }

  Result<ByteView> produce() override {
    while (!ended_) {
      stream_.next_in = const_cast<Bytef*>(rest_.data());
      stream_.avail_in = step_of(rest_.size());
      stream_.next_out = chunk_.data();
      stream_.avail_out = static_cast<uInt>(kChunkSize);
      const uInt offered = stream_.avail_in;
      const int status = inflate(&stream_, Z_NO_FLUSH);
      rest_ = rest_.subspan(offered - stream_.avail_in);
      const std::size_t made = kChunkSize - stream_.avail_out;
      if (status == Z_STREAM_END) {
        finish_member();
      } else if (status != Z_OK || (made == 0 && rest_.empty())) {
        return fail(ErrorCode::kCorruptMessage, "gzip stream is broken or cut off");
      }
      if (made > 0) return chunk_.bytes().first(made);
    }
    return ByteView{};
  }

 private:
  /// Members may follow each other (RFC 1952); anything else behind one is ignored, as Java's reader does.
  void finish_member() {
    const bool another =
        rest_.size() >= kSmallestMember && rest_[0] == 0x1f && rest_[1] == 0x8b && rest_[2] == Z_DEFLATED;
    if (another) {
      inflateReset(&stream_);
    } else {
      ended_ = true;
    }
  }

  z_stream stream_{};
  Buffer chunk_;
  ByteView rest_;
  bool ended_ = true;
};

class GzipEncoder : public Encoder {
 public:
  explicit GzipEncoder(int level) {
    constexpr int kMemoryLevel = 8;
    require(
        deflateInit2(&stream_, level, Z_DEFLATED, kGzipWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK,
        "zlib has memory to compress");
  }
  ~GzipEncoder() override { deflateEnd(&stream_); }

  void write(ByteView plain, Buffer& out) override {
    while (!plain.empty()) {
      stream_.next_in = const_cast<Bytef*>(plain.data());
      stream_.avail_in = step_of(plain.size());
      const uInt offered = stream_.avail_in;
      run(Z_NO_FLUSH, out);
      plain = plain.subspan(offered - stream_.avail_in);
    }
  }

  void finish(Buffer& out) override {
    stream_.avail_in = 0;
    while (run(Z_FINISH, out) != Z_STREAM_END) {
    }
  }

 private:
  int run(int flush, Buffer& out) {
    stream_.next_out = extend(out, kChunkSize);
    stream_.avail_out = static_cast<uInt>(kChunkSize);
    const int status = deflate(&stream_, flush);
    require(status != Z_STREAM_ERROR, "deflate is called in order");
    out.resize(out.size() - stream_.avail_out);
    return status;
  }

  z_stream stream_{};
};

}  // namespace

std::unique_ptr<Decoder> make_gzip_decoder() {
  return std::make_unique<GzipDecoder>();
}

std::unique_ptr<Encoder> make_gzip_encoder(int level) {
  return std::make_unique<GzipEncoder>(level);
}

}  // namespace moldau::records
