// The whole broker in the simulator: it starts, serves, stops and starts again.

#include <memory>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "io/sim/host.h"
#include "protocol/messages/create_topics_request.h"
#include "protocol/messages/create_topics_response.h"
#include "protocol/messages/fetch_request.h"
#include "protocol/messages/fetch_response.h"
#include "protocol/messages/metadata_request.h"
#include "protocol/messages/metadata_response.h"
#include "protocol/messages/produce_request.h"
#include "protocol/messages/produce_response.h"
#include "protocol/records/batch_records.h"
#include "protocol/records/builder.h"
#include "tests/sim/broker_process.h"
#include "tests/sim/client_process.h"
#include "tests/sim/run_log.h"

namespace moldau::sim {
namespace {

Buffer batch_of(const std::string& value) {
  records::BatchBuilder builder({});
  builder.append({.timestamp_ms = 1'780'000'000'000, .value = as_bytes(value)});
  return std::move(builder).build();
}

struct Bench {
  explicit Bench(std::uint64_t seed, std::size_t loop_count = 1) : Bench({.loop_count = loop_count}, seed) {}

  explicit Bench(BrokerProcess::Settings how, std::uint64_t seed = 1)
      : world(seed), log(world), disk(world.seed(), "broker disk"), settings(std::move(how)), client(world) {
    start();
  }

  void start() {
    process = std::make_unique<BrokerProcess>(world, disk, settings);
    const auto started = process->start();
    REQUIRE_MESSAGE(started, (started ? "" : started.error().message));
    REQUIRE(client.connect([] { return true; }));
  }

  template <class Response, class Request>
  client::Answer<Response> call(const Request& request, std::int16_t version) {
    auto answer = client.call<Response>(request, version, [] { return true; });
    REQUIRE(answer.has_value());
    return *std::move(answer);
  }

  Uuid create(const std::string& name, std::int32_t partitions) {
    protocol::CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = TopicName(name);
    topic.num_partitions = partitions;
    topic.replication_factor = 1;
    request.timeout_ms = 10'000;
    const auto answer = call<protocol::CreateTopicsResponse>(request, 7);
    REQUIRE(answer->topics.size() == 1);
    REQUIRE(answer->topics[0].error_code == ErrorCode::kNone);
    return answer->topics[0].topic_id;
  }

  std::int64_t produce(const Uuid& topic, std::int32_t partition, const std::string& value) {
    const Buffer batch = batch_of(value);
    protocol::ProduceRequest request;
    request.acks = -1;
    request.timeout_ms = 10'000;
    auto& data = request.topic_data.emplace_back();
    data.topic_id = topic;
    auto& one = data.partition_data.emplace_back();
    one.index = partition;
    one.records.emplace().bytes = batch.bytes();
    const auto answer = call<protocol::ProduceResponse>(request, 13);
    REQUIRE(answer->responses.size() == 1);
    REQUIRE(answer->responses[0].partition_responses[0].error_code == ErrorCode::kNone);
    return answer->responses[0].partition_responses[0].base_offset;
  }

  std::string fetch(const Uuid& topic, std::int32_t partition) {
    protocol::FetchRequest request;
    request.max_wait_ms = 100;
    request.min_bytes = 1;
    request.max_bytes = 1 << 20;
    auto& asked = request.topics.emplace_back();
    asked.topic_id = topic;
    auto& one = asked.partitions.emplace_back();
    one.partition = partition;
    one.fetch_offset = 0;
    one.partition_max_bytes = 1 << 20;
    const auto answer = call<protocol::FetchResponse>(request, 13);
    REQUIRE(answer->responses.size() == 1);
    const auto& data = answer->responses[0].partitions[0];
    REQUIRE(data.error_code == ErrorCode::kNone);
    std::string all;
    records::DecoderSet decoders;
    REQUIRE(records::for_each_record_of(
        data.records->bytes, decoders,
        [&](const records::BatchView&, const records::RecordView& record) -> Result<void> {
          all.append(as_text(*record.value)).append(" ");
          return {};
        }));
    return all;
  }

  io::sim::World world;
  RunLog log;
  io::sim::Disk disk;
  BrokerProcess::Settings settings;
  ClientProcess client;
  std::unique_ptr<BrokerProcess> process;
};

TEST_CASE("A simulated broker takes records and gives them back, over a clean stop and a kill") {
  for (const std::size_t loops : {std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      CAPTURE(loops);
      CAPTURE(seed);
      Bench bench(seed, loops);
      const Uuid topic = bench.create("t", 3);
      for (std::int32_t partition = 0; partition < 3; ++partition) {
        CHECK(bench.produce(topic, partition, "one") == 0);
      }
      REQUIRE(bench.process->stop());
      bench.start();
      for (std::int32_t partition = 0; partition < 3; ++partition) {
        CHECK(bench.fetch(topic, partition) == "one ");
        CHECK(bench.produce(topic, partition, "two") == 1);
      }
      bench.process.reset();
      bench.start();
      for (std::int32_t partition = 0; partition < 3; ++partition) {
        CHECK(bench.fetch(topic, partition) == "one two ");
      }
    }
  }
}

TEST_CASE("The metadata log lies in a directory of its own where metadata.log.dir names one") {
  for (const bool is_standalone : {false, true}) {
    CAPTURE(is_standalone);
    Bench bench({.properties = "metadata.log.dir=/metadata\n", .is_standalone = is_standalone});
    const Uuid topic = bench.create("t", 1);
    CHECK(bench.produce(topic, 0, "one") == 0);
    REQUIRE(bench.process->stop());
    bench.start();
    CHECK(bench.fetch(topic, 0) == "one ");
    bench.process.reset();
    io::sim::SimHost host(bench.world, bench.disk, {.name = "somebody"});
    CHECK(host.open_root("/metadata").value()->contains("__cluster_metadata-0").value());
    const auto data = host.open_root(BrokerProcess::kDataPath).value();
    CHECK_FALSE(data->contains("__cluster_metadata-0").value());
    CHECK(data->contains("t-0").value());
  }
}

TEST_CASE("A fetch waits for records in virtual time") {
  Bench bench(3, 2);
  const Uuid topic = bench.create("t", 1);
  const Instant before = bench.world.now();
  CHECK(bench.fetch(topic, 0).empty());
  CHECK(bench.world.now() - before >= std::chrono::milliseconds(100));
  CHECK(bench.world.now() - before < std::chrono::milliseconds(200));
}

TEST_CASE("The same seed gives the same run of a broker") {
  const auto run = [](std::uint64_t seed) {
    Bench bench(seed, 2);
    const Uuid topic = bench.create("t", 2);
    bench.produce(topic, 0, "a");
    bench.produce(topic, 1, "b");
    REQUIRE(bench.process->stop());
    return std::pair(bench.world.trace().hash(), bench.disk.trace().hash());
  };
  const auto first = run(11);
  CHECK(run(11) == first);
  CHECK(run(12) != first);
}

}  // namespace
}  // namespace moldau::sim
