#include "fetches.h"

#include "process.h"

namespace moldau::bench {

protocol::FetchRequest fetch_request(const Uuid& topic_id, std::int32_t partition, std::size_t max_bytes) {
  protocol::FetchRequest request;
  request.max_wait_ms = 500;
  request.min_bytes = 1;
  request.max_bytes = 50 << 20;
  request.session_epoch = -1;
  auto& topic = request.topics.emplace_back();
  topic.topic_id = topic_id;
  auto& asked = topic.partitions.emplace_back();
  asked.partition = partition;
  asked.partition_max_bytes = static_cast<std::int32_t>(max_bytes);
  return request;
}

std::int64_t& offset_of(protocol::FetchRequest& request) {
  return request.topics[0].partitions[0].fetch_offset;
}

ByteView fetched_records(const protocol::FetchResponse& response) {
  check_error("consuming", response.error_code);
  if (response.responses.empty()) return {};
  const auto& partition = response.responses[0].partitions.at(0);
  check_error("consuming", partition.error_code);
  return partition.records ? partition.records->bytes : ByteView();
}

}  // namespace moldau::bench
