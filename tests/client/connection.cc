#include "tests/client/connection.h"

#include <limits>
#include <utility>
#include <vector>

namespace moldau::client {

void Connection::connect(io::Loop& loop, const io::SocketAddress& address, Connected done) {
  loop.connect(address, [&loop, done = std::move(done)](Result<std::unique_ptr<io::Stream>> made) mutable {
    if (!made) return done(fail(std::move(made).error()));
    done(std::make_unique<Connection>(loop, std::move(*made)));
  });
}

Connection::Connection(io::Loop& loop, std::unique_ptr<io::Stream> stream)
    : loop_(loop), stream_(std::move(stream)), reader_(std::numeric_limits<std::int32_t>::max()) {
  stream_->set_handler(this);
}

Connection::~Connection() {
  *alive_ = false;
}

void Connection::send_frame(Buffer frame, std::int32_t correlation_id, OnFrame done) {
  if (!stream_) {
    return fail_later(std::move(done), {ErrorCode::kNetworkException, "the connection has ended"});
  }
  waiting_.push_back({correlation_id, std::move(done)});
  send_bytes(std::move(frame));
}

void Connection::send_bytes(Buffer bytes) {
  if (!stream_) return;
  std::vector<io::Piece> pieces;
  pieces.emplace_back(std::move(bytes));
  stream_->send(std::move(pieces));
}

void Connection::on_readable() {
  while (read_once()) {
  }
}

bool Connection::read_once() {
  const MutableBytes space = reader_.space();
  const auto outcome = stream_->read(space);
  if (!outcome) {
    close(outcome.error());
    return false;
  }
  if (outcome->end) {
    close({ErrorCode::kNetworkException, "the broker has closed the connection"});
    return false;
  }
  if (const auto taken = reader_.received(outcome->size_bytes); !taken) {
    close({ErrorCode::kNetworkException, taken.error().message});
    return false;
  }
  return deliver_frames() && outcome->size_bytes == space.size();
}

bool Connection::deliver_frames() {
  const std::shared_ptr<bool> alive = alive_;
  while (auto frame = reader_.next()) {
    const auto correlation_id = wire::read_correlation_id(std::as_const(*frame).bytes());
    if (!correlation_id || waiting_.empty() || waiting_.front().correlation_id != *correlation_id) {
      close({ErrorCode::kNetworkException, "an answer came that was not next"});
      return false;
    }
    OnFrame done = std::move(waiting_.front().done);
    waiting_.pop_front();
    done(std::move(*frame));
    if (!*alive || !stream_) return false;
  }
  if (const auto sound = reader_.check(); !sound) {
    close({ErrorCode::kNetworkException, sound.error().message});
    return false;
  }
  return true;
}

void Connection::on_sent(std::size_t) {}

void Connection::on_broken(const Error& error) {
  close(error);
}

void Connection::close(const Error& reason) {
  const std::shared_ptr<bool> alive = alive_;
  stream_.reset();
  std::deque<Waiting> unanswered = std::exchange(waiting_, {});
  for (Waiting& each : unanswered) {
    each.done(fail(reason));
    if (!*alive) return;
  }
  if (closed_) std::exchange(closed_, nullptr)(reason);
}

void Connection::fail_later(OnFrame done, Error reason) {
  loop_.post([alive = alive_, done = std::move(done), reason = std::move(reason)]() mutable {
    if (*alive) done(fail(std::move(reason)));
  });
}

}  // namespace moldau::client
