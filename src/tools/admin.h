#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/buffer.h"
#include "base/result.h"
#include "net/frame_reader.h"
#include "protocol/wire/frame/encoded_frame.h"
#include "protocol/wire/frame/received_frame.h"
#include "protocol/wire/version_range.h"

namespace moldau::tools {

/// A connection to a broker that is asked one thing after the other.
class AdminLink {
 public:
  virtual ~AdminLink() = default;

  /// Sends a frame, length prefix included, and waits for the next one that comes. NETWORK_EXCEPTION when the
  /// connection ends, REQUEST_TIMED_OUT when nothing comes in time.
  virtual Result<net::Frame> exchange(Buffer frame) = 0;
};

/// What a broker answered. Owns the frame that the message's views point into.
template <class Response>
class AdminAnswer {
 public:
  AdminAnswer(net::Frame frame, Response message) : frame_(std::move(frame)), message_(std::move(message)) {}

  const Response& operator*() const { return message_; }
  const Response* operator->() const { return &message_; }

 private:
  net::Frame frame_;
  Response message_;
};

/// A key that a broker serves.
struct ServedApi {
  std::int16_t key = 0;
  wire::VersionRange versions;

  bool operator==(const ServedApi&) const = default;
};

/// Typed requests to one broker, each in the newest version that both know.
class Admin {
 public:
  /// The link outlives this.
  explicit Admin(AdminLink& link) : link_(link) {}

  /// Learns what the broker serves; before anything is asked.
  Result<void> greet();

  /// By key.
  const std::vector<ServedApi>& served() const { return served_; }

  /// UNSUPPORTED_VERSION when there is no common version; INVALID_REQUEST when the answer is none.
  template <class Response, class Request>
  Result<AdminAnswer<Response>> ask(const Request& request) {
    static_assert(Request::kApiKey == Response::kApiKey);
    const auto version = common_version(Request::kApiKey, Request::kVersions);
    if (!version) return fail(version.error());
    return ask_in<Response>(request, *version);
  }

 private:
  template <class Response, class Request>
  Result<AdminAnswer<Response>> ask_in(const Request& request, std::int16_t version) {
    auto frame = wire::encode_request(request, version, ++correlation_id_, "moldau-admin");
    if (!frame) return fail(std::move(frame).error());
    auto answer = exchange(std::move(frame->bytes));
    if (!answer) return fail(std::move(answer).error());
    auto message = wire::decode_response<Response>(std::as_const(*answer).bytes(), version);
    if (!message) return fail(std::move(message).error());
    return AdminAnswer<Response>(*std::move(answer), *std::move(message));
  }

  Result<net::Frame> exchange(Buffer frame);
  Result<std::int16_t> common_version(std::int16_t key, wire::VersionRange known) const;

  AdminLink& link_;
  std::vector<ServedApi> served_;
  std::int32_t correlation_id_ = 0;
};

/// What a broker says of an error: its message, or the code's name without one.
std::string words_of(ErrorCode code, std::optional<std::string_view> message);

}  // namespace moldau::tools
