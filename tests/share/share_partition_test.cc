#include "share/share_partition.h"

#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "share/state_error.h"

namespace moldau::share {

namespace {

using Read = protocol::ReadShareGroupStateResponse::PartitionResult;
using Status = SharePartition::Status;

constexpr Instant kStart{std::chrono::seconds(1)};

SharePartition empty_partition(const ShareLimits& limits = {}) {
  return {{.group = "g", .topic_id = Uuid(0, 10), .topic = "t", .partition = 3}, 5, limits};
}

/// State batches: first and last offset, state, delivery count.
Read state(std::int64_t start_offset, const std::vector<std::array<int, 4>>& batches = {}) {
  Read read;
  read.state_epoch = 7;
  read.start_offset = start_offset;
  for (const auto& [first, last, delivery_state, delivery_count] : batches) {
    read.state_batches.push_back({.first_offset = first,
                                  .last_offset = last,
                                  .delivery_state = static_cast<std::int8_t>(delivery_state),
                                  .delivery_count = static_cast<std::int16_t>(delivery_count),
                                  .unknown_tags = {}});
  }
  return read;
}

SharePartition active_partition(const Read& read, const ShareLimits& limits = {}) {
  SharePartition partition = empty_partition(limits);
  CHECK(partition.begin_load().value());
  CHECK(partition.load(read).has_value());
  return partition;
}

using Range = std::array<std::int64_t, 3>;

/// Acquires out of batches of these offsets; first and last offset and delivery count of each range.
std::vector<Range> acquire(SharePartition& partition, std::string_view member,
                           const std::vector<std::pair<std::int64_t, std::int64_t>>& offsets,
                           std::int32_t max_records = 500, Instant now = kStart) {
  std::vector<FetchedBatch> batches;
  for (const auto& [first, last] : offsets)
    batches.push_back({.base_offset = first, .last_offset = last});
  const Acquired acquired = partition.acquire({.member = member,
                                               .batch_size = 500,
                                               .max_records = max_records,
                                               .fetch_offset = partition.next_fetch_offset(),
                                               .batches = batches},
                                              now);
  std::vector<Range> ranges;
  for (const AcquiredRecords& range : acquired.ranges)
    ranges.push_back({range.first_offset, range.last_offset, range.delivery_count});
  return ranges;
}

Result<std::optional<SharePartition::Write>> acknowledge(SharePartition& partition, std::string_view member,
                                                         std::int64_t first, std::int64_t last,
                                                         AcknowledgeType type) {
  const auto number = static_cast<std::int8_t>(type);
  const AcknowledgementBatch batch{
      .first_offset = first, .last_offset = last, .types = std::span(&number, 1)};
  return partition.acknowledge(member, std::span(&batch, 1), kStart);
}

using Ranges = std::vector<Range>;

}  // namespace

TEST_CASE("a share partition is loaded once") {
  SharePartition partition = empty_partition();
  CHECK(partition.status() == Status::kEmpty);
  CHECK(acquire(partition, "m", {{0, 9}}).empty());
  CHECK(partition.begin_load().value());
  CHECK(partition.status() == Status::kLoading);
  const Result<bool> again = partition.begin_load();
  REQUIRE(!again.has_value());
  CHECK(again.error() ==
        Error{.code = ErrorCode::kLeaderNotAvailable,
              .message = "Share partition is already initializing g-AAAAAAAAAAAAAAAAAAAACg:t-3"});
  CHECK(acquire(partition, "m", {{0, 9}}).empty());
  REQUIRE(partition.load(state(4)).has_value());
  CHECK(partition.status() == Status::kActive);
  CHECK(!partition.begin_load().value());
  CHECK(partition.state_epoch() == 7);
  CHECK(partition.next_fetch_offset() == 4);
}

TEST_CASE("a share partition that cannot be loaded is of no use") {
  SharePartition partition = empty_partition();
  REQUIRE(partition.begin_load().has_value());
  Read refused = state(0);
  refused.error_code = ErrorCode::kFencedLeaderEpoch;
  refused.error_message = "why";
  const Result<void> loaded = partition.load(refused);
  REQUIRE(!loaded.has_value());
  CHECK(loaded.error() == Error{.code = ErrorCode::kNotLeaderOrFollower, .message = "why"});
  const Result<bool> again = partition.begin_load();
  REQUIRE(!again.has_value());
  CHECK(again.error() == Error{.code = ErrorCode::kUnknownServerError,
                               .message = "Share partition failed to load g-AAAAAAAAAAAAAAAAAAAACg:t-3"});
  CHECK(acquire(partition, "m", {{0, 9}}).empty());
}

TEST_CASE("a share partition whose state makes no sense is not loaded") {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const auto is_loaded = [](std::int64_t start, std::int64_t first, std::int64_t last) {
    SharePartition partition = empty_partition();
    REQUIRE(partition.begin_load().has_value());
    Read read = state(start, {{{0, 0, 2, 1}}});
    read.state_batches[0].first_offset = first;
    read.state_batches[0].last_offset = last;
    return partition.load(read).has_value();
  };
  CHECK(is_loaded(5, 5, 9));
  CHECK(!is_loaded(5, 4, 9));
  CHECK(!is_loaded(5, 9, 8));
  CHECK(!is_loaded(-7, 5, 9));
  CHECK(!is_loaded(kMax, kMax, kMax));
  CHECK(!is_loaded(0, 5, kMax));
}

TEST_CASE("a fenced share partition gives nothing, but what is under way goes on") {
  SharePartition partition = active_partition(state(0));
  REQUIRE(acquire(partition, "m", {{0, 9}}) == Ranges{{0, 9, 1}});
  partition.fence();
  CHECK(acquire(partition, "m", {{10, 19}}).empty());
  const Result<bool> again = partition.begin_load();
  REQUIRE(!again.has_value());
  CHECK(again.error() == Error{.code = ErrorCode::kLeaderNotAvailable,
                               .message = "Share partition is fenced g-AAAAAAAAAAAAAAAAAAAACg:t-3"});
  const auto write = acknowledge(partition, "m", 0, 9, AcknowledgeType::kAccept);
  REQUIRE((write.has_value() && write->has_value()));
  CHECK(partition.finish_write((*write)->id, true));
  CHECK(partition.start_offset() == 10);
}

TEST_CASE("fencing wins over loading") {
  SharePartition partition = empty_partition();
  REQUIRE(partition.begin_load().has_value());
  partition.fence();
  CHECK(partition.load(state(0)).has_value());
  CHECK(partition.status() == Status::kFenced);
}

TEST_CASE("a write names its partition, epochs and what changes") {
  SharePartition partition = active_partition(state(0));
  REQUIRE(acquire(partition, "m", {{0, 4}, {5, 9}}) == Ranges{{0, 9, 1}});
  const auto write = acknowledge(partition, "m", 0, 9, AcknowledgeType::kReject);
  REQUIRE((write.has_value() && write->has_value()));
  const auto& data = (*write)->data;
  CHECK(data.partition == 3);
  CHECK(data.leader_epoch == 5);
  CHECK(data.state_epoch == 7);
  CHECK(data.start_offset == 0);
  CHECK(data.delivery_complete_count == 10);
  REQUIRE(data.state_batches.size() == 1);
  CHECK(data.state_batches[0].delivery_state == 4);
}

TEST_CASE("offsets whose fate nobody knows are read again") {
  SharePartition partition = active_partition(state(10, {{{15, 18, 2, 1}}, {{20, 24, 0, 2}}}));
  CHECK(partition.next_fetch_offset() == 10);
  CHECK(acquire(partition, "m", {{8, 30}}, 3) == Ranges{{10, 14, 1}});
  CHECK(partition.next_fetch_offset() == 19);
  CHECK(acquire(partition, "m", {{8, 30}}, 6) == Ranges{{19, 19, 1}, {20, 24, 3}});
  CHECK(partition.next_fetch_offset() == 25);
}

TEST_CASE("a lock that expires while the write is under way gives the records to others if it fails") {
  SharePartition partition = active_partition(state(0));
  REQUIRE(acquire(partition, "m", {{0, 9}}) == Ranges{{0, 9, 1}});
  const auto write = acknowledge(partition, "m", 0, 9, AcknowledgeType::kAccept);
  REQUIRE((write.has_value() && write->has_value()));
  CHECK(!partition.expire_locks(kStart + std::chrono::seconds(30)).has_value());
  CHECK(!partition.finish_write((*write)->id, false));
  CHECK(partition.delivery_complete_count() == 0);
  CHECK(acquire(partition, "m2", {{0, 9}}) == Ranges{{0, 9, 2}});
}

TEST_CASE("locks expire at their deadline, and renewing puts it off") {
  SharePartition partition = active_partition(state(0));
  REQUIRE(acquire(partition, "m", {{0, 9}}) == Ranges{{0, 9, 1}});
  CHECK(partition.next_lock_deadline() == kStart + std::chrono::seconds(30));
  const std::int8_t renew = 4;
  const AcknowledgementBatch batch{.first_offset = 0, .last_offset = 9, .types = std::span(&renew, 1)};
  const Instant later = kStart + std::chrono::seconds(20);
  const auto renewed = partition.acknowledge("m", std::span(&batch, 1), later);
  REQUIRE(renewed.has_value());
  CHECK(!renewed->has_value());
  CHECK(!partition.expire_locks(kStart + std::chrono::seconds(49)).has_value());
  const auto write = partition.expire_locks(kStart + std::chrono::seconds(50));
  REQUIRE(write.has_value());
  CHECK(write->data.state_batches.size() == 1);
  CHECK(!partition.next_lock_deadline().has_value());
  CHECK(!partition.finish_write(write->id, false));
  CHECK(partition.next_fetch_offset() == 0);
}

TEST_CASE("records that may not be delivered again are archived, and the start offset moves") {
  SharePartition partition = active_partition(state(0), {.max_delivery_count = 1});
  REQUIRE(acquire(partition, "m", {{0, 9}}) == Ranges{{0, 9, 1}});
  const std::optional<SharePartition::Write> write = partition.release("m");
  REQUIRE(write.has_value());
  REQUIRE(write->data.state_batches.size() == 1);
  CHECK(write->data.state_batches[0].delivery_state == 4);
  CHECK(partition.finish_write(write->id, true));
  CHECK(partition.start_offset() == 10);
  CHECK(partition.batches().empty());
}

TEST_CASE("no more may be in flight than the limit says, but what is free may be acquired again") {
  SharePartition partition = active_partition(state(0), {.max_record_locks = 10});
  REQUIRE(acquire(partition, "m", {{0, 4}, {5, 9}}) == Ranges{{0, 9, 1}});
  CHECK(!partition.can_acquire());
  CHECK(acquire(partition, "m", {{10, 14}}).empty());
  const auto write = acknowledge(partition, "m", 3, 3, AcknowledgeType::kRelease);
  REQUIRE((write.has_value() && write->has_value()));
  partition.finish_write((*write)->id, true);
  CHECK(partition.can_acquire());
  CHECK(acquire(partition, "m2", {{0, 4}, {5, 9}, {10, 14}}) == Ranges{{3, 3, 2}});
}

// Where Apache Kafka 4.3.1 fails with an exception.

TEST_CASE("batches behind all that may be in flight are not acquired") {
  SharePartition partition = active_partition(state(0), {.max_record_locks = 5});
  REQUIRE(acquire(partition, "m", {{0, 4}}) == Ranges{{0, 4, 1}});
  const std::optional<SharePartition::Write> write = partition.release("m");
  REQUIRE(write.has_value());
  partition.finish_write(write->id, true);
  // The batch that is free again was compacted away.
  CHECK(acquire(partition, "m", {{10, 14}}).empty());
  CHECK(partition.next_fetch_offset() == 5);
}

TEST_CASE("aborted batches that the start offset cuts through are archived") {
  SharePartition partition = active_partition(state(5));
  const std::vector<FetchedBatch> batches = {
      {.base_offset = 0, .last_offset = 9, .producer_id = 1, .is_transactional = true},
      {.base_offset = 10,
       .last_offset = 10,
       .producer_id = 1,
       .is_transactional = true,
       .is_abort_marker = true}};
  const std::vector<AbortedTransaction> aborted = {{.producer_id = 1, .first_offset = 0}};
  const Acquired acquired = partition.acquire({.member = "m",
                                               .batch_size = 500,
                                               .max_records = 500,
                                               .fetch_offset = 5,
                                               .batches = batches,
                                               .aborted = aborted},
                                              kStart);
  REQUIRE(acquired.ranges.size() == 1);
  CHECK(acquired.ranges[0].first_offset == 10);
  CHECK(acquired.count == 1);
  CHECK(partition.delivery_complete_count() == 5);
}

TEST_CASE("an acknowledgement of all offsets there are is refused") {
  SharePartition partition = active_partition(state(0));
  REQUIRE(acquire(partition, "m", {{0, 9}}) == Ranges{{0, 9, 1}});
  const auto refused =
      acknowledge(partition, "m", -1, std::numeric_limits<std::int64_t>::max(), AcknowledgeType::kAccept);
  REQUIRE(!refused.has_value());
  CHECK(refused.error() ==
        Error{.code = ErrorCode::kInvalidRequest,
              .message = "Batch record not found. The last offset in request is past acquired records."});
}

TEST_CASE("what is done with and gone cannot be acknowledged") {
  SharePartition partition = active_partition(state(5));
  const auto refused = acknowledge(partition, "m", 3, 8, AcknowledgeType::kAccept);
  REQUIRE(!refused.has_value());
  CHECK(refused.error().code == ErrorCode::kInvalidRecordState);
}

TEST_CASE("records that were released are acquired again although the log's start cut through their batch") {
  SharePartition partition = active_partition(state(0));
  REQUIRE(acquire(partition, "m", {{0, 9}}) == Ranges{{0, 9, 1}});
  const std::optional<SharePartition::Write> write = partition.release("m");
  REQUIRE(write.has_value());
  partition.move_log_start(4);
  CHECK(partition.next_fetch_offset() == 4);
  CHECK(acquire(partition, "m2", {{0, 9}}) == Ranges{{4, 9, 2}});
  partition.finish_write(write->id, true);
  CHECK(partition.batches().begin()->second.state_at(4).state() == RecordState::kAcquired);
}

TEST_CASE("the start offset moves on from where no batch is") {
  SharePartition partition = active_partition(state(0));
  REQUIRE(acquire(partition, "m", {{0, 9}}) == Ranges{{0, 9, 1}});
  const auto first = acknowledge(partition, "m", 3, 3, AcknowledgeType::kAccept);
  REQUIRE((first.has_value() && first->has_value()));
  CHECK(!partition.finish_write((*first)->id, true));
  REQUIRE(acquire(partition, "m", {{20, 29}}) == Ranges{{20, 29, 1}});
  partition.move_log_start(15);
  const auto last = acknowledge(partition, "m", 20, 29, AcknowledgeType::kAccept);
  REQUIRE((last.has_value() && last->has_value()));
  CHECK(!partition.finish_write((*last)->id, true));
  // What lies before the start is locked still.
  const std::optional<SharePartition::Write> expired =
      partition.expire_locks(kStart + std::chrono::seconds(30));
  REQUIRE(expired.has_value());
  CHECK(partition.finish_write(expired->id, true));
  CHECK(partition.start_offset() == 30);
  CHECK(partition.batches().empty());
}

TEST_CASE("what clients are told of the share coordinator's errors") {
  const auto code = [](ErrorCode error) { return client_error(error, "why").code; };
  CHECK(code(ErrorCode::kNotCoordinator) == ErrorCode::kCoordinatorNotAvailable);
  CHECK(code(ErrorCode::kCoordinatorLoadInProgress) == ErrorCode::kCoordinatorNotAvailable);
  CHECK(code(ErrorCode::kGroupIdNotFound) == ErrorCode::kGroupIdNotFound);
  CHECK(code(ErrorCode::kUnknownTopicOrPartition) == ErrorCode::kUnknownTopicOrPartition);
  CHECK(code(ErrorCode::kFencedStateEpoch) == ErrorCode::kNotLeaderOrFollower);
  CHECK(code(ErrorCode::kInvalidRequest) == ErrorCode::kUnknownServerError);
  CHECK(client_error(ErrorCode::kNetworkException, "why").message == "why");
  CHECK(client_error(ErrorCode::kUnsupportedVersion, "why").message ==
        "Unable to complete operation due to server error.");
  CHECK(is_fencing(ErrorCode::kNotLeaderOrFollower));
  CHECK(!is_fencing(ErrorCode::kCoordinatorNotAvailable));
}

}  // namespace moldau::share
