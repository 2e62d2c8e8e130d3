#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <doctest/doctest.h>

#include "allocation_count.h"
#include "protocol/messages/create_topics_request.h"
#include "protocol/messages/create_topics_response.h"
#include "protocol/messages/fetch_request.h"
#include "protocol/messages/fetch_response.h"
#include "protocol/messages/list_offsets_request.h"
#include "protocol/messages/list_offsets_response.h"
#include "protocol/messages/produce_request.h"
#include "protocol/messages/produce_response.h"
#include "protocol/records/builder.h"
#include "running_broker.h"
#include "runtime/frame_pool.h"
#include "tests/client/connection.h"

using namespace moldau;
using namespace moldau::protocol;
using client::Answer;

namespace {

/// What a request of one partition may cost at most.
constexpr std::uint64_t kMostAllocations = 8;
constexpr std::int32_t kPartitions = 8;
constexpr std::int32_t kBatchRecords = 10;
constexpr TimestampMs kTimestampMs = 1;
constexpr int kWarmUp = 50;
constexpr int kCounted = 100;

/// A client of a broker with two shards, so that some partitions belong to another shard than the connection.
struct Bench {
  Bench() {
    CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = TopicName("counted");
    topic.num_partitions = kPartitions;
    topic.replication_factor = 1;
    topic_id = client.ask<CreateTopicsResponse>(request, 7)->topics.at(0).topic_id;
  }

  void produce(std::int32_t partition, const Buffer& batch) {
    ProduceRequest request;
    request.acks = 1;
    request.timeout_ms = 30'000;
    auto& topic = request.topic_data.emplace_back();
    topic.topic_id = topic_id;
    auto& data = topic.partition_data.emplace_back();
    data.index = partition;
    data.records.emplace().bytes = batch.bytes();
    const auto answer = client.ask<ProduceResponse>(request, 13);
    REQUIRE(answer->responses.at(0).partition_responses.at(0).error_code == ErrorCode::kNone);
  }

  FetchRequest fetch_request(std::int32_t partition, std::int64_t offset, std::int32_t max_bytes) const {
    FetchRequest request;
    request.min_bytes = 1;
    request.max_wait_ms = 60'000;
    request.max_bytes = 1 << 20;
    request.session_epoch = -1;
    auto& topic = request.topics.emplace_back();
    topic.topic_id = topic_id;
    auto& asked = topic.partitions.emplace_back();
    asked.partition = partition;
    asked.fetch_offset = offset;
    asked.partition_max_bytes = max_bytes;
    return request;
  }

  static void check(const FetchResponse& response, std::size_t size_bytes) {
    const auto& fetched = response.responses.at(0).partitions.at(0);
    REQUIRE(fetched.error_code == ErrorCode::kNone);
    REQUIRE(fetched.records->bytes.size() == size_bytes);
  }

  void fetch(std::int32_t partition, std::int64_t offset, std::int32_t max_bytes) {
    const auto answer = client.ask<FetchResponse>(fetch_request(partition, offset, max_bytes), 18);
    check(*answer, static_cast<std::size_t>(max_bytes));
  }

  /// A fetch at the end of the partition, and the batch that it waits for. `end` moves on.
  void fetch_what_comes(std::int32_t partition, std::int64_t& end, const Buffer& batch) {
    bool answered = false;
    waiting->send<FetchResponse>(fetch_request(partition, end, 1 << 20), 18,
                                 [&](Result<Answer<FetchResponse>> answer) {
                                   check(**answer, batch.size());
                                   answered = true;
                                   client.host.stop();
                                 });
    produce(partition, batch);
    end += kBatchRecords;
    while (!answered) {
      client.host.run();
    }
  }

  /// Looks for a time that the partition's batch has.
  void find_time(std::int32_t partition) {
    ListOffsetsRequest request;
    request.replica_id = BrokerId(-1);
    auto& topic = request.topics.emplace_back();
    topic.name = TopicName("counted");
    auto& asked = topic.partitions.emplace_back();
    asked.partition_index = partition;
    asked.timestamp = kTimestampMs;
    const auto answer = client.ask<ListOffsetsResponse>(request, 9);
    const auto& found = answer->topics.at(0).partitions.at(0);
    REQUIRE(found.error_code == ErrorCode::kNone);
    REQUIRE(found.offset == 0);
  }

  /// Coroutine frames that came from the heap.
  std::uint64_t heap_frames() {
    std::uint64_t frames = 0;
    broker.on_each_loop([&] { frames += runtime::frames_from_heap(); });
    return frames;
  }

  testing::RunningBroker broker{2};
  testing::BrokerClient client{broker.address()};
  /// The other one, for requests that wait.
  std::unique_ptr<client::Connection> waiting = client.connect(broker.address());
  Uuid topic_id;
};

/// Allocations of one call of `request` in a steady state. Where sanitizers keep coroutine frames out of
/// their pool, they are left out. What happens less often than once a call, such as the growth of an index,
/// does not show.
template <class Request>
std::uint64_t allocations_of(Bench& bench, const Request& request) {
  for (int i = 0; i < kWarmUp; ++i) {
    request();
  }
  const std::uint64_t frames = bench.heap_frames();
  const std::uint64_t before = testing::counted_allocations();
  for (int i = 0; i < kCounted; ++i) {
    request();
  }
  const std::uint64_t allocated = testing::counted_allocations() - before;
  const std::uint64_t heap_frames = testing::has_sanitized_heap() ? bench.heap_frames() - frames : 0;
  return (allocated - heap_frames) / kCounted;
}

Buffer small_batch(records::Codec codec = records::Codec::kNone) {
  records::BatchBuilder builder({.codec = codec});
  const Bytes value(1000);
  for (int i = 0; i < kBatchRecords; ++i) {
    builder.append({.timestamp_ms = kTimestampMs, .value = value});
  }
  return std::move(builder).build();
}

}  // namespace

TEST_CASE("a produce or fetch of one partition makes few allocations, on whichever shard the partition is") {
  Bench bench;
  const Buffer batch = small_batch();
  bench.broker.on_each_loop(testing::count_allocations_of_this_thread);
  for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
    CAPTURE(partition);
    CHECK(allocations_of(bench, [&] { bench.produce(partition, batch); }) <= kMostAllocations);
    CHECK(allocations_of(bench, [&] { bench.fetch(partition, 100, 20'000); }) <= kMostAllocations);
  }
}

TEST_CASE("a fetch that waits for the batch it gets makes few allocations too") {
  Bench bench;
  const Buffer batch = small_batch();
  bench.broker.on_each_loop(testing::count_allocations_of_this_thread);
  for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
    CAPTURE(partition);
    std::int64_t end = 0;
    CHECK(allocations_of(bench, [&] { bench.fetch_what_comes(partition, end, batch); }) <=
          2 * kMostAllocations);
  }
}

TEST_CASE("looking for a time in a compressed batch makes no decoder of its own") {
  Bench bench;
  bench.produce(0, small_batch());
  bench.produce(1, small_batch(records::Codec::kZstd));
  bench.broker.on_each_loop(testing::count_allocations_of_this_thread);
  const std::uint64_t plain = allocations_of(bench, [&] { bench.find_time(0); });
  const std::uint64_t compressed = allocations_of(bench, [&] { bench.find_time(1); });
  CAPTURE(plain);
  CHECK(compressed <= plain + 1);
}
