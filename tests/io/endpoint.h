#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "io/loop.h"

namespace moldau::io::testing {

/// One end of a connection that keeps what happens to it.
class Endpoint final : public StreamHandler {
 public:
  explicit Endpoint(std::unique_ptr<Stream> own) : stream(std::move(own)) { stream->set_handler(this); }

  void on_readable() override {
    in_event = true;
    ++readable_count;
    if (on_readable_hook) {
      on_readable_hook();
    } else {
      take(read_bytes);
    }
    in_event = false;
  }
  void on_sent(std::size_t count) override {
    sent_count += count;
    if (on_sent_hook) on_sent_hook();
  }
  void on_broken(const Error& error) override { broken = error; }

  /// Reads once, up to `most` bytes.
  void take(std::size_t most) {
    const std::size_t before = received.size();
    received.resize(before + most);
    const auto outcome = stream->read(MutableBytes(received).subspan(before));
    received.resize(before + (outcome ? outcome->size_bytes : 0));
    if (!outcome || outcome->end) {
      ended = outcome.has_value();
      stream->set_muted(true);
    }
  }

  std::unique_ptr<Stream> stream;
  Bytes received;
  std::size_t read_bytes = 64 * 1024;
  std::size_t readable_count = 0;
  std::size_t sent_count = 0;
  bool in_event = false;
  bool ended = false;
  std::optional<Error> broken;
  std::function<void()> on_readable_hook;
  std::function<void()> on_sent_hook;
};

/// A listener on loop 0 that keeps the connections not yet adopted.
class Door final : public ListenerHandler {
 public:
  explicit Door(Loop& loop, const SocketAddress& address = {"127.0.0.1", 0})
      : listener(loop.listen(address, 200, this).value()) {}

  void on_accept(std::unique_ptr<PendingStream> one) override { accepted.push_back(std::move(one)); }

  std::vector<std::unique_ptr<PendingStream>> accepted;
  std::unique_ptr<Listener> listener;
};

inline Buffer buffer_of(ByteView bytes) {
  Buffer buffer;
  buffer.append(bytes);
  return buffer;
}

/// Bytes without a pattern that a shift or a swap would keep.
inline Bytes noise(std::size_t size_bytes, std::uint32_t start = 1) {
  Bytes bytes(size_bytes);
  std::uint32_t state = start * 2654435761U + 1;
  for (std::uint8_t& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::uint8_t>(state >> 24U);
  }
  return bytes;
}

template <class... Pieces>
std::vector<Piece> pieces(Pieces... each) {
  std::vector<Piece> all;
  (all.emplace_back(std::move(each)), ...);
  return all;
}

/// Both ends of one connection; `client` and `server` live on loop 0.
template <class Bench>
struct Connected {
  explicit Connected(Bench& bench, int send_buffer_bytes = -1, int receive_buffer_bytes = -1)
      : door(bench.host().loop(0)) {
    std::unique_ptr<Stream> made;
    Loop& loop = bench.host().loop(0);
    loop.connect(door.listener->local_address(),
                 [&made](Result<std::unique_ptr<Stream>> outcome) { made = std::move(outcome).value(); });
    REQUIRE(bench.run_until([&] { return made != nullptr && !door.accepted.empty(); }));
    client = std::make_unique<Endpoint>(std::move(made));
    peer_address = door.accepted.back()->peer_address();
    server = std::make_unique<Endpoint>(
        loop.adopt(std::move(door.accepted.back()), send_buffer_bytes, receive_buffer_bytes));
  }

  Door door;
  std::unique_ptr<Endpoint> client;
  std::unique_ptr<Endpoint> server;
  SocketAddress peer_address;  ///< the client's, as the server was told
};

}  // namespace moldau::io::testing
