#include "tests/streams_groups/lives.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "coordinator/group/streams_commits.h"
#include "coordinator/record_bytes.h"
#include "coordinator/streams_group/streams_group_update.h"
#include "protocol/wire/message.h"
#include "tests/streams_groups/life.h"
#include "tests/streams_groups/text.h"
#include "tests/support/fnv.h"

namespace moldau::testing {
namespace {

using coordinator::Record;
using coordinator::StreamsGroup;
using coordinator::StreamsUpdate;
using coordinator::TimerKind;

constexpr std::string_view kGroup = "group";
constexpr std::int32_t kLeave = -1;

std::string hex(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15U];
  }
  return text;
}

std::string text_of(const std::vector<coordinator::TaskTopic>& topics) {
  std::vector<std::string> texts;
  for (const auto& topic : topics)
    texts.push_back(topic.topic + "=" + list_text(topic.partitions));
  std::ranges::sort(texts);
  return "[" + joined(texts) + "]";
}

StreamsLife::Tasks tasks_of(const coordinator::TaskSets& tasks) {
  return {tasks.begin(), tasks.end()};
}

std::string topics_text(const StreamsTopics::ByName& topics) {
  std::string text;
  for (const auto& [name, topic] : topics)
    text += "topic " + name + " " + topic.id.to_string() + " " + std::to_string(topic.partitions) + "\n";
  return text;
}

/// One streams group of Moldau's, its log, its timers and the time.
class MoldauWorld final : public StreamsLife::World {
 public:
  explicit MoldauWorld(const StreamsLife& life)
      : topics_(std::make_unique<StreamsTopics>(life.topics())),
        settings_({.standby_replicas = life.standby_replicas(),
                   .initial_rebalance_delay_ms = life.initial_delay_ms(),
                   .assignment_interval_ms = life.assignment_interval_ms(),
                   .max_size = life.most_members()}) {}

  StreamsLife::Heard heartbeat(const StreamsLife::Request& request) override {
    const auto bytes = wire::encode_message(request, 0);
    require(bytes.has_value(), "requests can be written");
    input_ += "heartbeat " + hex(*bytes) + "\n";
    auto heard = answer(request);
    if (heard) return *std::move(heard);
    const Error& error = heard.error();
    const bool is_told = error.code != ErrorCode::kUnknownServerError;
    outcome_ += "error " + std::to_string(static_cast<int>(error.code)) + " " +
                (is_told ? error.message : "null") + "\n";
    return {.error = error.code};
  }

  void pass(std::int32_t ms) override {
    input_ += "pass " + std::to_string(ms) + "\n";
    const TimestampMs until_ms = now_ms_ + ms;
    while (true) {
      const auto due = std::ranges::min_element(timers_, {}, [](const auto& timer) { return timer.second; });
      if (due == timers_.end() || due->second > until_ms) break;
      const auto [name, deadline_ms] = *due;
      timers_.erase(due);
      now_ms_ = deadline_ms;
      outcome_ += "fires " + name + "\n";
      fire(name);
    }
    now_ms_ = until_ms;
  }

  void topics(const StreamsTopics::ByName& topics) override {
    input_ += "topics\n" + topics_text(topics);
    const auto before = std::exchange(topics_, std::make_unique<StreamsTopics>(topics))->by_name();
    if (!group_) return;
    for (const auto* names : {&before, &topics}) {
      for (const auto& [name, unused] : *names) {
        const auto old = before.find(name);
        const auto now = topics.find(name);
        const bool is_same = old != before.end() && now != topics.end() && old->second == now->second;
        if (!is_same && group_->requires_topic(name)) notes_.forget_topics();
      }
    }
  }

  void standby_replicas(std::int32_t count) override {
    input_ += "standby " + std::to_string(count) + "\n";
    settings_.standby_replicas = count;
  }

  void fail_over() override {
    input_ += "fails over\n";
    timers_.clear();
    notes_ = {};
    std::optional<StreamsGroup> again;
    for (const Record& record : log_)
      replay(record, again);
    if (again.has_value() != group_.has_value() || (again && *again != *group_))
      outcome_ += "what is read back is another group\n";
    if (!group_) return;
    update([](StreamsUpdate& update) { update.loaded(); });
  }

  void remove_group() override {
    input_ += "removes\n";
    if (!group_ || !group_->is_empty()) return;
    update([](StreamsUpdate& update) { update.remove_group(); });
    group_.reset();
  }

  void commit(const StreamsLife::Commit& commit) override {
    input_.append("commit ").append(commit.member).append(" ").append(std::to_string(commit.epoch));
    input_.append(commit.is_transactional ? " 1 " : " 0 ").append(std::to_string(commit.version));
    input_.append(" ").append(commit.topic).append(" ").append(std::to_string(commit.partition)).append("\n");
    if (!group_) return;
    const coordinator::ConsumerCommitter committer{.member = commit.member,
                                                   .instance_id = std::nullopt,
                                                   .epoch = commit.epoch,
                                                   .is_transactional = commit.is_transactional,
                                                   .api_version = commit.version};
    ErrorCode committed = coordinator::check_committer(*group_, committer);
    if (committed == ErrorCode::kNone)
      committed = coordinator::check_commit_of(*group_, committer, commit.topic, commit.partition);
    const ErrorCode fetched = coordinator::check_fetcher(*group_, commit.member, commit.epoch);
    outcome_ += "offsets " + std::to_string(static_cast<int>(committed)) + " " +
                std::to_string(static_cast<int>(fetched)) + "\n";
  }

  void begin_turn(const std::string& input) {
    input_ = input;
    outcome_.clear();
  }

  const std::string& input() const { return input_; }
  std::string outcome() const {
    std::string text =
        outcome_ + (group_ ? std::string(coordinator::state_name(group_->state())) : "no group") + "\n";
    for (const auto& [name, deadline_ms] : timers_)
      text += "timer " + name + " " + std::to_string(deadline_ms) + "\n";
    return text;
  }

 private:
  Result<StreamsLife::Heard> answer(const StreamsLife::Request& request) {
    if (auto checked = coordinator::check_streams_heartbeat(request); !checked)
      return fail(std::move(checked).error());
    const auto said = coordinator::streams_heartbeat_of(request, "client", "localhost/127.0.0.1");
    if (!said) return fail(said.error());
    const bool leaves = said->epoch == kLeave;
    if (!group_ && said->epoch != 0) {
      return fail(ErrorCode::kGroupIdNotFound,
                  std::string(leaves ? "Group" : "Streams group") + " group not found.");
    }
    Result<coordinator::StreamsAnswer> answer;
    update([&](StreamsUpdate& update) -> Result<void> {
      if (leaves) {
        answer = coordinator::StreamsAnswer{.epoch = kLeave};
        return update.leave(said->member, said->wants_shutdown);
      }
      answer = update.heartbeat(*said);
      return answer ? Result<void>() : fail(answer.error());
    });
    if (failure_) return fail(*std::exchange(failure_, std::nullopt));
    tell(*answer, leaves);
    StreamsLife::Heard heard{.epoch = answer->epoch, .endpoint_epoch = answer->endpoint_epoch};
    if (answer->tasks) {
      heard.active = tasks_of(answer->tasks->active);
      heard.standby = tasks_of(answer->tasks->standby);
    }
    for (const auto& topic : answer->topics_to_create)
      heard.wanted.emplace_back(topic.name, topic.partition_count);
    std::ranges::sort(heard.wanted);
    return heard;
  }

  void tell(const coordinator::StreamsAnswer& answer, bool leaves) {
    outcome_ += "answer " + std::to_string(answer.epoch) + " " +
                std::to_string(leaves ? 0 : settings_.heartbeat_interval_ms) + " " +
                std::to_string(answer.endpoint_epoch) + "\n";
    for (const auto& [code, detail] : answer.statuses)
      outcome_ += "status " + std::to_string(static_cast<int>(code)) + " " + detail + "\n";
    if (answer.tasks) {
      outcome_ += "active " + tasks_text(answer.tasks->active) + " standby " +
                  tasks_text(answer.tasks->standby) + " warmup " + tasks_text(answer.tasks->warmup) + "\n";
    }
    if (answer.endpoints) {
      outcome_ += "endpoints\n";
      std::vector<std::string> lines;
      for (const auto& [endpoint, active, standby] : *answer.endpoints) {
        lines.push_back("endpoint " + endpoint.host + ":" + std::to_string(endpoint.port) + " active " +
                        text_of(active) + " standby " + text_of(standby) + "\n");
      }
      std::ranges::sort(lines);
      for (const std::string& line : lines)
        outcome_ += line;
    }
    tell_topics(answer);
  }

  void tell_topics(const coordinator::StreamsAnswer& answer) {
    auto topics = answer.topics_to_create;
    std::ranges::sort(topics, {}, &coordinator::ConfiguredInternalTopic::name);
    for (const auto& topic : topics) {
      const int replication = topic.replication_factor == 0 ? -1 : topic.replication_factor;
      outcome_ += "create " + topic.name + " " + std::to_string(topic.partition_count) + " " +
                  std::to_string(replication) + " ";
      for (const auto& [key, value] : topic.configs)
        outcome_.append(key == topic.configs.front().first ? "" : ",").append(key).append("=").append(value);
      outcome_ += "\n";
    }
  }

  /// Notes and timers count even where the step fails.
  template <class Step>
  void update(Step step) {
    const coordinator::StreamsUpdateContext context{
        .at = {.now = Instant() + std::chrono::milliseconds(now_ms_),
               .wall_ms = now_ms_,
               .next_offset = static_cast<std::int64_t>(log_.size())},
        .topics = *topics_,
        .settings = settings_};
    StreamsUpdate update(std::string(kGroup), group_ ? &*group_ : nullptr, notes_, context);
    if constexpr (std::is_void_v<decltype(step(update))>) {
      step(update);
    } else {
      if (auto done = step(update); !done) failure_ = std::move(done).error();
    }
    notes_ = update.notes();
    for (const auto& timer : update.timers())
      set(timer);
    if (failure_ || update.records().empty()) return;
    for (Record& record : update.records()) {
      outcome_ += "record " + hex(record.key) + " " + (record.value ? hex(*record.value) : "null") + "\n";
      log_.push_back(std::move(record));
    }
    group_ = update.group();
  }

  void set(const coordinator::TimerEffect& timer) {
    std::string name = "delay ";
    if (timer.key.kind == TimerKind::kMemberSession) name = "session " + timer.key.member;
    if (timer.key.kind == TimerKind::kRevocation) name = "revocation " + timer.key.member;
    if (!timer.deadline) {
      timers_.erase(name);
    } else if (!timer.keeps_earlier || !timers_.contains(name)) {
      const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(*timer.deadline - Instant());
      timers_.insert_or_assign(name, since.count());
    }
  }

  void fire(const std::string& name) {
    const std::string member = name.substr(name.find(' ') + 1);
    if (!group_) {
      notes_.is_delayed = false;
      return;
    }
    update([&](StreamsUpdate& update) -> Result<void> {
      if (name.starts_with("session")) update.session_timed_out(member);
      if (name.starts_with("revocation")) update.revocation_timed_out(member);
      if (name.starts_with("delay")) return update.initial_delay_ended();
      return {};
    });
    failure_.reset();
  }

  static void replay(const Record& record, std::optional<StreamsGroup>& group) {
    const auto type = coordinator::read_prefix(record.key);
    require(type && coordinator::is_streams_group_record(*type), "only such records are written");
    const auto read = coordinator::decode_streams_group_record(
        *type, record.key, record.value ? std::optional<ByteView>(*record.value) : std::nullopt);
    require(read.has_value(), "what is written can be read");
    const auto* epoch = std::get_if<coordinator::StreamsEpochRecord>(&read->change);
    if (epoch != nullptr && !epoch->value) {
      group.reset();
      return;
    }
    if (!group && !record.value) return;
    if (!group) group.emplace();
    group->apply(read->change);
  }

  std::unique_ptr<StreamsTopics> topics_;
  coordinator::StreamsGroupSettings settings_;
  std::optional<StreamsGroup> group_;
  coordinator::StreamsNotes notes_;
  std::vector<Record> log_;
  std::map<std::string, TimestampMs> timers_;  ///< when each is due
  TimestampMs now_ms_ = 1'700'000'000'000;
  std::optional<Error> failure_;
  std::string input_;
  std::string outcome_;
};

/// Visits the input and the outcome of each turn.
template <class Visit>
void live(std::uint64_t seed, Visit visit) {
  StreamsLife life(seed);
  MoldauWorld world(life);
  for (int i = 0; i < life.turns(); ++i) {
    world.begin_turn(i == 0 ? topics_text(life.topics()) : "");
    life.turn(world);
    visit(i, world.input(), world.outcome());
  }
}

}  // namespace

std::string streams_life_in_brief(std::uint64_t seed) {
  std::string line = std::to_string(seed) + "\t";
  live(seed, [&](int turn, const std::string& input, const std::string& outcome) {
    line += (turn == 0 ? "" : " ") + fnv_of(input) + ":" + fnv_of(outcome);
  });
  return line;
}

std::string streams_life_in_full(std::uint64_t seed) {
  std::string text = "life " + std::to_string(seed) + "\n";
  live(seed, [&](int turn, const std::string& input, const std::string& outcome) {
    text += "turn " + std::to_string(turn) + "\n" + input + "outcome\n" + outcome;
  });
  return text;
}

}  // namespace moldau::testing
