#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "protocol/messages/produce_request.h"
#include "protocol/records/batch.h"
#include "runtime/pooled_allocator.h"

namespace moldau::api {

/// What a Produce request asks for, each topic and each partition once, in the order of the request. Apache
/// Kafka keeps the last batch of a partition that is named twice, and does not answer topics without
/// partitions.
struct ProducePlan {
  struct Partition {
    std::size_t topic;  ///< index into `topics`
    const protocol::ProduceRequest::PartitionProduceData* data;
  };

  template <class T>
  using List = std::vector<T, runtime::PooledAllocator<T>>;

  List<const protocol::ProduceRequest::TopicProduceData*> topics;
  List<Partition> partitions;  ///< those of one topic need not lie together
};

/// The plan points into the request.
ProducePlan plan_produce(const protocol::ProduceRequest& request);

/// The first batch of what a partition is to get, if it says that it belongs to a transaction; nullopt also
/// for what is no batch. A view into `records`.
std::optional<records::BatchView> transactional_batch(ByteView records);

/// Whether a batch of the request says that it belongs to a transaction. CORRUPT_MESSAGE, for the request as
/// a whole, if what is no batch comes before the first that does: Apache Kafka looks before all else.
Result<bool> has_transactional_batch(const protocol::ProduceRequest& request, std::int16_t version);

}  // namespace moldau::api
