#include <chrono>
#include <utility>
#include <variant>

#include "runtime/controller.h"

namespace moldau::runtime {
namespace {

/// Whether there is something to tell that the other node does not know.
bool has_news(const Controller::LogFetch& wanted, const Controller::LogFetched& answer) {
  return answer.error != ErrorCode::kNone || answer.records || answer.diverging || answer.snapshot ||
         answer.high_watermark > wanted.known_high_watermark;
}

}  // namespace

Task<Controller::LogFetched> Controller::fetch(LogFetch wanted) {
  const Instant deadline = shard_.now() + std::chrono::milliseconds(wanted.replica.max_wait_ms);
  while (true) {
    LogFetched answer = fetch_now(wanted);
    if (has_news(wanted, answer) || failed_ || shard_.now() >= deadline) co_return answer;
    Waiter waiter(shard_, deadline);
    fetches_.add(waiter);
    // Nothing has changed since: the node is as far as it said when it asked.
    if (co_await waiter == Waiter::Outcome::kDeadline) co_return answer;
  }
}

Controller::LogFetched Controller::fetch_now(const LogFetch& wanted) {
  const auto endpoints = quorum_.leader_endpoints();
  LogFetched answer{.leader = quorum_.election().leader,
                    .leader_epoch = quorum_.epoch(),
                    .leader_endpoints = {endpoints.begin(), endpoints.end()},
                    .log_start_offset = log_.log_start_offset(),
                    .diverging = {},
                    .snapshot = {},
                    .records = {}};
  const auto verdict = quorum_.judge(wanted.replica, log_.fetch_ground(wanted.replica.last_fetched_epoch));
  if (!verdict) {
    answer.error = verdict.error().code;
    return answer;
  }
  if (const auto* end = std::get_if<quorum::EpochEnd>(&*verdict)) {
    answer.diverging = *end;
  } else if (const auto* snapshot = std::get_if<quorum::SnapshotId>(&*verdict)) {
    answer.snapshot = *snapshot;
  } else if (!read_for(wanted, answer)) {
    answer.error = ErrorCode::kUnknownServerError;
    return answer;
  }
  answer.high_watermark = high_watermark();
  return answer;
}

Result<void> Controller::read_for(const LogFetch& wanted, LogFetched& answer) {
  const std::int64_t end = quorum_.readable_end_offset();
  if (wanted.max_bytes < 0 && wanted.replica.offset < end) return fail(ErrorCode::kInvalidRequest);
  auto read = log_.read(wanted.replica.offset, wanted.max_bytes, end);
  if (!read) return fail(std::move(read).error());
  if (read->slice.size_bytes > 0) answer.records = std::move(read->slice);
  // Apache Kafka takes the start of the first batch for the replica's end.
  return carry_out(quorum_.step(quorum::Fetched{
      .replica = wanted.replica.replica, .offset = read->base_offset, .now_ms = shard_.wall_ms()}));
}

}  // namespace moldau::runtime
