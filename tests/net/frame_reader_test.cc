#include "net/frame_reader.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using moldau::Buffer;
using moldau::Bytes;
using moldau::ByteView;
using moldau::net::FrameReader;

namespace {

constexpr std::size_t kMaxFrameBytes = 1 << 20;

Bytes framed(const std::string& payload) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  Bytes bytes{static_cast<std::uint8_t>(size >> 24), static_cast<std::uint8_t>(size >> 16),
              static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

/// Feeds at most `limit` bytes of `stream` and takes them off it.
bool feed(FrameReader& reader, ByteView& stream, std::size_t limit) {
  const auto space = reader.space();
  const std::size_t count = std::min({space.size(), stream.size(), limit});
  std::copy_n(stream.begin(), count, space.begin());
  stream = stream.subspan(count);
  return reader.received(count).has_value();
}

}  // namespace

TEST_CASE("frames come out as they went in, however the stream is cut") {
  std::mt19937 chance(11);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::string> sent;
    Bytes stream;
    for (int i = 0; i < 40; ++i) {
      const std::size_t size = chance() % 10 == 0 ? chance() % 200'000 : chance() % 300;
      sent.emplace_back(size, static_cast<char>('a' + i % 26));
      const Bytes bytes = framed(sent.back());
      stream.insert(stream.end(), bytes.begin(), bytes.end());
    }
    FrameReader reader(kMaxFrameBytes);
    ByteView rest(stream);
    std::vector<std::string> got;
    while (got.size() < sent.size()) {
      while (auto frame = reader.next()) {
        got.emplace_back(moldau::as_text(frame->bytes()));
      }
      if (!rest.empty()) REQUIRE(feed(reader, rest, 1 + chance() % 50'000));
    }
    CHECK(got == sent);
    CHECK_FALSE(reader.has_frame());
  }
}

TEST_CASE("a length outside of what is allowed loses the stream") {
  for (const std::uint32_t size :
       {0xFFFFFFFFU, 0x80000000U, static_cast<std::uint32_t>(kMaxFrameBytes) + 1}) {
    CAPTURE(size);
    FrameReader reader(kMaxFrameBytes);
    const Bytes prefix{static_cast<std::uint8_t>(size >> 24), static_cast<std::uint8_t>(size >> 16),
                       static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
    ByteView rest(prefix);
    CHECK_FALSE(feed(reader, rest, 4));
    CHECK_FALSE(reader.next().has_value());
  }
}

TEST_CASE("an empty frame and a frame of the largest size are frames") {
  FrameReader reader(kMaxFrameBytes);
  Bytes stream = framed("");
  const Bytes largest = framed(std::string(kMaxFrameBytes, 'x'));
  stream.insert(stream.end(), largest.begin(), largest.end());
  ByteView rest(stream);
  std::vector<std::size_t> sizes;
  while (sizes.size() < 2) {
    while (auto frame = reader.next()) {
      sizes.push_back(frame->bytes().size());
    }
    if (!rest.empty()) REQUIRE(feed(reader, rest, kMaxFrameBytes));
  }
  CHECK(sizes == std::vector<std::size_t>{0, kMaxFrameBytes});
}

TEST_CASE("readers without a frame under way share their memory, and small frames do not take it") {
  Buffer spare;
  FrameReader first(kMaxFrameBytes, &spare);
  FrameReader second(kMaxFrameBytes, &spare);
  const auto give = [](FrameReader& reader, const Bytes& stream) {
    ByteView rest(stream);
    const auto* const at = reader.space().data();
    REQUIRE(feed(reader, rest, stream.size()));
    REQUIRE(rest.empty());
    return at;
  };
  const auto* const memory = give(first, framed("small"));
  const auto small = first.next();
  REQUIRE(small);
  CHECK(moldau::as_text(small->bytes()) == "small");
  CHECK(spare.capacity() > 0);
  CHECK(give(second, framed("another")) == memory);
  CHECK(spare.capacity() == 0);
  CHECK(moldau::as_text(second.next()->bytes()) == "another");
  CHECK(moldau::as_text(small->bytes()) == "small");

  // A frame that is larger has memory of its own.
  const Bytes larger = framed(std::string(100'000, 'y'));
  ByteView rest(larger);
  while (!first.has_frame())
    REQUIRE(feed(first, rest, rest.size()));
  CHECK(first.next()->bytes().size() == 100'000);
  CHECK(spare.capacity() > 0);

  // What fills most of the memory leaves with it.
  CHECK(give(first, framed(std::string(10'000, 'x'))) == memory);
  const auto large = first.next();
  REQUIRE(large);
  CHECK(large->bytes().data() == memory + 4);
  CHECK(spare.capacity() == 0);
}

TEST_CASE("memory follows the bytes received, not the length announced") {
  FrameReader reader(std::size_t{100} << 20);
  const Bytes prefix{0x06, 0x00, 0x00, 0x00};  // about 100 MB to come
  ByteView rest(prefix);
  REQUIRE(feed(reader, rest, 4));
  std::size_t received = 4;
  const Bytes trickle(1000, 1);
  for (int i = 0; i < 300; ++i) {
    CHECK(received + reader.space().size() <= 2 * received + 64 * 1024);
    ByteView more(trickle);
    REQUIRE(feed(reader, more, more.size()));
    received += trickle.size() - more.size();
  }
}
