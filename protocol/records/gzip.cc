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

}  // namespace

std::unique_ptr<Decoder> make_gzip_decoder() {
  return std::make_unique<GzipDecoder>();
}

void compress_gzip(int level, ByteView plain, Buffer& out) {
  z_stream stream{};
  constexpr int kMemoryLevel = 8;
  require(deflateInit2(&stream, level, Z_DEFLATED, kGzipWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK,
          "zlib has memory to compress");
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    stream.next_in = const_cast<Bytef*>(plain.data());
    stream.avail_in = step_of(plain.size());
    const uInt offered = stream.avail_in;
    const std::size_t start = out.size();
    out.reserve(std::max(start + kChunkSize, out.capacity()));
    const std::size_t room = std::min<std::size_t>(out.capacity() - start, kLargestStep);
    out.resize(start + room);
    stream.next_out = out.data() + start;
    stream.avail_out = static_cast<uInt>(room);
    status = deflate(&stream, offered == plain.size() ? Z_FINISH : Z_NO_FLUSH);
    require(status != Z_STREAM_ERROR, "deflate is called in order");
    plain = plain.subspan(offered - stream.avail_in);
    out.resize(start + room - stream.avail_out);
    if (status != Z_STREAM_END && stream.avail_out == 0) out.reserve(2 * out.capacity());
  }
  deflateEnd(&stream);
}

}  // namespace moldau::records
