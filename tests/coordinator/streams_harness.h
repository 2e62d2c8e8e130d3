#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "consumer_harness.h"
#include "coordinator/record_bytes.h"
#include "coordinator/streams_group/streams_group_update.h"

namespace moldau::coordinator {

/// One subtopology "0" that reads "topic" and keeps its state in "store".
inline StreamsTopology counting_topology() {
  return {.epoch = 1,
          .subtopologies = {
              {.id = "0",
               .source_topics = {"topic"},
               .state_changelog_topics = {{.name = "store", .configs = {{"cleanup.policy", "compact"}}}}}}};
}

/// Plays the coordinator around one streams group: its records, notes, timers and the time. In the cluster
/// are "topic" and "store" of four partitions, until a test says otherwise. Targets are computed at once.
class StreamsHarness {
 public:
  using Topics = std::map<std::string, FakeTopics::Topic, std::less<>>;

  /// A member joins as a client of its own, unless the test says which.
  Result<StreamsAnswer> join(const std::string& id, std::string process = {}) {
    StreamsHeartbeat said = saying(id, 0);
    said.rebalance_timeout_ms = 30'000;
    said.process_id = process.empty() ? "process-" + id : std::move(process);
    said.topology = topology;
    said.owned.emplace();
    return heartbeat(said);
  }

  static StreamsHeartbeat saying(const std::string& id, std::int32_t epoch) {
    return {.member = id, .epoch = epoch, .client_id = "client", .client_host = "/127.0.0.1"};
  }

  /// A member stays, and says which active tasks of subtopology "0" it has.
  Result<StreamsAnswer> stay(const std::string& id, std::int32_t epoch,
                             std::optional<std::vector<std::int32_t>> active = {}) {
    StreamsHeartbeat said = saying(id, epoch);
    if (active) {
      said.owned.emplace();
      if (!active->empty()) said.owned->active = {{.subtopology = "0", .partitions = *active}};
    }
    return heartbeat(said);
  }

  Result<StreamsAnswer> heartbeat(const StreamsHeartbeat& said) {
    Result<StreamsAnswer> answer;
    (void)change([&](StreamsUpdate& update) -> Result<void> {
      answer = update.heartbeat(said);
      return answer ? Result<void>() : fail(answer.error());
    });
    return answer;
  }

  /// Notes and timers count even where the step fails.
  Result<void> change(const std::function<Result<void>(StreamsUpdate&)>& step) {
    const FakeTopics view(1, topics);
    const StreamsUpdateContext context{
        .at = {.now = Instant() + std::chrono::milliseconds(now_ms), .wall_ms = now_ms},
        .topics = view,
        .settings = settings};
    StreamsUpdate update("group", group ? &*group : nullptr, notes, context);
    Result<void> done = step(update);
    notes = update.notes();
    for (const TimerEffect& timer : update.timers())
      set(timer);
    if (!done || update.records().empty()) return done;
    for (Record& record : update.records())
      log.push_back(std::move(record));
    group = update.group();
    return done;
  }

  void set_topics(Topics now) {
    topics = std::move(now);
    notes.forget_topics();
  }

  /// Whether the log, read back, tells of the same group.
  bool is_replayed() const {
    StreamsGroup again;
    for (const Record& record : log) {
      const auto read =
          decode_streams_group_record(*read_prefix(record.key), record.key,
                                      record.value ? std::optional<ByteView>(*record.value) : std::nullopt);
      if (!read) return false;
      again.apply(read->change);
    }
    return again == *group;
  }

  /// Milliseconds until the timer is due; nullopt where it is not set.
  std::optional<std::int64_t> due_in_ms(TimerKind kind, const std::string& member) const {
    const auto found = timers.find({kind, member});
    return found == timers.end() ? std::nullopt : std::optional(found->second - now_ms);
  }

  StreamsTopology topology = counting_topology();
  Topics topics = {{"topic", {.id = kTopic, .partitions = 4}}, {"store", {.id = kOther, .partitions = 4}}};
  StreamsGroupSettings settings = {.initial_rebalance_delay_ms = 0, .assignment_interval_ms = 0};
  std::optional<StreamsGroup> group;
  StreamsNotes notes;
  std::vector<Record> log;
  std::map<std::pair<TimerKind, std::string>, TimestampMs> timers;
  TimestampMs now_ms = 1'700'000'000'000;

 private:
  void set(const TimerEffect& timer) {
    const std::pair key(timer.key.kind, timer.key.member);
    if (!timer.deadline) {
      timers.erase(key);
    } else if (!timer.keeps_earlier || !timers.contains(key)) {
      const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(*timer.deadline - Instant());
      timers.insert_or_assign(key, since.count());
    }
  }
};

/// The codes of an answer's statuses.
inline std::vector<StreamsStatusCode> codes(const StreamsAnswer& answer) {
  std::vector<StreamsStatusCode> codes;
  for (const StreamsStatus& status : answer.statuses)
    codes.push_back(status.code);
  return codes;
}

}  // namespace moldau::coordinator
