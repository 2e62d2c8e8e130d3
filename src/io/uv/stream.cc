#include "io/uv/stream.h"

#include <algorithm>
#include <array>
#include <utility>

#include <netinet/in.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/assert.h"
#include "io/uv/address.h"
#include "io/uv/cold_read.h"
#include "io/uv/file.h"
#include "io/uv/loop.h"
#include "io/uv/system_error.h"

namespace moldau::io::uv {
namespace {

/// What one connection may send before the others have their turn.
constexpr std::uint64_t kTurnBytes = 512 * 1024;
constexpr std::size_t kBuffersPerCall = 16;
/// Small slices are copied, up to so much in one call: calls of their own would cost more, and a reader that
/// waits would be woken for what stands before the slice.
constexpr std::size_t kCopiedBytes = 16 * 1024;

std::uint64_t size_of(const Piece& piece) {
  if (const auto* slice = std::get_if<FileSlice>(&piece)) return slice->size_bytes;
  return std::get<Buffer>(piece).size();
}

/// Puts a slice's bytes in its place if there is room for a copy and the page cache has all of them. False if
/// the piece stays a slice.
bool take_into_memory(Piece& piece, std::size_t& room_bytes) {
  const auto* slice = std::get_if<FileSlice>(&piece);
  if (slice == nullptr) return true;
  if (slice->size_bytes > room_bytes) return false;
  Buffer copy(static_cast<std::size_t>(slice->size_bytes));
  const int file = static_cast<const UvFile&>(*slice->file).descriptor();
  if (!read_if_cached(file, slice->position, {copy.data(), copy.size()})) return false;
  room_bytes -= copy.size();
  piece = std::move(copy);
  return true;
}

}  // namespace

UvStream::UvStream(UvLoop& loop, Descriptor socket)
    : loop_(loop),
      socket_(std::move(socket)),
      self_(std::make_shared<UvStream*>(this)),
      poll_(std::make_unique<PollHandle>([this](int status, int events) { on_events(status, events); })) {
  require(::uv_poll_init(loop_.raw(), poll_->get(), socket_.number()) == 0, "a socket can be polled");
  update_events();
}

UvStream::~UvStream() {
  *self_ = nullptr;
  // What was sent in the event under way is handed over as if it had been at once.
  if (is_flush_due_ && !broken_) flush();
  // The poll handle lets go of the descriptor before it closes.
  poll_.reset();
}

void UvStream::set_handler(StreamHandler* handler) {
  handler_ = handler;
  if (!in_event_ && has_news()) report_later();
}

void UvStream::update_events() {
  const int events = (muted_ ? 0 : UV_READABLE) | (wants_writable_ ? UV_WRITABLE : 0);
  if (events == polled_events_) return;
  polled_events_ = events;
  if (events == 0) {
    ::uv_poll_stop(poll_->get());
    return;
  }
  ::uv_poll_start(poll_->get(), events, [](uv_poll_t* handle, int status, int happened) {
    PollHandle::call(handle, status, happened);
  });
}

void UvStream::set_muted(bool muted) {
  muted_ = muted;
  if (!broken_) update_events();
}

Result<ReadOutcome> UvStream::read(MutableBytes into) {
  if (broken_) return fail(*broken_);
  if (into.empty()) return ReadOutcome{};
  while (true) {
    const ssize_t got = ::recv(socket_.number(), into.data(), into.size(), 0);
    if (got > 0) return ReadOutcome{.size_bytes = static_cast<std::size_t>(got)};
    if (got == 0) return ReadOutcome{.end = true};
    if (errno == EAGAIN || errno == EWOULDBLOCK) return ReadOutcome{};
    if (errno == EINTR) continue;
    break_off(network_failure("receiving").error());
    if (!in_event_) report_later();
    return fail(*broken_);
  }
}

void UvStream::send(std::vector<Piece> pieces) {
  if (broken_) return;
  for (const Piece& piece : pieces) {
    queued_bytes_ += size_of(piece);
  }
  queue_.push_back({std::move(pieces)});
  if (wants_writable_ || is_flush_due_) return;
  if (is_reading_ || loop_.runs_posted()) {
    is_flush_due_ = true;
    if (!is_reading_) loop_.send_behind_posted(self_);
    return;
  }
  flush();
  if (!in_event_ && has_news()) report_later();
}

void UvStream::send_queued() {
  if (is_flush_due_ && !broken_) flush();
  report_as_event();
}

void UvStream::on_events(int status, int events) {
  const std::shared_ptr<UvStream*> self = self_;
  in_event_ = true;
  if (status < 0) break_off(socket_error());
  if (!broken_ && (events & UV_WRITABLE) != 0) flush();
  if (!broken_ && (events & UV_READABLE) != 0 && !muted_ && handler_ != nullptr) {
    is_reading_ = true;
    heard_in_turn_ = loop_.turn_number();
    handler_->on_readable();
    if (*self == nullptr) return;
    is_reading_ = false;
    // Who waited for what came in is answered before who sent it, if that takes no time.
    if (is_flush_due_ && !broken_) loop_.has_brief_posts() ? loop_.send_behind_posted(self_) : flush();
  }
  report();
  if (*self != nullptr) in_event_ = false;
}

void UvStream::report() {
  const std::shared_ptr<UvStream*> self = self_;
  if (handler_ == nullptr) return;
  if (unreported_sent_ > 0) {
    handler_->on_sent(std::exchange(unreported_sent_, 0));
    if (*self == nullptr) return;
    // What the handler has sent from there is reported in the next turn: the other connections come first.
    if (unreported_sent_ > 0) return report_later();
  }
  if (broken_ && handler_ != nullptr) std::exchange(handler_, nullptr)->on_broken(Error(*broken_));
}

void UvStream::report_as_event() {
  const std::shared_ptr<UvStream*> self = self_;
  in_event_ = true;
  report();
  if (*self != nullptr) in_event_ = false;
}

void UvStream::report_later() {
  if (report_posted_) return;
  report_posted_ = true;
  loop_.post([self = self_] {
    UvStream* stream = *self;
    if (stream == nullptr) return;
    stream->report_posted_ = false;
    stream->report_as_event();
  });
}

void UvStream::break_off(Error reason) {
  broken_ = std::move(reason);
  queue_.clear();
  queued_bytes_ = 0;
  wants_writable_ = false;
  muted_ = true;
  update_events();
}

void UvStream::skip_empty() {
  while (!queue_.empty()) {
    Outgoing& first = queue_.front();
    while (first.next < first.pieces.size() && first.sent == size_of(first.pieces[first.next])) {
      ++first.next;
      first.sent = 0;
    }
    if (first.next < first.pieces.size()) return;
    queue_.erase(queue_.begin());
    ++unreported_sent_;
  }
}

Error UvStream::socket_error() const {
  int reason = 0;
  socklen_t size = sizeof reason;
  ::getsockopt(socket_.number(), SOL_SOCKET, SO_ERROR, &reason, &size);
  errno = reason != 0 ? reason : ECONNRESET;
  return network_failure("connection").error();
}

void UvStream::flush() {
  is_flush_due_ = false;
  if (reading_ahead_) return;
  std::uint64_t turn_bytes = kTurnBytes;
  Progress progress = Progress::kDone;
  skip_empty();
  while (!queue_.empty() && progress == Progress::kDone) {
    progress = flush_some(turn_bytes);
    if (progress != Progress::kBroken) skip_empty();
  }
  if (broken_) return;
  wants_writable_ = !queue_.empty() && progress != Progress::kReadingAhead;
  update_events();
}

UvStream::Progress UvStream::flush_some(std::uint64_t& turn_bytes) {
  if (turn_bytes == 0) return Progress::kTurnOver;
  Outgoing& first = queue_.front();
  Piece& piece = first.pieces[first.next];
  std::size_t room_bytes = first.sent == 0 ? kCopiedBytes : 0;
  if (!take_into_memory(piece, room_bytes)) return flush_slice(*std::get_if<FileSlice>(&piece), turn_bytes);
  return flush_buffers(turn_bytes);
}

UvStream::Progress UvStream::flush_buffers(std::uint64_t& turn_bytes) {
  std::array<iovec, kBuffersPerCall> vector{};
  std::size_t count = 0;
  std::size_t wanted = 0;
  bool slice_follows = false;
  std::size_t room_bytes = kCopiedBytes;
  std::uint64_t skip = queue_.front().sent;
  for (Outgoing& outgoing : queue_) {
    for (std::size_t i = outgoing.next; i < outgoing.pieces.size() && count < vector.size(); ++i) {
      slice_follows = !take_into_memory(outgoing.pieces[i], room_bytes);
      if (slice_follows) break;
      auto* buffer = std::get_if<Buffer>(&outgoing.pieces[i]);
      vector[count++] = {buffer->data() + skip, buffer->size() - skip};
      wanted += buffer->size() - skip;
      skip = 0;
    }
    if (slice_follows || count == vector.size()) break;
  }
  msghdr message{};
  message.msg_iov = vector.data();
  message.msg_iovlen = count;
  // A header and the slice behind it leave in one segment.
  const int flags = MSG_NOSIGNAL | (slice_follows ? MSG_MORE : 0);
  const ssize_t sent = ::sendmsg(socket_.number(), &message, flags);
  if (sent < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Progress::kBlocked;
    if (errno == EINTR) return Progress::kDone;
    break_off(network_failure("sending").error());
    return Progress::kBroken;
  }
  turn_bytes -= std::min(turn_bytes, static_cast<std::uint64_t>(sent));
  advance(static_cast<std::uint64_t>(sent));
  return std::cmp_less(sent, wanted) ? Progress::kBlocked : Progress::kDone;
}

UvStream::Progress UvStream::flush_slice(const FileSlice& slice, std::uint64_t& turn_bytes) {
  const std::uint64_t done = queue_.front().sent;
  auto position = static_cast<off_t>(slice.position + done);
  const int file = static_cast<const UvFile&>(*slice.file).descriptor();
  if (done == cached_bytes_) {
    cached_bytes_ += std::min(slice.size_bytes - done, kTurnBytes);
    if (!is_cached(file, slice.position + done, cached_bytes_ - done)) {
      read_ahead(slice, slice.position + done, cached_bytes_ - done);
      return Progress::kReadingAhead;
    }
  }
  const std::uint64_t wanted = std::min(cached_bytes_ - done, turn_bytes);
  const ssize_t sent = ::sendfile(socket_.number(), file, &position, wanted);
  if (sent < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Progress::kBlocked;
    if (errno == EINTR) return Progress::kDone;
    break_off(
        (errno == EIO ? storage_failure("reading a slice") : network_failure("sending a slice")).error());
    return Progress::kBroken;
  }
  if (sent == 0) {
    // The file is shorter than the answer says: the peer cannot be told in any other way.
    break_off({ErrorCode::kKafkaStorageError, "a file ends inside a slice under way"});
    return Progress::kBroken;
  }
  turn_bytes -= static_cast<std::uint64_t>(sent);
  advance(static_cast<std::uint64_t>(sent));
  // A call that finds no room has read pages of the file for nothing.
  return std::cmp_less(sent, wanted) ? Progress::kBlocked : Progress::kDone;
}

void UvStream::read_ahead(const FileSlice& slice, std::uint64_t position, std::uint64_t size_bytes) {
  reading_ahead_ = true;
  const LaneId lane = static_cast<const UvFile&>(*slice.file).read_lane();
  loop_.offload(
      lane,
      [file = slice.file, position, size_bytes] {
        bring_into_cache(static_cast<const UvFile&>(*file).descriptor(), position, size_bytes);
      },
      [self = self_] {
        UvStream* stream = *self;
        if (stream == nullptr) return;
        stream->reading_ahead_ = false;
        if (stream->broken_) return;
        stream->is_flush_due_ = true;
        stream->send_queued();
      });
}

void UvStream::advance(std::uint64_t count) {
  queued_bytes_ -= count;
  for (Outgoing& outgoing : queue_) {
    while (count > 0 && outgoing.next < outgoing.pieces.size()) {
      const std::uint64_t left = size_of(outgoing.pieces[outgoing.next]) - outgoing.sent;
      const std::uint64_t taken = std::min(left, count);
      outgoing.sent += taken;
      count -= taken;
      if (taken < left) return;
      ++outgoing.next;
      outgoing.sent = 0;
      cached_bytes_ = 0;
    }
    if (count == 0) return;
  }
}

SocketAddress UvStream::local_address() const {
  return local_address_of(socket_.number());
}

}  // namespace moldau::io::uv
