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

void compress_gzip(int level, ByteView plain, Buffer& out);
void compress_snappy(ByteView plain, Buffer& out);
void compress_lz4(int level, ByteView plain, Buffer& out);
void compress_zstd(int level, ByteView plain, Buffer& out);

}  // namespace moldau::records
