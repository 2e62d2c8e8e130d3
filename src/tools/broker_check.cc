#include "tools/broker_check.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "protocol/messages/api_versions_request.h"
#include "protocol/messages/api_versions_response.h"
#include "protocol/messages/metadata_request.h"
#include "protocol/messages/metadata_response.h"
#include "protocol/wire/frame/encoded_frame.h"
#include "protocol/wire/frame/received_frame.h"

namespace moldau::tools {
namespace {

using protocol::ApiVersionsRequest;
using protocol::ApiVersionsResponse;
using protocol::MetadataRequest;
using protocol::MetadataResponse;

/// Answered by every broker, and without a client's name in it.
constexpr std::int16_t kApiVersionsVersion = 0;
/// In version 0 no topics would mean all of them.
constexpr std::int16_t kLeastMetadataVersion = 1;
/// Enough for a cluster of any size.
constexpr std::size_t kLargestAnswerBytes = std::size_t{16} << 20;

std::unexpected<Error> amiss(std::string why) {
  return fail(ErrorCode::kNetworkException, std::move(why));
}

/// The version in which the broker is asked for its metadata.
Result<std::int16_t> metadata_version(const ApiVersionsResponse& response) {
  if (response.error_code != ErrorCode::kNone) {
    return amiss("ApiVersions is answered with " + std::string(error_name(response.error_code)));
  }
  for (const auto& api : response.api_keys) {
    if (api.api_key != MetadataRequest::kApiKey) continue;
    const std::int16_t version = std::min(api.max_version, MetadataRequest::kVersions.highest);
    if (version >= std::max(api.min_version, kLeastMetadataVersion)) return version;
  }
  return amiss("Metadata is not answered in a version that is known here");
}

Result<void> check_serving(const MetadataResponse& response) {
  if (response.error_code != ErrorCode::kNone) {
    return amiss("Metadata is answered with " + std::string(error_name(response.error_code)));
  }
  if (response.brokers.empty()) return amiss("no broker of the cluster serves clients");
  return {};
}

}  // namespace

BrokerCheck::BrokerCheck(io::Loop& loop, const io::SocketAddress& address, Done done)
    : done_(std::move(done)), reader_(kLargestAnswerBytes) {
  loop.connect(address, [this, alive = alive_](Result<std::unique_ptr<io::Stream>> stream) {
    if (*alive) connected(std::move(stream));
  });
}

BrokerCheck::~BrokerCheck() {
  *alive_ = false;
}

void BrokerCheck::connected(Result<std::unique_ptr<io::Stream>> stream) {
  if (!stream) return finish(fail(std::move(stream).error()));
  stream_ = std::move(*stream);
  stream_->set_handler(this);
  send(ApiVersionsRequest{}, kApiVersionsVersion);
}

template <class Request>
void BrokerCheck::send(const Request& request, std::int16_t version) {
  auto frame = wire::encode_request(request, version, ++correlation_id_, "moldau-ready");
  if (!frame) return finish(fail(std::move(frame).error()));
  std::vector<io::Piece> pieces;
  pieces.emplace_back(std::move(frame->bytes));
  stream_->send(std::move(pieces));
}

void BrokerCheck::on_readable() {
  if (const auto sound = reader_.check(); !sound) return finish(fail(sound.error()));
  const auto outcome = stream_->read(reader_.space());
  if (!outcome) return finish(fail(outcome.error()));
  if (outcome->end) return finish(amiss("the connection was closed"));
  if (const auto taken = reader_.received(outcome->size_bytes); !taken) return finish(fail(taken.error()));
  if (const auto frame = reader_.next()) take(frame->bytes());
}

void BrokerCheck::on_sent(std::size_t) {}

void BrokerCheck::on_broken(const Error& error) {
  finish(fail(error));
}

void BrokerCheck::take(ByteView answer) {
  const auto correlation_id = wire::read_correlation_id(answer);
  if (!correlation_id || *correlation_id != correlation_id_)
    return finish(amiss("what answers there is no broker"));
  if (metadata_version_ == 0) {
    take_versions(answer);
  } else {
    take_metadata(answer);
  }
}

void BrokerCheck::take_versions(ByteView answer) {
  const auto response = wire::decode_response<ApiVersionsResponse>(answer, kApiVersionsVersion);
  if (!response) return finish(fail(response.error()));
  const auto version = metadata_version(*response);
  if (!version) return finish(fail(version.error()));
  metadata_version_ = *version;
  send(MetadataRequest{}, metadata_version_);
}

void BrokerCheck::take_metadata(ByteView answer) {
  const auto response = wire::decode_response<MetadataResponse>(answer, metadata_version_);
  finish(response ? check_serving(*response) : fail(response.error()));
}

void BrokerCheck::finish(Result<void> outcome) {
  stream_.reset();
  std::exchange(done_, nullptr)(std::move(outcome));
}

}  // namespace moldau::tools
