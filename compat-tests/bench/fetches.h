#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/uuid.h"
#include "protocol/messages/fetch_request.h"
#include "protocol/messages/fetch_response.h"

namespace moldau::bench {

/// Version of the Fetch requests.
inline constexpr std::int16_t kFetchVersion = protocol::FetchRequest::kVersions.highest;

/// What a consumer asks of one partition, outside of a session and with its defaults. It begins at offset 0.
protocol::FetchRequest fetch_request(const Uuid& topic_id, std::int32_t partition, std::size_t max_bytes);
std::int64_t& offset_of(protocol::FetchRequest& request);

/// The records in the answer, which they live as long as; empty where there were none in time. Ends the
/// program for an error.
ByteView fetched_records(const protocol::FetchResponse& response);

}  // namespace moldau::bench
