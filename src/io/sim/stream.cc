#include "io/sim/stream.h"

#include <algorithm>
#include <utility>

#include "io/sim/host.h"
#include "io/sim/loop.h"

namespace moldau::io::sim {
namespace {

std::uint64_t size_of(const Piece& piece) {
  if (const auto* slice = std::get_if<FileSlice>(&piece)) return slice->size_bytes;
  return std::get<Buffer>(piece).size();
}

}  // namespace

SimStream::SimStream(SimLoop& loop, SimPendingStream& pending)
    : loop_(loop),
      in_(std::move(pending.in)),
      out_(std::move(pending.out)),
      local_(std::move(pending.local)) {
  in_->on_arrival = [this] { report_soon(); };
  out_->on_room = [this] {
    loop_.run_soon([self = self_] {
      if (*self == nullptr) return;
      (*self)->flush();
      (*self)->report_soon();
    });
  };
}

SimStream::~SimStream() {
  *self_ = nullptr;
  in_->on_arrival = nullptr;
  out_->on_room = nullptr;
  close_end(*in_, *out_);
}

void SimStream::set_handler(StreamHandler* handler) {
  handler_ = handler;
  report_soon();
}

void SimStream::set_muted(bool muted) {
  muted_ = muted;
  report_soon();
}

bool SimStream::has_news() const {
  if (handler_ == nullptr) return false;
  if (broken_) return !broken_is_reported_ || unreported_sent_ > 0;
  if (unreported_sent_ > 0) return true;
  return in_->was_reset() || (!muted_ && (in_->readable_bytes() > 0 || in_->at_end()));
}

void SimStream::report_soon() {
  if (report_is_due_ || !has_news()) return;
  report_is_due_ = true;
  loop_.run_soon([self = self_] {
    if (*self == nullptr) return;
    (*self)->report_is_due_ = false;
    (*self)->report();
    if (*self != nullptr) (*self)->report_soon();
  });
}

void SimStream::report() {
  const std::shared_ptr<SimStream*> self = self_;
  if (!broken_ && in_->was_reset()) {
    break_off({ErrorCode::kNetworkException, "connection: Connection reset by peer"});
  }
  if (handler_ == nullptr) return;
  if (!broken_ && !muted_ && (in_->readable_bytes() > 0 || in_->at_end())) {
    handler_->on_readable();
    if (*self == nullptr || handler_ == nullptr) return;
  }
  if (unreported_sent_ > 0) {
    handler_->on_sent(std::exchange(unreported_sent_, 0));
    if (*self == nullptr || handler_ == nullptr) return;
  }
  if (broken_ && !broken_is_reported_ && unreported_sent_ == 0) {
    broken_is_reported_ = true;
    handler_->on_broken(Error(*broken_));
  }
}

Result<ReadOutcome> SimStream::read(MutableBytes into) {
  if (broken_) return fail(*broken_);
  if (in_->was_reset()) {
    break_off({ErrorCode::kNetworkException, "receiving: Connection reset by peer"});
    report_soon();
    return fail(*broken_);
  }
  if (into.empty()) return ReadOutcome{};
  const std::size_t count = in_->read(into);
  return ReadOutcome{.size_bytes = count, .end = count == 0 && in_->at_end()};
}

void SimStream::send(std::vector<Piece> pieces) {
  if (broken_) return;
  for (Piece& piece : pieces) {
    queued_bytes_ += size_of(piece);
    queue_.push_back({.piece = std::move(piece)});
  }
  // An empty piece ends each send, so that sends without bytes are reported like others.
  queue_.push_back({.piece = Buffer(), .ends_send = true});
  flush();
  report_soon();
}

void SimStream::flush() {
  // Nothing leaves a machine without power.
  if (!loop_.host().is_alive()) return;
  if (!broken_ && out_->is_broken()) {
    break_off({ErrorCode::kNetworkException, "sending: Broken pipe"});
  }
  while (!broken_ && !queue_.empty()) {
    Queued& first = queue_.front();
    if (first.sent_bytes == size_of(first.piece)) {
      if (first.ends_send) ++unreported_sent_;
      queue_.pop_front();
      continue;
    }
    if (out_->space() == 0 || !flush_some(first)) return;
  }
}

bool SimStream::flush_some(Queued& first) {
  const std::uint64_t left = size_of(first.piece) - first.sent_bytes;
  const std::size_t count = std::min<std::uint64_t>(left, out_->space());
  if (const auto* slice = std::get_if<FileSlice>(&first.piece)) {
    // Read when it is sent, as sendfile does.
    Bytes bytes(count);
    const auto got = slice->file->read_at(slice->position + first.sent_bytes, bytes);
    if (!got || *got == 0) {
      break_off({ErrorCode::kKafkaStorageError, "a file ends inside a slice under way"});
      return false;
    }
    bytes.resize(*got);
    out_->push(bytes);
    first.sent_bytes += *got;
    queued_bytes_ -= *got;
    return true;
  }
  out_->push(std::get<Buffer>(first.piece).bytes().subspan(first.sent_bytes, count));
  first.sent_bytes += count;
  queued_bytes_ -= count;
  return true;
}

void SimStream::break_off(Error reason) {
  broken_ = std::move(reason);
  queue_.clear();
  queued_bytes_ = 0;
}

}  // namespace moldau::io::sim
