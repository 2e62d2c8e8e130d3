#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/buffer.h"
#include "base/result.h"
#include "io/loop.h"
#include "io/stream.h"
#include "net/frame_reader.h"
#include "protocol/wire/frame/encoded_frame.h"
#include "protocol/wire/frame/received_frame.h"
#include "tests/client/answer.h"

namespace moldau::client {

/// A client's connection to one broker: any number of requests under way, answers matched in order, as Kafka
/// promises them. Lives on its loop. Every callback comes from the loop and never from inside a call; it may
/// destroy the connection, and callbacks still due are then dropped.
class Connection final : private io::StreamHandler {
 public:
  using Connected = std::move_only_function<void(Result<std::unique_ptr<Connection>>)>;
  using OnFrame = std::move_only_function<void(Result<net::Frame>)>;
  template <class Response>
  using OnAnswer = std::move_only_function<void(Result<Answer<Response>>)>;

  /// kNetworkException when nobody listens at `address`.
  static void connect(io::Loop& loop, const io::SocketAddress& address, Connected done);

  Connection(io::Loop& loop, std::unique_ptr<io::Stream> stream);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Stands in the header of the requests sent from here on; none at first.
  void set_client_id(std::optional<std::string> client_id) { client_id_ = std::move(client_id); }

  /// Sends a request of that version. `done` gets the answer, or kNetworkException when the connection ends
  /// before it, kUnsupportedVersion when the version cannot carry the request, kInvalidRequest when the
  /// answer is none. What the request points to is not needed after the call.
  template <class Response, class Request>
  void send(const Request& request, std::int16_t version, OnAnswer<Response> done) {
    static_assert(Request::kApiKey == Response::kApiKey);
    const std::int32_t correlation_id = next_correlation_id_++;
    auto frame = wire::encode_request(request, version, correlation_id, client_id_);
    OnFrame decode = [version, done = std::move(done)](Result<net::Frame> answer) mutable {
      done(decoded<Response>(std::move(answer), version));
    };
    if (!frame) {
      fail_later(std::move(decode), std::move(frame).error());
    } else {
      send_frame(std::move(frame->bytes), correlation_id, std::move(decode));
    }
  }

  /// Sends a request that gets no answer: Produce with acks 0. kUnsupportedVersion as above.
  template <class Request>
  Result<void> send_unanswered(const Request& request, std::int16_t version) {
    auto frame = wire::encode_request(request, version, next_correlation_id_++, client_id_);
    if (!frame) return fail(std::move(frame).error());
    send_bytes(std::move(frame->bytes));
    return {};
  }

  /// Sends a frame made elsewhere, length prefix included, whose answer has that correlation id.
  void send_frame(Buffer frame, std::int32_t correlation_id, OnFrame done);

  /// Sends bytes as they are, such as no client would.
  void send_bytes(Buffer bytes);

  /// Called once when the connection ends by the broker's doing, after those who wait for answers.
  void on_closed(std::move_only_function<void(const Error&)> closed) { closed_ = std::move(closed); }

  bool is_open() const { return stream_ != nullptr; }
  /// Requests sent and not answered.
  std::size_t under_way() const { return waiting_.size(); }

 private:
  struct Waiting {
    std::int32_t correlation_id;
    OnFrame done;
  };

  template <class Response>
  static Result<Answer<Response>> decoded(Result<net::Frame> frame, std::int16_t version) {
    if (!frame) return fail(std::move(frame).error());
    auto message = wire::decode_response<Response>(std::as_const(*frame).bytes(), version);
    if (!message) return fail(std::move(message).error());
    return Answer<Response>(std::move(*frame), std::move(*message));
  }

  void on_readable() override;
  void on_sent(std::size_t count) override;
  void on_broken(const Error& error) override;

  /// Both give false when the connection has ended or is destroyed.
  bool read_once();
  bool deliver_frames();
  void close(const Error& reason);
  void fail_later(OnFrame done, Error reason);

  io::Loop& loop_;
  std::unique_ptr<io::Stream> stream_;
  net::FrameReader reader_;
  std::optional<std::string> client_id_;
  std::int32_t next_correlation_id_ = 1;
  std::deque<Waiting> waiting_;
  std::move_only_function<void(const Error&)> closed_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace moldau::client
