#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "net/frame_reader.h"
#include "protocol/wire/frame/encoded_frame.h"
#include "protocol/wire/frame/received_frame.h"
#include "tests/io/endpoint.h"

namespace moldau::client::testing {

/// Stands for a broker: takes one connection and keeps its requests; the test answers.
class Peer final : private io::ListenerHandler, private io::StreamHandler {
 public:
  explicit Peer(io::Loop& loop) : loop_(loop), listener_(loop.listen({"127.0.0.1", 0}, 10, this).value()) {}

  io::SocketAddress address() const { return listener_->local_address(); }

  /// Requests that came, oldest first.
  std::vector<net::Frame> requests;

  wire::ReceivedRequest request(std::size_t index) const {
    return wire::read_request(requests[index].bytes()).value();
  }

  template <class Request>
  Request body(std::size_t index) const {
    const auto received = request(index);
    return wire::decode_message<Request>(received.body, received.header.request_api_version).value();
  }

  template <class Response>
  void answer(std::size_t index, const Response& response) {
    const protocol::RequestHeader header = request(index).header;
    send(wire::encode_response(response, header.request_api_version, header.correlation_id).value().bytes);
  }

  void send(Buffer bytes) { stream_->send(io::testing::pieces(std::move(bytes))); }
  void close() { stream_.reset(); }

 private:
  void on_accept(std::unique_ptr<io::PendingStream> accepted) override {
    stream_ = loop_.adopt(std::move(accepted), -1, -1);
    stream_->set_handler(this);
  }
  void on_readable() override {
    const MutableBytes space = reader_.space();
    const auto outcome = stream_->read(space);
    if (!outcome || outcome->end) return close();
    REQUIRE(reader_.received(outcome->size_bytes));
    while (auto frame = reader_.next()) {
      requests.push_back(std::move(*frame));
    }
  }
  void on_sent(std::size_t) override {}
  void on_broken(const Error&) override { close(); }

  io::Loop& loop_;
  std::unique_ptr<io::Listener> listener_;
  std::unique_ptr<io::Stream> stream_;
  net::FrameReader reader_{std::numeric_limits<std::int32_t>::max()};
};

}  // namespace moldau::client::testing
