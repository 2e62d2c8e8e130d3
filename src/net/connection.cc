#include "net/connection.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace moldau::net {
namespace {

/// What one connection may read before the others have their turn.
constexpr std::size_t kTurnBytes = 256 * 1024;

/// A request follows others only while these are fewer and smaller than that: enough for what producers have
/// under way (`max.in.flight.requests.per.connection`), and little to hold for a client that sends without
/// end.
constexpr std::size_t kMostFollowed = 16;
constexpr std::size_t kMostFollowedBytes = 256 * 1024;

}  // namespace

Connection::Connection(std::unique_ptr<io::Stream> stream, const ListenerInfo& listener,
                       const Options& options, Service& service, ConnectionOwner& owner, MemoryBudget& budget,
                       Buffer& spare)
    : stream_(std::move(stream)),
      id_(options.id),
      peer_address_(options.peer),
      listener_(listener),
      service_(service),
      owner_(owner),
      budget_(budget),
      max_queued_bytes_(options.max_queued_bytes),
      reader_(options.max_frame_bytes, &spare) {
  stream_->set_handler(this);
}

Connection::~Connection() {
  budget_.forget(*this);
  // Also nothing: those who waited behind it may be next.
  budget_.release(charged_bytes_ + under_way_bytes(), {});
}

void Connection::on_readable() {
  may_read_bytes_ = kTurnBytes;
  begin_requests();
}

bool Connection::read_once() {
  if (!reader_.check()) {
    input_ended_ = true;
    return false;
  }
  if (may_read_bytes_ == 0) return false;
  const MutableBytes space = reader_.space();
  const auto outcome = stream_->read(space);
  if (!outcome) {
    close();
    return false;
  }
  // What was asked before still gets its answer: a peer may have closed only its sending side.
  input_ended_ = outcome->end || !reader_.received(outcome->size_bytes);
  if (input_ended_) return false;
  // A short read has emptied the socket.
  const bool is_short = outcome->size_bytes < space.size();
  may_read_bytes_ = is_short ? 0 : may_read_bytes_ - std::min(may_read_bytes_, outcome->size_bytes);
  return admit();
}

bool Connection::admit() {
  if (waits_for_budget_) return false;
  const std::size_t cost_bytes = reader_.cost_bytes();
  if (cost_bytes <= charged_bytes_) return true;
  waits_for_budget_ = !budget_.admit(cost_bytes - charged_bytes_, charged_bytes_, *this, next_number());
  if (waits_for_budget_) {
    update_muting();
    return false;
  }
  charged_bytes_ = cost_bytes;
  return true;
}

void Connection::on_admitted() {
  charged_bytes_ = reader_.cost_bytes();
  waits_for_budget_ = false;
  update_muting();
  begin_requests();
}

bool Connection::may_begin() const {
  return stream_ && !paused_ && !finishing_ && !waits_for_budget_ &&
         stream_->queued_bytes() <= max_queued_bytes_ && may_follow();
}

bool Connection::may_follow() const {
  if (under_way_.empty()) return true;
  return under_way_.back().lets_follow && under_way_.size() < kMostFollowed &&
         under_way_bytes() < kMostFollowedBytes && service_.may_follow(reader_.peek());
}

std::size_t Connection::under_way_bytes() const {
  std::size_t bytes = 0;
  for (const UnderWay& each : under_way_) {
    bytes += each.charged_bytes;
  }
  return bytes;
}

void Connection::begin_requests() {
  // An answer given from inside serve() comes back here; the loop below goes on with the next frame.
  if (beginning_) return;
  beginning_ = true;
  while (stream_) {
    if (!reader_.has_frame()) {
      if (!read_once()) break;
      continue;
    }
    if (!may_begin() || !admit()) break;
    begin_next();
  }
  beginning_ = false;
  may_read_bytes_ = 0;
  if (stream_ && is_idle() && (finishing_ || (input_ended_ && !reader_.has_frame()))) close();
  update_muting();
  finish_if_over();
}

void Connection::begin_next() {
  auto frame = reader_.next();
  const std::uint64_t number = next_number();
  under_way_.push_back({.charged_bytes = std::exchange(charged_bytes_, 0)});
  owner_.on_active(*this);
  service_.serve(*this, Responder(*this, number), std::move(*frame));
}

void Connection::update_muting() {
  if (!stream_) return;
  const bool mute = input_ended_ || waits_for_budget_ || finishing_ || reader_.has_frame();
  if (mute == muted_) return;
  muted_ = mute;
  stream_->set_muted(mute);
}

Connection::UnderWay& Connection::under_way(std::uint64_t number) {
  require(number >= first_under_way_ && number - first_under_way_ < under_way_.size(),
          "only a request under way is answered");
  return under_way_[number - first_under_way_];
}

void Connection::end(std::uint64_t number, Outcome outcome) {
  UnderWay& request = under_way(number);
  require(!request.outcome, "each request is answered once");
  request.outcome = std::move(outcome);
  settle();
  begin_requests();
}

void Connection::settle() {
  while (!under_way_.empty() && under_way_.front().outcome) {
    UnderWay oldest = std::move(under_way_.front());
    under_way_.erase(under_way_.begin());
    const std::uint64_t number = first_under_way_++;
    auto* answered = std::get_if<Answered>(&*oldest.outcome);
    if (stream_ && answered != nullptr) {
      ++unsent_count_;
      stream_->send(std::move(answered->pieces));
    }
    if (std::holds_alternative<Refused>(*oldest.outcome)) close();
    release(oldest.charged_bytes, number);
  }
}

void Connection::release(std::size_t size_bytes, std::uint64_t number) {
  // Whoever waits may begin a request from here. If that is this connection, it does so when the caller is
  // done with it, as it may be over then.
  const bool was_beginning = std::exchange(beginning_, true);
  budget_.release(size_bytes, {this, number});
  beginning_ = was_beginning;
}

void Responder::answer(std::vector<io::Piece> pieces) const {
  connection_->end(number_, Connection::Answered{std::move(pieces)});
}

void Responder::answer_nothing() const {
  connection_->end(number_, Connection::AnsweredNothing{});
}

void Responder::refuse() const {
  connection_->end(number_, Connection::Refused{});
}

void Responder::let_follow() const {
  connection_->under_way(number_).lets_follow = true;
}

void Connection::on_sent(std::size_t count) {
  require(count <= unsent_count_, "only answers that were queued are sent");
  unsent_count_ -= count;
  begin_requests();
}

void Connection::on_broken(const Error&) {
  abandon();
}

void Connection::finish() {
  finishing_ = true;
  begin_requests();
}

void Connection::abandon() {
  close();
  finish_if_over();
}

void Connection::pause() {
  paused_ = true;
}

void Connection::resume() {
  paused_ = false;
  begin_requests();
}

void Connection::close() {
  if (!stream_) return;
  stream_.reset();
  owner_.on_disconnected(*this);
  service_.on_closed(*this);
}

void Connection::finish_if_over() {
  if (!stream_ && under_way_.empty() && !beginning_) owner_.on_finished(*this);
}

}  // namespace moldau::net
