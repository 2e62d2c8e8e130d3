#include "api/produce_plan.h"

#include <vector>

#include <doctest/doctest.h>

#include "base/endian.h"
#include "protocol/records/batch.h"

using moldau::Bytes;
using moldau::ByteView;
using moldau::TopicName;
using moldau::Uuid;
using moldau::api::plan_produce;
using moldau::api::ProducePlan;
using moldau::protocol::ProduceRequest;

namespace {

ProduceRequest::TopicProduceData topic(std::string_view name, const std::vector<std::int32_t>& partitions) {
  ProduceRequest::TopicProduceData data;
  data.name = TopicName(name);
  for (const std::int32_t partition : partitions) {
    data.partition_data.emplace_back().index = partition;
  }
  return data;
}

/// The partitions as "topic index:partition".
std::vector<std::pair<std::size_t, std::int32_t>> places(const ProducePlan& plan) {
  std::vector<std::pair<std::size_t, std::int32_t>> all;
  for (const auto& partition : plan.partitions) {
    all.emplace_back(partition.topic, partition.data->index);
  }
  return all;
}

using Places = std::vector<std::pair<std::size_t, std::int32_t>>;

/// A batch header with these attributes; its length fits.
Bytes header(std::int16_t attributes) {
  Bytes bytes(moldau::records::kBatchHeaderSize);
  moldau::store_big_endian(bytes.data() + moldau::records::kLengthAt,
                           static_cast<std::int32_t>(bytes.size() - moldau::records::kLogOverhead));
  bytes[moldau::records::kMagicAt] = 2;
  moldau::store_big_endian(bytes.data() + 21, attributes);
  return bytes;
}

}  // namespace

TEST_CASE("a request of one partition is planned as it is") {
  ProduceRequest request;
  request.topic_data.push_back(topic("t", {4}));
  const ProducePlan plan = plan_produce(request);
  CHECK(plan.topics.size() == 1);
  CHECK(places(plan) == Places{{0, 4}});
}

TEST_CASE("a topic named twice is one, and a topic without partitions is none") {
  ProduceRequest request;
  request.topic_data = {topic("a", {1}), topic("bare", {}), topic("b", {0}), topic("a", {0})};
  const ProducePlan plan = plan_produce(request);
  REQUIRE(plan.topics.size() == 2);
  CHECK(plan.topics[0]->name.value() == "a");
  CHECK(plan.topics[1]->name.value() == "b");
  CHECK(places(plan) == Places{{0, 1}, {1, 0}, {0, 0}});
}

TEST_CASE("of a partition named twice the last batch counts, at the place of the first") {
  ProduceRequest request;
  request.topic_data = {topic("a", {0, 1}), topic("a", {0})};
  const ProducePlan plan = plan_produce(request);
  CHECK(places(plan) == Places{{0, 0}, {0, 1}});
  CHECK(plan.partitions[0].data == &request.topic_data[1].partition_data[0]);
}

TEST_CASE("topics of different ids are different, whatever their names") {
  ProduceRequest request;
  request.topic_data = {topic("", {0}), topic("", {0})};
  request.topic_data[0].topic_id = Uuid(1, 1);
  request.topic_data[1].topic_id = Uuid(1, 2);
  CHECK(places(plan_produce(request)) == Places{{0, 0}, {1, 0}});
}

TEST_CASE("a transactional batch is seen wherever it stands, and what is no batch is none") {
  const Bytes plain = header(0);
  const Bytes transactional = header(16);
  ProduceRequest request;
  request.topic_data = {topic("a", {0, 1, 2, 3})};
  auto& partitions = request.topic_data[0].partition_data;
  partitions[0].records = moldau::wire::Records{.bytes = plain};
  partitions[1].records = moldau::wire::Records{.bytes = ByteView(transactional).first(60)};
  partitions[2].records.reset();
  CHECK(moldau::api::has_transactional_batch(request, 13).value() == false);
  partitions[3].records = moldau::wire::Records{.bytes = transactional};
  CHECK(moldau::api::has_transactional_batch(request, 13).value());
}
