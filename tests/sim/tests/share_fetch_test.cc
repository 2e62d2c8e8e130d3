// Members of share groups on a whole broker: records are acquired, acknowledged and passed on, over restarts,
// closed connections and locks that end.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "protocol/messages/incremental_alter_configs_request.h"
#include "protocol/messages/incremental_alter_configs_response.h"
#include "protocol/messages/share_acknowledge_request.h"
#include "protocol/messages/share_acknowledge_response.h"
#include "protocol/messages/share_fetch_request.h"
#include "protocol/messages/share_fetch_response.h"
#include "protocol/messages/share_group_heartbeat_request.h"
#include "protocol/messages/share_group_heartbeat_response.h"
#include "protocol/records/batch_records.h"
#include "tests/sim/client_process.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

constexpr GroupId kGroup("g");
constexpr std::int8_t kGroupResource = 32;
constexpr std::int8_t kAccept = 1;
constexpr std::int8_t kRelease = 2;
constexpr std::int32_t kFinalEpoch = -1;
constexpr int kTries = 200;

/// Offsets of a partition and how often they have been delivered.
struct Acquired {
  std::int32_t partition = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int16_t deliveries = 0;

  auto operator<=>(const Acquired&) const = default;
};

/// A partition of a topic.
using Place = std::pair<Uuid, std::int32_t>;

/// Values of the records of those batches.
std::vector<std::string> values_of(ByteView batches) {
  std::vector<std::string> values;
  records::DecoderSet decoders;
  REQUIRE(records::for_each_record_of(
      batches, decoders, [&](const records::BatchView&, const records::RecordView& record) -> Result<void> {
        values.emplace_back(as_text(record.value.value_or(ByteView())));
        return {};
      }));
  return values;
}

/// A broker with the topic "t", which the share group "g" reads from its beginning.
class Shares {
 public:
  explicit Shares(std::size_t loop_count, std::int32_t partitions)
      : node_(loop_count, "share.coordinator.state.topic.num.partitions=2\n") {
    node_.start();
    REQUIRE(node_.client().find_coordinator("g"));
    topic_ = node_.client().create_topic("t", partitions, {}).value();
  }

  void restart() {
    node_.kill();
    node_.start();
    REQUIRE(node_.client().find_coordinator("g"));
  }

  void produce(std::int32_t partition, int count) {
    for (int i = 0; i < count; ++i)
      REQUIRE(node_.produce(topic_, partition, "value") == ErrorCode::kNone);
  }

  SeveralDisks& node() { return node_; }
  const Uuid& topic() const { return topic_; }

 private:
  SeveralDisks node_;
  Uuid topic_;
};

/// A member of the group.
class Member {
 public:
  Member(Shares& shares, std::string id)
      : shares_(shares), client_(shares.node().world()), id_(std::move(id)) {
    connect();
  }

  void connect() {
    epoch_ = 0;
    REQUIRE(client_.connect([this] { return !shares_.node().process().failure(); }));
  }
  void disconnect() { client_.disconnect(); }

  template <class Response, class Request>
  client::Answer<Response> call(const Request& request, std::int16_t version) {
    auto answer =
        client_.call<Response>(request, version, [this] { return !shares_.node().process().failure(); });
    REQUIRE(answer.has_value());
    return *std::move(answer);
  }

  /// Has the group begin with the topics' first records, or those of `reset`, and their partitions have their
  /// state.
  void begin_group(const std::vector<std::string>& topics = {"t"}, std::string_view reset = "earliest") {
    protocol::IncrementalAlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = kGroupResource;
    resource.resource_name = "g";
    resource.configs.push_back(
        {.name = "share.auto.offset.reset", .config_operation = 0, .value = reset, .unknown_tags = {}});
    const auto altered = call<protocol::IncrementalAlterConfigsResponse>(request, 1);
    REQUIRE(altered->responses.at(0).error_code == ErrorCode::kNone);
    std::int32_t epoch = heartbeat(0, topics);
    for (int i = 0; i < kTries && topics_assigned_ < topics.size(); ++i) {
      shares_.node().world().run_for(50ms);
      epoch = heartbeat(epoch, topics);
    }
    REQUIRE(topics_assigned_ == topics.size());
  }

  /// Fetches from all partitions, waiting so long for records.
  std::vector<Acquired> fetch(std::int32_t partitions, std::int32_t max_wait_ms = 1000,
                              std::int32_t min_bytes = 1) {
    protocol::ShareFetchRequest request = plain(max_wait_ms);
    request.min_bytes = min_bytes;
    if (epoch_ == 0) {
      auto& topic = request.topics.emplace_back();
      topic.topic_id = shares_.topic();
      for (std::int32_t i = 0; i < partitions; ++i)
        topic.partitions.push_back({.partition_index = i, .acknowledgement_batches = {}, .unknown_tags = {}});
    }
    ++epoch_;
    return acquired_of(*call<protocol::ShareFetchResponse>(request, 2));
  }

  /// The error of partition 0, for a session of it alone.
  ErrorCode fetch_error(std::int32_t max_wait_ms) {
    protocol::ShareFetchRequest request = plain(max_wait_ms);
    if (epoch_ == 0) {
      auto& topic = request.topics.emplace_back();
      topic.topic_id = shares_.topic();
      topic.partitions.push_back({.partition_index = 0, .acknowledgement_batches = {}, .unknown_tags = {}});
    }
    ++epoch_;
    const auto answer = call<protocol::ShareFetchResponse>(request, 2);
    REQUIRE(answer->error_code == ErrorCode::kNone);
    return answer->responses.at(0).partitions.at(0).error_code;
  }

  /// Begins to wait for records; they are in `found` when they come.
  void fetch_later(std::int32_t max_wait_ms, std::optional<std::vector<Acquired>>& found) {
    REQUIRE(epoch_ > 0);
    const auto request = plain(max_wait_ms);
    ++epoch_;
    client_.send<protocol::ShareFetchResponse>(request, 2, [&found](auto answer) {
      if (answer) found = acquired_of(**answer);
    });
  }

  ErrorCode acknowledge(const Acquired& records, std::int8_t type) {
    protocol::ShareAcknowledgeRequest request;
    request.group_id = kGroup;
    request.member_id = id_;
    request.share_session_epoch = epoch_++;
    auto& topic = request.topics.emplace_back();
    topic.topic_id = shares_.topic();
    auto& partition = topic.partitions.emplace_back();
    partition.partition_index = records.partition;
    partition.acknowledgement_batches.push_back({.first_offset = records.first,
                                                 .last_offset = records.last,
                                                 .acknowledge_types = {type},
                                                 .unknown_tags = {}});
    const auto answer = call<protocol::ShareAcknowledgeResponse>(request, 2);
    if (answer->error_code != ErrorCode::kNone) return answer->error_code;
    return answer->responses.at(0).partitions.at(0).error_code;
  }

  /// Fetches from those partitions, which a session that begins is about; the values that came of each.
  std::map<Place, std::vector<std::string>> fetch_values(const std::vector<Place>& places) {
    protocol::ShareFetchRequest request = plain(0);
    for (const auto& [topic_id, partition] : places) {
      if (epoch_ > 0) break;
      auto& topic = request.topics.emplace_back();
      topic.topic_id = topic_id;
      topic.partitions.push_back(
          {.partition_index = partition, .acknowledgement_batches = {}, .unknown_tags = {}});
    }
    ++epoch_;
    const auto answer = call<protocol::ShareFetchResponse>(request, 2);
    REQUIRE(answer->error_code == ErrorCode::kNone);
    std::map<Place, std::vector<std::string>> found;
    for (const auto& topic : answer->responses) {
      for (const auto& partition : topic.partitions)
        found.emplace(Place(topic.topic_id, partition.partition_index), values_of(partition.records.bytes));
    }
    return found;
  }

  void end_session() {
    auto request = plain(0);
    request.share_session_epoch = kFinalEpoch;
    epoch_ = 0;
    REQUIRE(call<protocol::ShareFetchResponse>(request, 2)->error_code == ErrorCode::kNone);
  }

 private:
  protocol::ShareFetchRequest plain(std::int32_t max_wait_ms) const {
    protocol::ShareFetchRequest request;
    request.group_id = kGroup;
    request.member_id = id_;
    request.share_session_epoch = epoch_;
    request.max_wait_ms = max_wait_ms;
    request.min_bytes = 1;
    request.max_bytes = 1'000'000;
    request.max_records = 500;
    request.batch_size = 500;
    return request;
  }

  /// Every batch of records holds one: there are as many batches as records that were acquired, or more.
  static std::vector<Acquired> acquired_of(const protocol::ShareFetchResponse& response) {
    REQUIRE(response.error_code == ErrorCode::kNone);
    std::vector<Acquired> all;
    for (const auto& topic : response.responses) {
      for (const auto& partition : topic.partitions) {
        REQUIRE(partition.error_code == ErrorCode::kNone);
        CHECK(partition.records.bytes.empty() == partition.acquired_records.empty());
        for (const auto& range : partition.acquired_records)
          all.push_back({.partition = partition.partition_index,
                         .first = range.first_offset,
                         .last = range.last_offset,
                         .deliveries = range.delivery_count});
      }
    }
    return all;
  }

  std::int32_t heartbeat(std::int32_t epoch, const std::vector<std::string>& topics) {
    protocol::ShareGroupHeartbeatRequest request;
    request.group_id = kGroup;
    request.member_id = id_;
    request.member_epoch = epoch;
    if (epoch == 0) request.subscribed_topic_names.emplace(topics.begin(), topics.end());
    const auto answer = call<protocol::ShareGroupHeartbeatResponse>(request, 1);
    REQUIRE(answer->error_code == ErrorCode::kNone);
    if (answer->assignment) topics_assigned_ = answer->assignment->topic_partitions.size();
    return answer->member_epoch;
  }

  Shares& shares_;
  ClientProcess client_;
  std::string id_;
  std::int32_t epoch_ = 0;
  std::size_t topics_assigned_ = 0;
};

/// Fetches until nothing more comes; how often each offset of each partition came.
std::map<std::pair<std::int32_t, std::int64_t>, int> all_of(Member& member, std::int32_t partitions) {
  std::map<std::pair<std::int32_t, std::int64_t>, int> counts;
  while (true) {
    const std::vector<Acquired> got = member.fetch(partitions, 500);
    if (got.empty()) return counts;
    for (const Acquired& range : got) {
      for (std::int64_t offset = range.first; offset <= range.last; ++offset)
        ++counts[{range.partition, offset}];
    }
  }
}

TEST_CASE("What is accepted is not delivered again, what is not is, also behind a kill") {
  for (const std::size_t loops : {1U, 4U}) {
    CAPTURE(loops);
    Shares shares(loops, 3);
    Member first(shares, "first");
    first.begin_group();
    for (std::int32_t partition = 0; partition < 3; ++partition)
      shares.produce(partition, 6);
    const auto all = all_of(first, 3);
    CHECK(all.size() == 18);
    CHECK(std::ranges::all_of(all, [](const auto& one) { return one.second == 1; }));
    for (std::int32_t partition = 0; partition < 3; ++partition)
      CHECK(first.acknowledge({.partition = partition, .first = 0, .last = 3}, kAccept) == ErrorCode::kNone);
    first.disconnect();
    shares.restart();
    Member second(shares, "second");
    const auto rest = all_of(second, 3);
    CHECK(rest.size() == 6);
    for (const auto& [place, count] : rest) {
      CHECK(place.second >= 4);
      CHECK(count == 1);
    }
  }
}

TEST_CASE("A member that is gone leaves its records to the others at once") {
  for (const std::size_t loops : {1U, 4U}) {
    CAPTURE(loops);
    Shares shares(loops, 1);
    Member gone(shares, "gone");
    gone.begin_group();
    shares.produce(0, 4);
    CHECK(all_of(gone, 1).size() == 4);
    Member other(shares, "other");
    CHECK(other.fetch(1, 100).empty());
    std::optional<std::vector<Acquired>> found;
    other.fetch_later(20'000, found);
    shares.node().world().run_for(1s);
    CHECK(!found);
    gone.disconnect();
    shares.node().world().run_for(1s);
    REQUIRE(found);
    CHECK(*found == std::vector<Acquired>{{.partition = 0, .first = 0, .last = 3, .deliveries = 2}});
  }
}

TEST_CASE("A session that ends, a release and a lock that ends all pass records on") {
  Shares shares(1, 1);
  Member first(shares, "first");
  first.begin_group();
  shares.produce(0, 2);
  CHECK(first.fetch(1) == std::vector<Acquired>{{.partition = 0, .first = 0, .last = 1, .deliveries = 1}});
  CHECK(first.acknowledge({.partition = 0, .first = 1, .last = 1}, kRelease) == ErrorCode::kNone);
  Member second(shares, "second");
  CHECK(second.fetch(1) == std::vector<Acquired>{{.partition = 0, .first = 1, .last = 1, .deliveries = 2}});
  first.end_session();
  CHECK(second.fetch(1) == std::vector<Acquired>{{.partition = 0, .first = 0, .last = 0, .deliveries = 2}});
  std::optional<std::vector<Acquired>> found;
  first.fetch(1, 100);
  first.fetch_later(60'000, found);
  shares.node().world().run_for(25s);
  CHECK(!found);
  shares.node().world().run_for(10s);
  REQUIRE(found);
  CHECK(found->front().deliveries == 3);
}

TEST_CASE("Partitions of two topics come with their own records, in whichever order they are read") {
  Shares shares(1, 2);
  const Uuid other = shares.node().client().create_topic("u", 1, {}).value();
  Member member(shares, "member");
  member.begin_group({"t", "u"});
  const std::vector<Place> places{{shares.topic(), 0}, {shares.topic(), 1}, {other, 0}};
  member.fetch_values(places);
  // With each fetch of the session another one is read first.
  for (std::size_t round = 0; round < places.size(); ++round) {
    CAPTURE(round);
    std::map<Place, std::vector<std::string>> written;
    for (const Place& place : places) {
      const std::string value = "value " + std::to_string(written.size());
      REQUIRE(shares.node().produce(place.first, place.second, value) == ErrorCode::kNone);
      written.emplace(place, std::vector<std::string>{value});
    }
    CHECK(member.fetch_values(places) == written);
  }
}

TEST_CASE("A fetch waits for as many bytes as it wants, or until its time is over") {
  for (const std::size_t loops : {1U, 4U}) {
    CAPTURE(loops);
    Shares shares(loops, 2);
    Member member(shares, "member");
    member.begin_group();
    CHECK(member.fetch(2, 500, 100'000).empty());
    shares.produce(0, 1);
    const Instant before = shares.node().world().now();
    CHECK(member.fetch(2, 3000, 100'000).size() == 1);
    CHECK(shares.node().world().now() - before >= 3s);
    for (std::int32_t partition = 0; partition < 2; ++partition)
      shares.produce(partition, 2);
    CHECK(member.fetch(2, 3000, 100).size() == 2);
    CHECK(shares.node().world().now() - before < 5s);
  }
}

TEST_CASE("A group that found no place to begin at in a partition begins when there is one") {
  for (const std::size_t loops : {1U, 4U}) {
    CAPTURE(loops);
    Shares shares(loops, 1);
    Member member(shares, "member");
    member.begin_group({"t"}, "by_duration:PT1H");
    CHECK(member.fetch_error(1000) != ErrorCode::kNone);
    const Instant before = shares.node().world().now();
    CHECK(member.fetch_error(60'000) != ErrorCode::kNone);
    CHECK(shares.node().world().now() - before < 10s);
    shares.produce(0, 2);
    CHECK(all_of(member, 1).size() == 2);
  }
}

TEST_CASE("A fetch waits for records, and acknowledging what is not its own is refused") {
  Shares shares(4, 2);
  Member member(shares, "member");
  member.begin_group();
  CHECK(member.fetch(2, 100).empty());
  std::optional<std::vector<Acquired>> found;
  member.fetch_later(30'000, found);
  shares.node().world().run_for(5s);
  CHECK(!found);
  shares.produce(1, 1);
  shares.node().world().run_for(1s);
  REQUIRE(found);
  CHECK(*found == std::vector<Acquired>{{.partition = 1, .first = 0, .last = 0, .deliveries = 1}});
  CHECK(member.acknowledge({.partition = 1, .first = 5, .last = 5}, kAccept) == ErrorCode::kInvalidRequest);
  Member other(shares, "other");
  other.fetch(2, 100);
  CHECK(other.acknowledge({.partition = 1, .first = 0, .last = 0}, kAccept) ==
        ErrorCode::kInvalidRecordState);
}

}  // namespace
}  // namespace moldau::sim
