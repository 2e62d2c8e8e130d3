#include "net/http_server.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

#include "base/buffer.h"
#include "base/bytes.h"

namespace moldau::net {
namespace {

constexpr int kBacklog = 16;
/// For a whole request, counted from the last answer, and for its answer: whoever is slower is closed.
constexpr Duration kPatience = std::chrono::seconds(30);
/// A client whose request was refused may still be sending it: a close would drop the answer. It is read on
/// for so long and so far, and nothing is made of it (RFC 9112, 9.6).
constexpr Duration kLinger = std::chrono::seconds(1);
constexpr std::size_t kMostLingeringBytes = 1024 * 1024;

io::Piece piece_of(std::string_view text) {
  Buffer bytes;
  bytes.append(as_bytes(text));
  return bytes;
}

}  // namespace

/// One client: a request, its answer, and the next.
class HttpConnection final : public io::StreamHandler, public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(HttpServer& server, std::unique_ptr<io::Stream> stream)
      : server_(server), stream_(std::move(stream)) {
    wait(kPatience);
    stream_->set_handler(this);
  }

  /// It is closed then.
  Instant deadline() const { return deadline_; }

 private:
  void on_readable() override {
    const auto self = shared_from_this();
    std::array<std::uint8_t, 2048> bytes{};
    const auto outcome = stream_->read(bytes);
    if (!outcome || outcome->end) {
      server_.remove(*this);
      return;
    }
    if (is_lingering_) {
      lingering_bytes_ += outcome->size_bytes;
      if (lingering_bytes_ > kMostLingeringBytes) server_.remove(*this);
      return;
    }
    received_.append(as_text(ByteView(bytes).first(outcome->size_bytes)));
    begin_request();
  }

  void on_sent(std::size_t) override {
    const auto self = shared_from_this();
    if (is_refused_) return linger();
    if (is_closing_) {
      server_.remove(*this);
      return;
    }
    is_answering_ = false;
    wait(kPatience);
    stream_->set_muted(false);
    begin_request();
  }

  void on_broken(const Error&) override { server_.remove(*this); }

  void begin_request() {
    if (is_answering_) return;
    auto request = read_http_request(received_);
    if (!request) return;
    is_answering_ = true;
    // No more is read than one request and what came with it.
    stream_->set_muted(true);
    if (!*request) {
      const HttpStatus status = request->error();
      is_closing_ = true;
      is_refused_ = true;
      answer({.status = status, .body = "the request cannot be served\n"}, false);
      return;
    }
    wait(kPatience);
    received_.erase(0, (*request)->size_bytes);
    is_closing_ = !(*request)->keep_alive;
    server_.handler_(**request,
                     [weak = weak_from_this(), is_head = (*request)->is_head](const HttpResponse& response) {
                       if (const auto self = weak.lock()) self->answer(response, is_head);
                     });
  }

  void answer(const HttpResponse& response, bool is_head) {
    std::vector<io::Piece> pieces;
    pieces.push_back(piece_of(
        http_response_head(response.status, response.content_type, response.body.size(), !is_closing_)));
    if (!is_head && !response.body.empty()) pieces.push_back(piece_of(response.body));
    wait(kPatience);
    stream_->send(std::move(pieces));
  }

  void linger() {
    is_lingering_ = true;
    stream_->set_muted(false);
    wait(kLinger);
    server_.close_slow();
  }

  void wait(Duration time) { deadline_ = server_.loop_.clock().now() + time; }

  HttpServer& server_;
  std::unique_ptr<io::Stream> stream_;
  Instant deadline_;
  std::string received_;       ///< at most a request's limit and one read
  bool is_answering_ = false;  ///< the answer is due, or on its way
  bool is_closing_ = false;    ///< behind this answer
  bool is_refused_ = false;    ///< by this answer
  bool is_lingering_ = false;
  std::size_t lingering_bytes_ = 0;
};

HttpServer::HttpServer(io::Loop& loop, HttpHandler handler)
    : loop_(loop), handler_(std::move(handler)), timer_(loop.make_timer([this] { close_slow(); })) {}

HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::open(io::Loop& loop, const io::SocketAddress& address,
                                                     HttpHandler handler) {
  std::unique_ptr<HttpServer> server(new HttpServer(loop, std::move(handler)));
  auto listening = loop.listen(address, kBacklog, server.get());
  if (!listening) return fail(std::move(listening).error());
  server->listening_ = std::move(*listening);
  return server;
}

void HttpServer::on_accept(std::unique_ptr<io::PendingStream> accepted) {
  if (connections_.size() >= kMaxConnections) return;
  connections_.push_back(std::make_shared<HttpConnection>(*this, loop_.adopt(std::move(accepted), -1, -1)));
  if (connections_.size() == 1) timer_->arm(connections_.front()->deadline());
}

void HttpServer::remove(const HttpConnection& connection) {
  std::erase_if(connections_, [&](const auto& held) { return held.get() == &connection; });
}

void HttpServer::close_slow() {
  const Instant now = loop_.clock().now();
  std::erase_if(connections_, [&](const auto& held) { return held->deadline() <= now; });
  // A deadline that moves on meanwhile costs one look in vain.
  Instant next = Instant::never();
  for (const auto& held : connections_)
    next = std::min(next, held->deadline());
  if (!connections_.empty()) timer_->arm(next);
}

}  // namespace moldau::net
