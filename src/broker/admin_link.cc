#include "broker/admin_link.h"

#include <chrono>
#include <cstddef>
#include <utility>

namespace moldau::broker {
namespace {

/// Between two rounds of attempts, as Apache Kafka's clients wait at most.
constexpr Duration kPause = std::chrono::milliseconds(100);
/// Enough for a cluster of any size.
constexpr std::size_t kLargestAnswerBytes = std::size_t{64} << 20;

}  // namespace

MachineLink::MachineLink(Duration patience)
    : host_(1),
      end_(host_.loop(0).make_timer([this] {
        is_over_ = true;
        host_.stop();
      })),
      pause_(host_.loop(0).make_timer([this] { host_.stop(); })),
      reader_(kLargestAnswerBytes) {
  end_->arm(host_.loop(0).clock().now() + patience);
}

MachineLink::~MachineLink() = default;

Result<std::unique_ptr<MachineLink>> MachineLink::connect(const std::vector<io::SocketAddress>& addresses,
                                                          Duration patience) {
  std::unique_ptr<MachineLink> link(new MachineLink(patience));
  while (!link->is_over_) {
    for (const io::SocketAddress& address : addresses) {
      if (!link->is_over_ && link->try_connect(address)) return link;
    }
    link->pause();
  }
  return fail(ErrorCode::kRequestTimedOut, "no broker answers");
}

bool MachineLink::try_connect(const io::SocketAddress& address) {
  struct Attempt {
    std::optional<Result<std::unique_ptr<io::Stream>>> outcome;
    bool is_waited_for = true;
  };
  auto attempt = std::make_shared<Attempt>();
  host_.loop(0).connect(address, [this, attempt](Result<std::unique_ptr<io::Stream>> stream) {
    if (!attempt->is_waited_for) return;
    attempt->outcome = std::move(stream);
    host_.stop();
  });
  wait();
  attempt->is_waited_for = false;
  if (!attempt->outcome || !*attempt->outcome) return false;
  stream_ = std::move(**attempt->outcome);
  stream_->set_handler(this);
  return true;
}

void MachineLink::pause() {
  if (is_over_) return;
  pause_->arm(host_.loop(0).clock().now() + kPause);
  wait();
}

void MachineLink::wait() {
  host_.run();
}

Result<net::Frame> MachineLink::exchange(Buffer frame) {
  if (lost_) return fail(*lost_);
  std::vector<io::Piece> pieces;
  pieces.emplace_back(std::move(frame));
  stream_->send(std::move(pieces));
  while (!lost_ && !is_over_ && !reader_.has_frame())
    wait();
  if (auto answer = reader_.next()) return *std::move(answer);
  if (lost_) return fail(*lost_);
  return fail(ErrorCode::kRequestTimedOut, "The broker does not answer in time");
}

void MachineLink::on_readable() {
  if (const auto sound = reader_.check(); !sound) return lose(sound.error());
  const auto outcome = stream_->read(reader_.space());
  if (!outcome) return lose(outcome.error());
  if (outcome->end) return lose({ErrorCode::kNetworkException, "The broker closed the connection"});
  if (const auto taken = reader_.received(outcome->size_bytes); !taken) return lose(taken.error());
  if (reader_.has_frame()) host_.stop();
}

void MachineLink::on_sent(std::size_t) {}

void MachineLink::on_broken(const Error& error) {
  lose(error);
}

void MachineLink::lose(Error error) {
  lost_ = std::move(error);
  stream_.reset();
  host_.stop();
}

}  // namespace moldau::broker
