#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace moldau::net {

/// What an HTTP answer says of its request (RFC 9110, 15).
enum class HttpStatus : int {
  kOk = 200,
  kBadRequest = 400,
  kNotFound = 404,
  kMethodNotAllowed = 405,
  kUriTooLong = 414,
  kHeaderFieldsTooLarge = 431,
  kServiceUnavailable = 503,
  kVersionNotSupported = 505,
};

/// One request without a body: the only kind that is served.
struct HttpRequest {
  bool is_head = false;    ///< else GET
  std::string path;        ///< begins with '/'; the query is cut off, nothing is decoded
  bool keep_alive = true;  ///< the client wants to send another one
  /// Bytes up to and with the empty line that ends it.
  std::size_t size_bytes = 0;
};

inline constexpr std::size_t kMaxHttpLineBytes = 2048;
/// Of a whole request: line, header fields and the empty line.
inline constexpr std::size_t kMaxHttpHeadBytes = 8192;

/// Reads the first request of what was received (RFC 9112). nullopt while it is not all there, which is never
/// so from kMaxHttpHeadBytes on. An error is the status of the answer; where the next request begins is not
/// known then, and the connection is to be closed. Bodies, folded lines and line ends without CR are
/// kBadRequest.
std::optional<std::expected<HttpRequest, HttpStatus>> read_http_request(std::string_view received);

/// The head of an answer with a body of `body_bytes`.
std::string http_response_head(HttpStatus status, std::string_view content_type, std::size_t body_bytes,
                               bool keep_alive);

}  // namespace moldau::net
