#pragma once

#include <memory>
#include <optional>

#include "protocol/records/codec.h"

namespace moldau::records {

/// Output is handed out in pieces of at most this size, unless a codec's own blocks are larger.
inline constexpr std::size_t kChunkSize = std::size_t{64} << 10;

std::unique_ptr<Decoder> make_plain_decoder();
std::unique_ptr<Decoder> make_gzip_decoder();
std::unique_ptr<Decoder> make_snappy_decoder();
std::unique_ptr<Decoder> make_lz4_decoder(CodecVariant variant);
std::unique_ptr<Decoder> make_zstd_decoder();

std::unique_ptr<Encoder> make_gzip_encoder(int level);
std::unique_ptr<Encoder> make_snappy_encoder();
std::unique_ptr<Encoder> make_lz4_encoder(int level);
std::unique_ptr<Encoder> make_zstd_encoder(int level);

/// Makes room for `size_bytes` behind the content of `out`, and returns where it starts. Capacity at least
/// doubles when it grows; the caller sets the size to what it wrote.
std::uint8_t* extend(Buffer& out, std::size_t size_bytes);

}  // namespace moldau::records
