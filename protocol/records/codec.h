#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "protocol/records/batch.h"

namespace moldau::records {

/// What decoding one block may cost, whoever sent it.
struct DecodeLimits {
  /// Bytes of output. Beyond it the decoder answers MESSAGE_TOO_LARGE.
  std::uint64_t output_bytes = std::uint64_t{256} << 20;
  /// Bytes of memory that the stream may make a decoder hold. A zstd frame whose window is larger is decoded
  /// up to this size and then refused as MESSAGE_TOO_LARGE; the other codecs need less whatever they are
  /// sent.
  std::size_t memory_bytes = std::size_t{12} << 20;
};

/// Decompresses one block of records in chunks, so that its memory does not grow with the output.
class Decoder {
 public:
  virtual ~Decoder() = default;
  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  /// Starts on `input`, which is borrowed until the next call of open.
  void open(ByteView input, const DecodeLimits& limits);

  /// The next bytes of output, valid until the next call; empty at the end. CORRUPT_MESSAGE for a stream that
  /// is broken or cut off, MESSAGE_TOO_LARGE beyond the limits. After an error there is nothing more to ask.
  Result<ByteView> next();

  /// Memory that it keeps for the next block.
  virtual std::size_t retained_bytes() const = 0;

 protected:
  virtual void start(ByteView input, const DecodeLimits& limits) = 0;
  virtual Result<ByteView> produce() = 0;

 private:
  std::uint64_t remaining_output_ = 0;
};

/// Differences of old formats in how a codec's stream may look.
enum class CodecVariant : std::uint8_t {
  kStandard,
  kBrokenLz4Checksum  ///< lz4 of magic 0: the checksum of the frame's header is ignored (KAFKA-3160).
};

/// Decoders for reuse from batch to batch. Each thread that decodes owns one set.
class DecoderSet {
 public:
  DecoderSet();
  ~DecoderSet();
  DecoderSet(DecoderSet&&) noexcept;
  DecoderSet& operator=(DecoderSet&&) noexcept;

  /// A decoder opened on `input`. It belongs to the set and is good until the next open of the same codec.
  Decoder& open(Codec codec, ByteView input, const DecodeLimits& limits,
                CodecVariant variant = CodecVariant::kStandard);

 private:
  std::array<std::unique_ptr<Decoder>, 6> decoders_;
};

/// Compression levels as in Kafka's topic configurations `compression.<codec>.level`.
struct LevelRange {
  int lowest;
  int highest;
  int standard;  ///< What Kafka takes if nothing is configured; for gzip -1, outside the range.
};

/// The levels of gzip, lz4 and zstd; nullopt for none and snappy, which have none.
std::optional<LevelRange> level_range(Codec codec);

/// True if `level` may be configured for `codec`.
bool is_valid_level(Codec codec, int level);

/// Compresses one block of records piece by piece, in the framing that Kafka's clients expect: gzip, xerial's
/// snappy blocks, lz4 frames of 64 KiB blocks, zstd.
class Encoder {
 public:
  virtual ~Encoder() = default;
  Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  /// Takes in `plain`; what it gives is appended to `out`, now or later.
  virtual void write(ByteView plain, Buffer& out) = 0;
  /// Appends what is still held back, and the end of the stream. The encoder is spent.
  virtual void finish(Buffer& out) = 0;
};

/// An encoder for one block. A level is one that is_valid_level allows; nullopt is Kafka's standard.
std::unique_ptr<Encoder> make_encoder(Codec codec, std::optional<int> level);

/// Appends all of `plain` compressed to `out`.
void compress(Codec codec, std::optional<int> level, ByteView plain, Buffer& out);

}  // namespace moldau::records
