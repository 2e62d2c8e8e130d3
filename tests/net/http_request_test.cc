#include "net/http_request.h"

#include <string>

#include <doctest/doctest.h>

using moldau::net::HttpStatus;
using moldau::net::read_http_request;

namespace {

/// A request of that line with a host and some more lines.
std::string request(std::string_view line, std::string_view fields = {}) {
  return std::string(line) + "\r\nHost: here\r\n" + std::string(fields) + "\r\n";
}

/// 0 while the request is not all there.
int status_of(std::string_view received) {
  const auto read = read_http_request(received);
  if (!read) return 0;
  return read->has_value() ? 200 : static_cast<int>(read->error());
}

bool is_kept_alive(std::string_view received) {
  return read_http_request(received).value().value().keep_alive;
}

}  // namespace

TEST_CASE("a request is read when it is all there, and not beyond its end") {
  const std::string text = request("GET /metrics?a=b HTTP/1.1", "Accept: text/plain; q=0.5\r\n");
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK(status_of(text.substr(0, size)) == 0);
  }
  const auto read = read_http_request(text + "GET /next").value().value();
  CHECK(read.path == "/metrics");
  CHECK_FALSE(read.is_head);
  CHECK(read.keep_alive);
  CHECK(read.size_bytes == text.size());
}

TEST_CASE("one empty line before a request is passed over") {
  const std::string text = "\r\n" + request("HEAD /healthz HTTP/1.1");
  const auto read = read_http_request(text).value().value();
  CHECK(read.is_head);
  CHECK(read.size_bytes == text.size());
  CHECK(status_of("\r\n\r\n") == 400);
}

TEST_CASE("a target may be that of a proxy") {
  CHECK(read_http_request(request("GET http://here:9464/metrics?x HTTP/1.1")).value().value().path ==
        "/metrics");
  CHECK(read_http_request(request("GET HTTP://here HTTP/1.1")).value().value().path == "/");
  CHECK(status_of(request("GET metrics HTTP/1.1")) == 400);
  CHECK(status_of(request("GET * HTTP/1.1")) == 400);
}

TEST_CASE("a connection is kept as its version and its fields say") {
  CHECK(is_kept_alive(request("GET / HTTP/1.1")));
  CHECK_FALSE(is_kept_alive(request("GET / HTTP/1.1", "connection: foo, Close\r\n")));
  CHECK_FALSE(is_kept_alive("GET / HTTP/1.0\r\n\r\n"));
  CHECK(is_kept_alive("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

TEST_CASE("what is no request is refused by its status") {
  CHECK(status_of(request("POST /metrics HTTP/1.1")) == 405);
  CHECK(status_of(request("get /metrics HTTP/1.1")) == 405);
  CHECK(status_of(request("GET / HTTP/2.0")) == 505);
  for (const char* line :
       {"GET / HTTP/1", "GET / http/1.1", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET",
        "G(T / HTTP/1.1", "GET /\x01 HTTP/1.1", " GET / HTTP/1.1", "GET /\nHTTP/1.1"}) {
    CAPTURE(line);
    CHECK(status_of(request(line)) == 400);
  }
  for (const char* field :
       {"no colon\r\n", "Space : x\r\n", ": x\r\n", " folded\r\n", "a: b\nc: d\r\n", "a: \x7f\r\n",
        "Host: another\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: 1\r\n"}) {
    CAPTURE(field);
    CHECK(status_of(request("GET / HTTP/1.1", field)) == 400);
  }
  CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status_of(request("GET / HTTP/1.1", "Content-Length: 0\r\n")) == 200);
}

TEST_CASE("a request that is too long is refused before its end comes") {
  const std::string long_path = "GET /" + std::string(moldau::net::kMaxHttpLineBytes, 'x');
  CHECK(status_of(long_path) == 414);
  CHECK(status_of(request(long_path + " HTTP/1.1")) == 414);
  std::string fields;
  while (fields.size() < moldau::net::kMaxHttpHeadBytes)
    fields += "X-Some: thing\r\n";
  CHECK(status_of("GET / HTTP/1.1\r\n" + fields) == 431);
  CHECK(status_of(request("GET / HTTP/1.1", fields)) == 431);
  CHECK(status_of(std::string(moldau::net::kMaxHttpHeadBytes, '\r')) == 414);
}

TEST_CASE("the head of an answer says what follows it") {
  CHECK(
      moldau::net::http_response_head(HttpStatus::kOk, "text/plain", 12, true) ==
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nConnection: keep-alive\r\n\r\n");
  CHECK(moldau::net::http_response_head(HttpStatus::kMethodNotAllowed, "text/plain", 0, false) ==
        "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nAllow: GET, "
        "HEAD\r\n"
        "Connection: close\r\n\r\n");
}
