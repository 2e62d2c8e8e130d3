#include "share/share_session.h"

#include <limits>

#include <doctest/doctest.h>

#include "share/share_session_cache.h"

namespace moldau::share {

namespace {

constexpr Uuid kTopic{1, 2};

ShareSessionPartition partition(std::int32_t number) {
  return {.topic_id = kTopic, .topic = "t", .partition = number};
}

std::vector<std::int32_t> numbers_of(const std::vector<ShareSessionPartition>& partitions) {
  std::vector<std::int32_t> numbers;
  for (const ShareSessionPartition& each : partitions)
    numbers.push_back(each.partition);
  return numbers;
}

using Numbers = std::vector<std::int32_t>;

/// A cache with requests in short.
struct Sessions {
  ShareSessionCache cache{2};

  Result<ShareFetchContext> open(const std::string& member, std::int32_t epoch,
                                 const std::vector<ShareSessionPartition>& wanted = {},
                                 const std::vector<ShareSessionPartition>& forgotten = {},
                                 std::string_view connection = "c") {
    return cache.open({.key = {.group = "g", .member = member},
                       .epoch = epoch,
                       .connection = connection,
                       .wanted = wanted,
                       .forgotten = forgotten});
  }
};

ErrorCode error_of(const Result<ShareFetchContext>& result) {
  return result ? ErrorCode::kNone : result.error().code;
}

}  // namespace

TEST_CASE("epochs of share sessions") {
  CHECK(ShareSession::next_epoch(0) == 1);
  CHECK(ShareSession::next_epoch(7) == 8);
  CHECK(ShareSession::next_epoch(std::numeric_limits<std::int32_t>::max()) == 1);
  CHECK(ShareSession::next_epoch(-1) == -1);
}

TEST_CASE("a share session goes on with the next epoch only") {
  Sessions sessions;
  CHECK(error_of(sessions.open("m", 1)) == ErrorCode::kShareSessionNotFound);
  const Result<ShareFetchContext> first = sessions.open("m", 0, {partition(0), partition(1)});
  REQUIRE(first.has_value());
  CHECK(numbers_of(first->partitions) == Numbers{0, 1});
  CHECK(first->session == nullptr);
  CHECK(error_of(sessions.open("m", 2)) == ErrorCode::kInvalidShareSessionEpoch);
  CHECK(error_of(sessions.open("m", -2)) == ErrorCode::kInvalidShareSessionEpoch);

  const Result<ShareFetchContext> second =
      sessions.open("m", 1, {partition(2), partition(0)}, {partition(1)});
  REQUIRE(second.has_value());
  CHECK(numbers_of(second->partitions) == Numbers{0, 2});
  CHECK(second->next_epoch == 2);
  CHECK(sessions.cache.partition_count() == 2);
  CHECK(error_of(sessions.open("m", 1)) == ErrorCode::kInvalidShareSessionEpoch);
}

TEST_CASE("the final epoch ends a share session once it is answered") {
  Sessions sessions;
  CHECK(error_of(sessions.open("m", -1)) == ErrorCode::kShareSessionNotFound);
  REQUIRE(sessions.open("m", 0, {partition(0)}).has_value());
  const Result<ShareFetchContext> last = sessions.open("m", -1);
  REQUIRE(last.has_value());
  CHECK(last->is_final);
  CHECK(last->partitions.empty());
  CHECK(sessions.cache.size() == 1);
  const std::shared_ptr<ShareSession> ended = sessions.cache.remove({.group = "g", .member = "m"});
  REQUIRE(ended != nullptr);
  CHECK(numbers_of(ended->partitions()) == Numbers{0});
  CHECK(sessions.cache.remove({.group = "g", .member = "m"}) == nullptr);
  CHECK(error_of(sessions.open("m", 1)) == ErrorCode::kShareSessionNotFound);
}

TEST_CASE("a first request has no acknowledgements and names no partition twice") {
  Sessions sessions;
  const ShareFetchOpening opening{.key = {.group = "g", .member = "m"}, .has_acknowledgements = true};
  CHECK(error_of(sessions.cache.open(opening)) == ErrorCode::kInvalidRequest);
  CHECK(error_of(sessions.open("m", 0, {partition(1), partition(1)})) == ErrorCode::kUnknownServerError);
  CHECK(sessions.cache.size() == 0);
}

TEST_CASE("there are only so many share sessions, and none gives way") {
  Sessions sessions;
  REQUIRE(sessions.open("m1", 0).has_value());
  REQUIRE(sessions.open("m2", 0).has_value());
  CHECK(error_of(sessions.open("m3", 0)) == ErrorCode::kShareSessionLimitReached);
  CHECK(sessions.open("m2", 0).has_value());
  CHECK(sessions.cache.size() == 2);
  sessions.cache.clear();
  CHECK(sessions.cache.size() == 0);
  CHECK(sessions.open("m3", 0).has_value());
}

TEST_CASE("ShareAcknowledge goes on with a session") {
  Sessions sessions;
  const ShareSessionKey key{.group = "g", .member = "m"};
  const auto acknowledge = [&](std::int32_t epoch) {
    const Result<void> result = sessions.cache.acknowledge(key, epoch);
    return result ? ErrorCode::kNone : result.error().code;
  };
  CHECK(acknowledge(0) == ErrorCode::kInvalidShareSessionEpoch);
  CHECK(acknowledge(1) == ErrorCode::kShareSessionNotFound);
  CHECK(acknowledge(-1) == ErrorCode::kShareSessionNotFound);
  REQUIRE(sessions.open("m", 0).has_value());
  CHECK(acknowledge(1) == ErrorCode::kNone);
  CHECK(acknowledge(1) == ErrorCode::kInvalidShareSessionEpoch);
  CHECK(acknowledge(-1) == ErrorCode::kNone);
  CHECK(acknowledge(2) == ErrorCode::kNone);
}

TEST_CASE("clients are told of what is new, of records and of errors") {
  Sessions sessions;
  const std::vector<ShareFound> found = {{.topic_id = kTopic, .partition = 0},
                                         {.topic_id = kTopic, .partition = 1},
                                         {.topic_id = kTopic, .partition = 2}};
  const Result<ShareFetchContext> first = sessions.open("m", 0, {partition(0), partition(1), partition(2)});
  REQUIRE(first.has_value());
  CHECK(ShareSessionCache::close(*first, found).value() == std::vector<bool>{true, true, true});

  std::int32_t epoch = 0;
  const auto told = [&](std::vector<ShareFound> what, const std::vector<ShareSessionPartition>& wanted = {}) {
    const Result<ShareFetchContext> context = sessions.open("m", ++epoch, wanted);
    REQUIRE(context.has_value());
    return ShareSessionCache::close(*context, what).value();
  };
  CHECK(told(found) == std::vector<bool>{false, false, false});
  std::vector<ShareFound> some = found;
  some[0].has_records = true;
  some[1].has_error = true;
  CHECK(told(some) == std::vector<bool>{true, true, false});
  CHECK(told(found) == std::vector<bool>{false, true, false});
  CHECK(told(found) == std::vector<bool>{false, false, false});
  CHECK(told({{.topic_id = kTopic, .partition = 3}}, {partition(3)}) == std::vector<bool>{true});
  CHECK(told({{.topic_id = kTopic, .partition = 3}}) == std::vector<bool>{false});
  CHECK(numbers_of(sessions.cache.find({.group = "g", .member = "m"})->partitions()) == Numbers{1, 2, 0, 3});
}

TEST_CASE("what was forgotten meanwhile is told of") {
  ShareSession session({.group = "g", .member = "m"}, "c", {});
  CHECK(session.tell(kTopic, 0, false, false));
}

TEST_CASE("nothing is told when the session went on meanwhile") {
  Sessions sessions;
  REQUIRE(sessions.open("m", 0, {partition(0)}).has_value());
  const Result<ShareFetchContext> slow = sessions.open("m", 1);
  REQUIRE(slow.has_value());
  REQUIRE(sessions.open("m", 2).has_value());
  const auto closed = ShareSessionCache::close(*slow, {});
  REQUIRE(!closed.has_value());
  CHECK(closed.error().code == ErrorCode::kInvalidShareSessionEpoch);
}

TEST_CASE("the end of a connection ends its sessions") {
  Sessions sessions;
  REQUIRE(sessions.open("m1", 0, {partition(4)}, {}, "c1").has_value());
  REQUIRE(sessions.open("m2", 0, {}, {}, "c2").has_value());
  CHECK(sessions.cache.disconnect("c3").empty_groups.empty());

  // Begun anew elsewhere: the old connection ends nothing.
  REQUIRE(sessions.open("m2", 0, {}, {}, "c4").has_value());
  const auto stale = sessions.cache.disconnect("c2");
  CHECK(stale.ended.empty());
  CHECK(stale.empty_groups.empty());

  const auto one = sessions.cache.disconnect("c1");
  REQUIRE(one.ended.size() == 1);
  CHECK(one.ended[0]->key().member == "m1");
  CHECK(numbers_of(one.ended[0]->partitions()) == Numbers{4});
  CHECK(one.empty_groups.empty());

  // Of a session that had ended before the connection tells that its group is empty.
  sessions.cache.remove({.group = "g", .member = "m2"});
  const auto last = sessions.cache.disconnect("c4");
  CHECK(last.ended.empty());
  CHECK(last.empty_groups == std::vector<std::string>{"g"});
}

TEST_CASE("a connection may have several sessions") {
  Sessions sessions;
  REQUIRE(sessions.open("m1", 0).has_value());
  REQUIRE(sessions.open("m2", 0).has_value());
  const auto all = sessions.cache.disconnect("c");
  CHECK(all.ended.size() == 2);
  CHECK(all.empty_groups == std::vector<std::string>{"g"});
}

}  // namespace moldau::share
