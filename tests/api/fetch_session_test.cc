#include "api/fetch_session.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using moldau::ErrorCode;
using moldau::Instant;
using moldau::TopicName;
using moldau::Uuid;
using moldau::api::FetchSession;
using moldau::api::Found;
using moldau::api::session_partition;
using moldau::api::SessionPartition;
using moldau::protocol::FetchRequest;

namespace {

constexpr Uuid kId(1, 2);

FetchRequest::FetchPartition wish(std::int32_t partition, std::int64_t offset = 0) {
  FetchRequest::FetchPartition asked;
  asked.partition = partition;
  asked.fetch_offset = offset;
  asked.partition_max_bytes = 1000;
  return asked;
}

FetchRequest by_id(std::vector<FetchRequest::FetchPartition> partitions,
                   std::vector<std::int32_t> forgotten = {}) {
  FetchRequest request;
  auto& topic = request.topics.emplace_back();
  topic.topic_id = kId;
  topic.partitions = std::move(partitions);
  auto& forget = request.forgotten_topics_data.emplace_back();
  forget.topic_id = kId;
  forget.partitions = std::move(forgotten);
  return request;
}

/// A session of the topic with that id and these partitions, none of which was told of.
FetchSession session_of(const std::vector<std::int32_t>& partitions) {
  FetchSession session(7, true, false, Instant());
  std::vector<FetchRequest::FetchPartition> wishes;
  for (const std::int32_t partition : partitions)
    wishes.push_back(wish(partition));
  session.update(by_id(wishes));
  return session;
}

std::vector<std::int32_t> order_of(const FetchSession& session) {
  std::vector<std::int32_t> order;
  session.visit([&](const SessionPartition& partition) { order.push_back(partition.partition); });
  return order;
}

bool tell(FetchSession& session, std::int32_t partition, const Found& found) {
  return session.tell("", kId, partition, found);
}

using Order = std::vector<std::int32_t>;

}  // namespace

TEST_CASE("epochs rise from 1, wrap to 1, and end for good") {
  FetchSession session(7, true, false, Instant());
  CHECK(session.epoch() == 1);
  session.advance();
  CHECK(session.epoch() == 2);
  CHECK(FetchSession::next_epoch(std::numeric_limits<std::int32_t>::max()) == 1);
  CHECK(FetchSession::next_epoch(FetchSession::kFinalEpoch) == FetchSession::kFinalEpoch);
}

TEST_CASE("a partition is told of when it is new, and when its high watermark or its start moves") {
  FetchSession session = session_of({0});
  CHECK(tell(session, 0, {.high_watermark = 5, .log_start_offset = 0}));
  CHECK_FALSE(tell(session, 0, {.high_watermark = 5, .log_start_offset = 0}));
  CHECK(tell(session, 0, {.high_watermark = 6, .log_start_offset = 0}));
  CHECK(tell(session, 0, {.high_watermark = 6, .log_start_offset = 1}));
  CHECK_FALSE(tell(session, 0, {.high_watermark = 6, .log_start_offset = 1}));
}

TEST_CASE("records, errors and diverging logs are told of each time") {
  const Found quiet{.high_watermark = 5, .log_start_offset = 0};
  for (const int kind : {0, 1, 2}) {
    FetchSession session = session_of({0});
    CHECK(tell(session, 0, quiet));
    Found loud = quiet;
    if (kind == 0) loud.has_records = true;
    if (kind == 1) loud.error = ErrorCode::kNotLeaderOrFollower;
    if (kind == 2) loud.is_diverging = true;
    CHECK(tell(session, 0, loud));
    CHECK(tell(session, 0, loud));
  }
}

TEST_CASE("when an error is over the high watermark is told of, even if it is the old one") {
  FetchSession session = session_of({0});
  const Found quiet{.high_watermark = 5, .log_start_offset = 0};
  CHECK(tell(session, 0, quiet));
  Found wrong = quiet;
  wrong.error = ErrorCode::kUnknownServerError;
  CHECK(tell(session, 0, wrong));
  CHECK(tell(session, 0, quiet));
  CHECK_FALSE(tell(session, 0, quiet));
}

TEST_CASE("what a beginning told of is known") {
  FetchSession session(7, true, false, Instant());
  const Found told{.high_watermark = 5, .log_start_offset = 2};
  session.add(session_partition({}, kId, wish(0)), told);
  CHECK_FALSE(tell(session, 0, told));
}

TEST_CASE("partitions with records have their next turn last") {
  FetchSession session = session_of({0, 1, 2});
  CHECK(tell(session, 0, {.high_watermark = 1, .log_start_offset = 0, .has_records = true}));
  CHECK(order_of(session) == Order{1, 2, 0});
  CHECK(tell(session, 1, {.high_watermark = 1, .log_start_offset = 0, .has_records = true}));
  CHECK(tell(session, 2, {.high_watermark = 0, .log_start_offset = 0}));
  CHECK(order_of(session) == Order{2, 0, 1});
}

TEST_CASE("a request adds partitions at the end, changes wishes in place, and forgets") {
  FetchSession session = session_of({0, 1});
  session.update(by_id({wish(0, 40), wish(5)}, {1, 9}));
  CHECK(order_of(session) == Order{0, 5});
  std::vector<std::int64_t> offsets;
  session.visit([&](const SessionPartition& partition) { offsets.push_back(partition.fetch_offset); });
  CHECK(offsets == std::vector<std::int64_t>{40, 0});
  // Asked for and forgotten in one request: forgotten.
  session.update(by_id({wish(6)}, {6}));
  CHECK(session.size() == 2);
}

TEST_CASE("changed wishes leave what was told as it was") {
  FetchSession session = session_of({0});
  const Found quiet{.high_watermark = 5, .log_start_offset = 0};
  CHECK(tell(session, 0, quiet));
  session.update(by_id({wish(0, 3)}));
  CHECK_FALSE(tell(session, 0, quiet));
}

TEST_CASE("a partition that was forgotten meanwhile is told of") {
  FetchSession session = session_of({0});
  CHECK(tell(session, 8, {.high_watermark = 5}));
  CHECK(session.size() == 1);
}

TEST_CASE("topics are apart by name where they have no ids, whether names are short or long") {
  FetchSession session(7, false, false, Instant());
  const std::string long_name(100, 'x');
  FetchRequest request;
  for (const std::string_view name : {std::string_view("a"), std::string_view(long_name)}) {
    auto& topic = request.topics.emplace_back();
    topic.topic = TopicName(name);
    topic.partitions = {wish(0)};
  }
  session.update(request);
  session.update(request);
  CHECK(session.size() == 2);
  const Found quiet{.high_watermark = 5, .log_start_offset = 0};
  CHECK(session.tell(long_name, Uuid(), 0, quiet));
  CHECK_FALSE(session.tell(long_name, Uuid(), 0, quiet));
  CHECK(session.tell("a", Uuid(), 0, quiet));
  request.topics.clear();
  auto& forgotten = request.forgotten_topics_data.emplace_back();
  forgotten.topic = TopicName(long_name);
  forgotten.partitions = {0};
  session.update(request);
  CHECK(session.size() == 1);
}

TEST_CASE("a session remembers that a topic's id meant something") {
  FetchSession session = session_of({0});
  const auto was_known = [&session] {
    bool known = false;
    session.visit([&](const SessionPartition& partition) { known = partition.was_known; });
    return known;
  };
  CHECK_FALSE(was_known());
  CHECK(tell(session, 0, {.error = ErrorCode::kUnknownTopicId}));
  CHECK_FALSE(was_known());
  CHECK(tell(session, 0, {.high_watermark = 0, .log_start_offset = 0}));
  CHECK(was_known());
  CHECK(tell(session, 0, {.error = ErrorCode::kUnknownTopicId}));
  CHECK(was_known());
}

TEST_CASE("the partitions of a topic share its name") {
  FetchSession session(7, false, false, Instant());
  const std::string name(30'000, 'n');
  FetchRequest request;
  for (const std::int32_t partition : {0, 1}) {
    auto& topic = request.topics.emplace_back();
    topic.topic = TopicName(name);
    topic.partitions = {wish(partition), wish(partition + 10)};
  }
  session.update(request);
  std::vector<const void*> names;
  session.visit([&](const SessionPartition& partition) {
    CHECK(partition.name() == name);
    names.push_back(partition.name().data());
  });
  CHECK(names.size() == 4);
  CHECK(std::ranges::all_of(names, [&](const void* each) { return each == names.front(); }));
}
