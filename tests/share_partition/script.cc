#include "tests/share_partition/script.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "share/state_error.h"

namespace moldau::testing {

using share::SharePartition;

namespace {

constexpr std::size_t kMostHeld = 12;

template <std::size_t N>
int one_of(Chance& chance, const std::array<int, N>& values) {
  return values[static_cast<std::size_t>(chance.below(static_cast<int>(N)))];
}

std::string member_of(int member) {
  return "m" + std::to_string(member);
}

template <class Items, class Text>
std::string joined(const Items& items, Text text) {
  std::string all;
  for (const auto& item : items) {
    if (!all.empty()) all += ' ';
    all += text(item);
  }
  return all.empty() ? "-" : all;
}

std::string range_text(std::int64_t first, std::int64_t last) {
  return std::to_string(first) + "-" + std::to_string(last);
}

std::string state_text(const share::InFlightState& state) {
  std::string text =
      std::to_string(static_cast<int>(state.state())) + "x" + std::to_string(state.delivery_count());
  if (state.holder() != nullptr) text += *state.holder();
  if (state.is_in_transition()) text += '~';
  if (state.lock())
    text += "@" + std::to_string(state.lock()->deadline.since_start() / std::chrono::milliseconds(1));
  return text;
}

std::string error_text(const Error& error) {
  return "  error " + std::to_string(static_cast<int>(error.code)) + " " + error.message + "\n";
}

MadeLog::Shape draw_shape(Chance& chance) {
  return {.most_records = one_of<5>(chance, {1, 3, 8, 15, 60}),
          .has_holes = chance.one_in(2),
          .has_transactions = chance.one_in(3)};
}

std::int64_t draw_start(Chance& chance, const MadeLog& log) {
  return log.start_offset() + (chance.one_in(2) ? 0 : chance.below(30));
}

}  // namespace

Script::Script(std::uint64_t seed)
    : chance_(seed),
      modes_(chance_.below(3)),
      log_(chance_, draw_shape(chance_)),
      kept_(chance_, draw_start(chance_, log_)),
      partition_(partition_id(), leader_epoch_, limits_) {}

share::SharePartitionId Script::partition_id() {
  return {
      .group = "g", .topic_id = Uuid::parse("AAAAAAAAAAAAAAAAAAAACg").value(), .topic = "t", .partition = 3};
}

void Script::draw_limits() {
  limits_.max_record_locks = one_of<5>(chance_, {5, 10, 20, 50, 200});
  limits_.max_delivery_count = one_of<6>(chance_, {2, 3, 4, 5, 6, 10});
  limits_.lock_duration = std::chrono::milliseconds(one_of<3>(chance_, {1000, 1000, 1500}));
  limits_.may_renew_locks = !chance_.one_in(4);
  partition_.set_limits(limits_);
  say("limits " + std::to_string(limits_.max_record_locks) + " " +
      std::to_string(limits_.max_delivery_count) + " " +
      std::to_string(limits_.lock_duration / std::chrono::milliseconds(1)) + " " +
      std::to_string(static_cast<int>(limits_.may_renew_locks)) + "\n");
}

std::string Script::run() {
  is_committed_only_ = chance_.one_in(2);
  const int steps = 20 + chance_.below(80);
  draw_limits();
  is_over_ = !load();
  for (int i = 0; i < steps && !is_over_; ++i) {
    say(std::to_string(i) + " ");
    step();
    if (!is_over_) expire();
    if (!is_over_) show();
  }
  return std::move(text_);
}

bool Script::load() {
  KeptState::Read state = kept_.read();
  if (chance_.one_in(60)) {
    state.error_code = static_cast<ErrorCode>(one_of<4>(chance_, {16, 15, 123, 124}));
    state.error_message = "why";
  }
  say("load " + std::to_string(state.start_offset) + " " +
      joined(state.state_batches,
             [](const auto& batch) {
               return range_text(batch.first_offset, batch.last_offset) + ":" +
                      std::to_string(batch.delivery_state) + "x" + std::to_string(batch.delivery_count);
             }) +
      "\n");
  if (Result<bool> begun = partition_.begin_load(); !begun) {
    say(error_text(begun.error()));
    return false;
  }
  if (Result<void> loaded = partition_.load(state); !loaded) {
    say(error_text(loaded.error()));
    return false;
  }
  show();
  return true;
}

void Script::step() {
  const int which = chance_.below(100);
  if (which < 36) return fetch();
  if (which < 62) return acknowledge();
  if (which < 65) return release();
  if (which < 75) return pass_time();
  if (which < 88) return finish();
  if (which < 91) {
    const std::int64_t offset = log_.start_offset() + 1 + chance_.below(20);
    log_.move_start(offset);
    say("log start " + std::to_string(offset) + "\n");
    if (chance_.one_in(2)) partition_.move_log_start(offset);
  } else if (which < 93) {
    say("compact\n");
    log_.lose(chance_);
  } else if (which < 96) {
    say("grow\n");
    log_.grow(chance_);
  } else if (which < 97) {
    draw_limits();
  } else if (which < 98) {
    reload();
  } else {
    planned_offset_ = partition_.next_fetch_offset();
    say("plan " + std::to_string(*planned_offset_) + "\n");
  }
}

void Script::fetch() {
  const int member = chance_.below(3);
  const bool can_acquire = partition_.can_acquire();
  const std::int64_t offset = planned_offset_ ? *planned_offset_ : partition_.next_fetch_offset();
  planned_offset_.reset();
  say("fetch " + member_of(member) + " at " + std::to_string(offset) + " can " +
      std::to_string(static_cast<int>(can_acquire)));
  if (!can_acquire && !chance_.one_in(6)) return say("\n");
  if (offset < log_.start_offset()) {
    partition_.move_log_start(log_.start_offset());
    return say(" out of range " + std::to_string(log_.start_offset()) + "\n");
  }
  const std::vector<share::FetchedBatch> batches = log_.read(offset, 1 + chance_.below(6));
  share::AcquireRequest request{.fetch_offset = offset, .batches = batches};
  const bool is_exact = modes_ == 1 || (modes_ == 2 && chance_.one_in(2));
  request.mode = is_exact ? share::AcquireMode::kRecordLimit : share::AcquireMode::kBatchOptimized;
  request.batch_size = one_of<5>(chance_, {1, 3, 5, 10, 100});
  request.max_records = chance_.one_in(30) ? 0 : one_of<7>(chance_, {1, 2, 5, 10, 20, 50, 500});
  std::vector<share::AbortedTransaction> aborted;
  if (is_committed_only_ && !batches.empty()) aborted = log_.aborted(offset, batches.back().last_offset);
  request.aborted = aborted;
  const std::string name = member_of(member);
  request.member = name;
  say(" batches " +
      joined(batches,
             [](const auto& batch) {
               return range_text(batch.base_offset, batch.last_offset) + (batch.is_abort_marker ? "!" : "");
             }) +
      " aborted " + std::to_string(aborted.size()) + " size " + std::to_string(request.batch_size) +
      " most " + std::to_string(request.max_records) + (is_exact ? " exact\n" : "\n"));
  acquire(member, request);
}

void Script::acquire(int member, const share::AcquireRequest& request) {
  const share::Acquired acquired = partition_.acquire(request, now());
  say("  acquired " +
      joined(acquired.ranges,
             [](const auto& range) {
               return range_text(range.first_offset, range.last_offset) + "x" +
                      std::to_string(range.delivery_count);
             }) +
      " count " + std::to_string(acquired.count) + "\n");
  if (!acquired.ranges.empty()) {
    const share::SentBatches sent = share::sent_batches(request.batches, acquired.ranges);
    say("  sent " +
        range_text(request.batches[sent.first].base_offset, request.batches[sent.end - 1].last_offset) +
        "\n");
  }
  for (const auto& range : acquired.ranges)
    held_.push_back({.member = member, .first_offset = range.first_offset, .last_offset = range.last_offset});
  if (held_.size() > kMostHeld) held_.erase(held_.begin(), held_.end() - kMostHeld);
}

void Script::acknowledge() {
  const int count = chance_.one_in(4) ? 2 + chance_.below(2) : 1;
  int member = -1;
  std::vector<Asked> asked;
  for (int i = 0; i < count; ++i)
    asked.push_back(draw_asked(member));
  if (chance_.one_in(15)) member = chance_.below(3);
  std::vector<share::AcknowledgementBatch> batches;
  for (const Asked& batch : asked) {
    batches.push_back(
        {.first_offset = batch.first_offset, .last_offset = batch.last_offset, .types = batch.types});
  }
  say("acknowledge " + member_of(member) + " " +
      joined(asked,
             [](const Asked& batch) {
               std::string types;
               for (const std::int8_t type : batch.types)
                 types += (types.empty() ? "" : ",") + std::to_string(type);
               return range_text(batch.first_offset, batch.last_offset) + ":" + types;
             }) +
      "\n");
  Result<std::optional<SharePartition::Write>> write =
      partition_.acknowledge(member_of(member), batches, now());
  if (write) return take(std::move(*write), true);
  say(error_text(write.error()));
}

Script::Asked Script::draw_asked(int& member) {
  Asked asked;
  if (held_.empty() || chance_.one_in(12)) {
    asked.first_offset = partition_.start_offset() - 5 + chance_.below(30);
    asked.last_offset = asked.first_offset + chance_.below(8);
    if (member < 0) member = chance_.below(3);
  } else {
    const auto at = static_cast<std::size_t>(chance_.below(static_cast<int>(held_.size())));
    const Held held = held_[at];
    if (member < 0) member = held.member;
    asked.first_offset = held.first_offset;
    asked.last_offset = held.last_offset;
    const auto size = static_cast<int>(held.last_offset - held.first_offset + 1);
    const int shape = chance_.below(8);
    if (shape == 0) asked.last_offset = asked.first_offset + chance_.below(size);
    if (shape == 1) asked.first_offset += chance_.below(size);
    if (shape == 2) {
      const Held& other = held_[static_cast<std::size_t>(chance_.below(static_cast<int>(held_.size())))];
      asked.last_offset = std::max(asked.last_offset, other.last_offset);
    }
    if (!chance_.one_in(3)) held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  const std::int64_t size = asked.last_offset - asked.first_offset + 1;
  const bool is_each = chance_.one_in(3) && size <= 60;
  for (std::int64_t i = 0; i < (is_each ? size : 1); ++i)
    asked.types.push_back(draw_type());
  return asked;
}

std::int8_t Script::draw_type() {
  constexpr std::array<std::int8_t, 10> kTypes = {1, 1, 1, 1, 2, 2, 2, 3, 4, 0};
  if (chance_.one_in(200)) return 5;
  return kTypes[static_cast<std::size_t>(chance_.below(10))];
}

void Script::release() {
  const int member = chance_.below(3);
  say("release " + member_of(member) + "\n");
  take(partition_.release(member_of(member)), true);
}

void Script::pass_time() {
  const int passed_ms = one_of<5>(chance_, {100, 400, 500, 1000, 1500});
  now_ms_ += passed_ms;
  say("time " + std::to_string(passed_ms) + "\n");
}

void Script::take(std::optional<SharePartition::Write> write, bool is_asked_for) {
  if (!write) return say("  done\n");
  say("  write " + std::to_string(write->data.state_epoch) + " " + std::to_string(write->data.leader_epoch) +
      " " + std::to_string(write->data.start_offset) + " " +
      std::to_string(write->data.delivery_complete_count) + " " +
      joined(write->data.state_batches,
             [](const auto& batch) {
               return range_text(batch.first_offset, batch.last_offset) + ":" +
                      std::to_string(batch.delivery_state) + "x" + std::to_string(batch.delivery_count);
             }) +
      "\n");
  pending_.push_back({.write = std::move(*write), .is_asked_for = is_asked_for});
}

void Script::finish() {
  say("finish");
  if (pending_.empty()) return say("\n");
  const int at = chance_.one_in(4) ? chance_.below(static_cast<int>(pending_.size())) : 0;
  const Pending pending = std::move(pending_[static_cast<std::size_t>(at)]);
  pending_.erase(pending_.begin() + at);
  const int error = chance_.one_in(4) ? one_of<7>(chance_, {16, 14, 15, 3, 69, 123, 124}) : 0;
  say(" " + std::to_string(at) + " " + std::to_string(error) + "\n");
  if (error == 0) kept_.write(pending.write.data);
  const bool is_moved = partition_.finish_write(pending.write.id, error == 0);
  if (!pending.is_asked_for) return;
  say(error == 0 ? "  done\n" : error_text(share::client_error(static_cast<ErrorCode>(error), "why")));
  if (is_moved) say("  wakes\n");
}

void Script::expire() {
  std::optional<SharePartition::Write> write = partition_.expire_locks(now());
  if (!write) return;
  say("  expired\n");
  take(std::move(write), false);
}

void Script::reload() {
  say("reload\n");
  pending_.clear();
  partition_ = SharePartition(partition_id(), ++leader_epoch_, limits_);
  is_over_ = !load();
}

void Script::show() {
  std::string text = "  = " + range_text(partition_.start_offset(), partition_.end_offset()) + " complete " +
                     std::to_string(partition_.delivery_complete_count());
  if (chance_.one_in(2)) text += " next " + std::to_string(partition_.next_fetch_offset());
  if (const std::optional<Instant> deadline = partition_.next_lock_deadline()) {
    text += " expires " + std::to_string(deadline->since_start() / std::chrono::milliseconds(1));
  }
  for (const auto& [first_offset, batch] : partition_.batches()) {
    text += " " + range_text(first_offset, batch.last_offset());
    if (!batch.is_split()) {
      text += ":" + state_text(batch.state());
      continue;
    }
    for (std::int64_t offset = first_offset; offset <= batch.last_offset(); ++offset)
      text += (offset == first_offset ? "[" : ",") + state_text(batch.state_at(offset));
    text += "]";
  }
  say(text + "\n");
}

}  // namespace moldau::testing
