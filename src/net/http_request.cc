#include "net/http_request.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/ascii.h"
#include "base/split.h"

namespace moldau::net {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kBlanks = " \t";

using Refused = std::unexpected<HttpStatus>;

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
  });
}

/// What may stand in a target or in the value of a field: no control character; a blank if `blanks` says so.
bool is_visible(std::string_view text, bool blanks) {
  return std::ranges::all_of(text, [&](char c) {
    if (c == ' ' || c == '\t') return blanks;
    return static_cast<std::uint8_t>(c) > 0x20 && c != 0x7f;
  });
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// Takes the text up to `end` off the front; nullopt where there is none.
std::optional<std::string_view> take_until(std::string_view& text, std::string_view end) {
  const auto at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at + end.size());
  return taken;
}

/// Of a request line's last word.
enum class HttpVersion : std::uint8_t { k10, k11 };

std::expected<HttpVersion, HttpStatus> read_version(std::string_view text) {
  const bool is_version = text.size() == 8 && text.starts_with("HTTP/") && text[6] == '.' &&
                          is_letter_or_digit(text[5]) && is_letter_or_digit(text[7]);
  if (!is_version) return Refused(HttpStatus::kBadRequest);
  if (text[5] != '1') return Refused(HttpStatus::kVersionNotSupported);
  return text[7] == '0' ? HttpVersion::k10 : HttpVersion::k11;
}

/// The path of "/path?query", or of "http://host/path?query" as proxies are sent it.
std::expected<std::string, HttpStatus> read_target(std::string_view target) {
  constexpr std::string_view kScheme = "http://";
  if (target.empty() || !is_visible(target, false)) return Refused(HttpStatus::kBadRequest);
  if (equals_ignoring_case(target.substr(0, kScheme.size()), kScheme)) {
    target.remove_prefix(std::min(target.find_first_of("/?", kScheme.size()), target.size()));
    if (!target.starts_with('/')) return std::string("/");
  }
  if (!target.starts_with('/')) return Refused(HttpStatus::kBadRequest);
  return std::string(target.substr(0, target.find('?')));
}

/// What the fields of a request say, as far as it matters here.
struct Fields {
  std::size_t hosts = 0;
  bool wants_close = false;
  bool wants_keep_alive = false;
};

void read_connection(std::string_view value, Fields& fields) {
  for (const std::string_view piece : split(value, ',')) {
    const std::string_view option = trimmed(piece);
    if (equals_ignoring_case(option, "close")) fields.wants_close = true;
    if (equals_ignoring_case(option, "keep-alive")) fields.wants_keep_alive = true;
  }
}

/// False for what is no field, and for one that announces a body.
bool read_field(std::string_view line, Fields& fields) {
  const auto name = take_until(line, ":");
  if (!name || !is_token(*name) || !is_visible(line, true)) return false;
  const std::string_view value = trimmed(line);
  if (equals_ignoring_case(*name, "transfer-encoding")) return false;
  if (equals_ignoring_case(*name, "content-length")) return value == "0";
  if (equals_ignoring_case(*name, "host")) ++fields.hosts;
  if (equals_ignoring_case(*name, "connection")) read_connection(value, fields);
  return true;
}

std::expected<HttpRequest, HttpStatus> read_line(std::string_view line, HttpVersion& version) {
  const auto method = take_until(line, " ");
  if (!method || !is_token(*method)) return Refused(HttpStatus::kBadRequest);
  const auto target = take_until(line, " ");
  if (!target) return Refused(HttpStatus::kBadRequest);
  const auto spoken = read_version(line);
  if (!spoken) return Refused(spoken.error());
  version = *spoken;
  if (*method != "GET" && *method != "HEAD") return Refused(HttpStatus::kMethodNotAllowed);
  auto path = read_target(*target);
  if (!path) return Refused(path.error());
  return HttpRequest{.is_head = *method == "HEAD", .path = *std::move(path)};
}

/// `head` ends with the line end of its last line.
std::expected<HttpRequest, HttpStatus> read_head(std::string_view head) {
  HttpVersion version{};
  auto request = read_line(*take_until(head, kLineEnd), version);
  if (!request) return request;
  Fields fields;
  while (!head.empty()) {
    if (!read_field(*take_until(head, kLineEnd), fields)) return Refused(HttpStatus::kBadRequest);
  }
  const bool is_old = version == HttpVersion::k10;
  if (fields.hosts > 1 || (fields.hosts == 0 && !is_old)) return Refused(HttpStatus::kBadRequest);
  request->keep_alive = !fields.wants_close && (!is_old || fields.wants_keep_alive);
  return request;
}

std::string_view reason_of(HttpStatus status) {
  switch (status) {
    case HttpStatus::kOk:
      return "OK";
    case HttpStatus::kBadRequest:
      return "Bad Request";
    case HttpStatus::kNotFound:
      return "Not Found";
    case HttpStatus::kMethodNotAllowed:
      return "Method Not Allowed";
    case HttpStatus::kUriTooLong:
      return "URI Too Long";
    case HttpStatus::kHeaderFieldsTooLarge:
      return "Request Header Fields Too Large";
    case HttpStatus::kServiceUnavailable:
      return "Service Unavailable";
    case HttpStatus::kVersionNotSupported:
      return "HTTP Version Not Supported";
  }
  return {};
}

}  // namespace

std::optional<std::expected<HttpRequest, HttpStatus>> read_http_request(std::string_view received) {
  // An empty line before a request is passed over (RFC 9112, 2.2).
  const std::size_t begin = received.starts_with(kLineEnd) ? kLineEnd.size() : 0;
  const std::string_view text = received.substr(begin);
  if (text.find(kLineEnd) == 0) return Refused(HttpStatus::kBadRequest);
  const std::size_t line_bytes = std::min(text.find(kLineEnd), text.size());
  if (line_bytes > kMaxHttpLineBytes) return Refused(HttpStatus::kUriTooLong);
  const auto end = text.find("\r\n\r\n");
  const std::size_t size_bytes = end == std::string_view::npos ? received.size() : begin + end + 4;
  if (size_bytes >= kMaxHttpHeadBytes) return Refused(HttpStatus::kHeaderFieldsTooLarge);
  if (end == std::string_view::npos) return std::nullopt;
  auto request = read_head(text.substr(0, end + kLineEnd.size()));
  if (request) request->size_bytes = size_bytes;
  return request;
}

std::string http_response_head(HttpStatus status, std::string_view content_type, std::size_t body_bytes,
                               bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(static_cast<int>(status));
  head.append(" ").append(reason_of(status)).append(kLineEnd);
  head.append("Content-Type: ").append(content_type).append(kLineEnd);
  head.append("Content-Length: ").append(std::to_string(body_bytes)).append(kLineEnd);
  if (status == HttpStatus::kMethodNotAllowed) head.append("Allow: GET, HEAD\r\n");
  head.append(keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
  return head;
}

}  // namespace moldau::net
