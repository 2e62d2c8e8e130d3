// The first two bytes say in which pieces the rest comes, as a stream of frames. What the reader gives are
// the frames of that stream, whole and in order, up to the first length that cannot be; and what it holds
// follows what came.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/endian.h"
#include "net/frame_reader.h"

using moldau::require;

namespace {

constexpr std::size_t kMaxFrameBytes = 1 << 20;
constexpr std::size_t kPrefixBytes = 4;
constexpr std::size_t kAllowance = 64 * 1024;

/// The frame at `at` as it is, if it is there as a whole.
void check_frame(const moldau::net::Frame& frame, moldau::ByteView stream, std::size_t at) {
  require(at + kPrefixBytes <= stream.size(), "a frame has a length");
  const auto size = moldau::load_big_endian<std::int32_t>(stream.data() + at);
  require(size >= 0 && std::cmp_less_equal(size, kMaxFrameBytes), "a frame has a length that can be");
  require(frame.bytes().size() == static_cast<std::size_t>(size), "a frame is as long as it says");
  require(std::ranges::equal(frame.bytes(), stream.subspan(at + kPrefixBytes, frame.bytes().size())),
          "a frame has the bytes of the stream");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t least = data[0];
  const std::size_t most = least + 1 + data[1] * std::size_t{64};
  const moldau::ByteView stream(data + 2, size - 2);

  moldau::Buffer spare;
  moldau::net::FrameReader reader(kMaxFrameBytes, &spare);
  std::size_t came = 0;
  std::size_t given = 0;
  for (std::size_t turn = 0; came < stream.size(); ++turn) {
    if (!reader.check()) return 0;
    const moldau::MutableBytes space = reader.space();
    require(!space.empty(), "there is room for what comes");
    require(space.size() <= came - given + kAllowance, "room follows what came");
    const std::size_t wanted = turn % 2 == 0 ? most : std::max<std::size_t>(least, 1);
    const std::size_t count = std::min({space.size(), wanted, stream.size() - came});
    std::ranges::copy(stream.subspan(came, count), space.begin());
    came += count;
    if (!reader.received(count)) return 0;
    require(reader.cost_bytes() <= 2 * (came - given), "a frame costs what came of it");
    while (const auto frame = reader.next()) {
      check_frame(*frame, stream, given);
      given += kPrefixBytes + frame->bytes().size();
      require(given <= came, "a frame is given when it is there");
    }
  }
  return 0;
}
