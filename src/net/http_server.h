#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/loop.h"
#include "net/http_request.h"

namespace moldau::net {

/// The answer to one request.
struct HttpResponse {
  HttpStatus status = HttpStatus::kOk;
  std::string_view content_type = "text/plain; charset=utf-8";  ///< static storage
  std::string body;
};

/// Takes the answer, once, now or later, on the server's loop. Nothing happens when the client is gone, or
/// the server.
using HttpReply = std::move_only_function<void(HttpResponse)>;
using HttpHandler = std::function<void(const HttpRequest&, HttpReply)>;

class HttpConnection;

/// Serves GET and HEAD over HTTP/1.1 on one loop, for a few clients such as a scraper and a health check.
/// What cannot be read is answered with its status, and the connection is closed.
class HttpServer final : private io::ListenerHandler {
 public:
  /// More than that are closed when they come.
  static constexpr std::size_t kMaxConnections = 32;

  /// Binds and serves. `loop` outlives the server. kNetworkException when the address cannot be had.
  static Result<std::unique_ptr<HttpServer>> open(io::Loop& loop, const io::SocketAddress& address,
                                                  HttpHandler handler);
  ~HttpServer() override;

  /// With the port that was bound for 0.
  io::SocketAddress local_address() const { return listening_->local_address(); }

 private:
  friend class HttpConnection;

  HttpServer(io::Loop& loop, HttpHandler handler);
  void on_accept(std::unique_ptr<io::PendingStream> accepted) override;
  /// May destroy the connection.
  void remove(const HttpConnection& connection);
  void close_slow();

  io::Loop& loop_;
  HttpHandler handler_;
  std::list<std::shared_ptr<HttpConnection>> connections_;
  std::unique_ptr<io::Timer> timer_;
  std::unique_ptr<io::Listener> listening_;
};

}  // namespace moldau::net
