#include "tests/sim/crash_script.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "io/sim/host.h"
#include "tests/sim/index_check.h"

namespace moldau::sim {
namespace {

constexpr std::uint64_t kRounds = 100;
constexpr std::size_t kRecordsPerBatch = 25;
constexpr const char* kGroup = "readers";

// The rounds at which something else than producing happens.
constexpr std::uint64_t kDeletion = 20;
constexpr std::uint64_t kNewCreation = 25;
constexpr std::uint64_t kCleanStop = 40;
constexpr std::uint64_t kKill = 60;
constexpr std::uint64_t kPowerCut = 80;
constexpr std::uint64_t kRoundsPerCommit = 4;
constexpr std::uint64_t kRoundsPerShareStart = 3;
constexpr std::uint64_t kRoundsPerPause = 10;
/// Longer than the interval of the offset checkpoints and the delay of deletions.
constexpr Duration kPause = std::chrono::seconds(6);
/// Longer than what is kept for a time is kept, and than the time between two looks at it.
constexpr Duration kRetention = std::chrono::seconds(61);

/// How a topic of the script is made.
struct Plan {
  std::string_view name;
  std::int32_t partitions;
  TopicSettings settings;
  bool survives_power_cut;
  bool is_idempotent;
  std::size_t value_bytes;
  std::optional<std::int64_t> retention_ms = {};
};

const std::vector<Plan>& plans() {
  static const std::vector<Plan> kAll = {
      // Its index is full after a few batches, and what is acknowledged is on disk.
      {"flushed",
       2,
       {{"flush.messages", "1"}, {"index.interval.bytes", "1000"}, {"segment.index.bytes", "96"}},
       true,
       true,
       60},
      // Its segments end by age.
      {"cached", 1, {{"segment.ms", "10000"}}, false, false, 90},
      // Its segments end by size.
      {"sized", 1, {{"segment.bytes", "1048576"}}, false, false, 1600},
      // Its segments go when they are old, in the end all of them.
      {"aged",
       1,
       {{"flush.messages", "1"}, {"segment.ms", "5000"}, {"retention.ms", "10000"}},
       true,
       true,
       30,
       10'000},
      // It is deleted and made again.
      {"victim", 1, {{"flush.messages", "1"}, {"file.delete.delay.ms", "1000"}}, true, false, 40},
  };
  return kAll;
}

const Plan& plan_of(std::string_view name) {
  return *std::ranges::find(plans(), name, &Plan::name);
}

}  // namespace

CrashScript::CrashScript(io::sim::World& world, io::sim::Disk& disk, BrokerProcess::Settings settings)
    : world_(world),
      disk_(disk),
      settings_(std::move(settings)),
      random_(world.seed().stream("script")),
      client_(world, [this] { return goes_on(); }),
      share_starts_(client_) {}

std::string CrashScript::run() {
  if (auto complaint = start(); !complaint.empty()) return complaint;
  for (const Plan& plan : plans()) {
    if (goes_on()) make_topic(std::string(plan.name));
  }
  if (goes_on()) client_.find_coordinator(kGroup);
  if (goes_on()) {
    const auto complaint = share_starts_.begin(ledger_.topics["flushed"].id);
    if (!complaint.empty() && goes_on() && !disk_.has_failed()) return complaint;
  }
  if (auto complaint = run_rounds(); !complaint.empty()) return complaint;
  // Snapshots and log are held against their retention once a minute.
  if (goes_on()) world_.run_until([this] { return !goes_on(); }, kRetention);
  return goes_on() ? stop() : std::string();
}

std::string CrashScript::run_rounds() {
  for (std::uint64_t round = 1; round <= kRounds && goes_on(); ++round) {
    produce_round(round);
    if (goes_on() && round % kRoundsPerCommit == 0) commit_offset();
    if (goes_on() && round % kRoundsPerShareStart == 0) share_starts_.move();
    if (goes_on() && round == kDeletion) delete_topic("victim");
    if (goes_on() && round == kNewCreation) make_topic("victim");
    if (goes_on() && round % kRoundsPerPause == 0) world_.run_until([this] { return !goes_on(); }, kPause);
    std::string complaint;
    if (goes_on() && round == kCleanStop) {
      complaint = stop();
      if (complaint.empty() && goes_on()) complaint = restart(false);
    }
    if (goes_on() && round == kKill) complaint = restart(false);
    if (goes_on() && round == kPowerCut) complaint = restart(true);
    if (!complaint.empty()) return "round " + std::to_string(round) + ": " + complaint;
  }
  return {};
}

std::string CrashScript::start() {
  client_.disconnect();
  process_ = std::make_unique<BrokerProcess>(world_, disk_, settings_);
  const auto started = process_->start();
  if (started) {
    client_.connect();
    return {};
  }
  process_.reset();
  return disk_.has_failed() ? std::string() : "the broker did not start: " + started.error().message;
}

std::string CrashScript::stop() {
  client_.disconnect();
  const auto stopped = process_->stop();
  if (stopped) {
    ledger_.closed_cleanly();
    return {};
  }
  return disk_.has_failed() ? std::string() : "the broker did not stop in order: " + stopped.error().message;
}

std::string CrashScript::restart(bool power_is_cut) {
  client_.disconnect();
  process_.reset();
  if (power_is_cut) cut_power();
  plant_unfinished_snapshot();
  if (auto complaint = start(); !complaint.empty() || !goes_on()) return complaint;
  return reconcile();
}

void CrashScript::make_topic(const std::string& name) {
  const Plan& plan = plan_of(name);
  TopicLedger& topic = ledger_.topics[name];
  topic = TopicLedger{.id = {},
                      .partitions = std::vector<PartitionLedger>(static_cast<std::size_t>(plan.partitions))};
  const auto id = client_.create_topic(name, plan.partitions, plan.settings);
  if (!id || *id == Uuid()) return;
  topic.id = *id;
  topic.is_certain = true;
  for (std::size_t i = 0; i < topic.partitions.size() && plan.is_idempotent && goes_on(); ++i) {
    const auto producer_id = client_.new_producer_id();
    if (producer_id)
      last_batches_[{name, i}].place = {.producer_id = *producer_id, .epoch = 0, .sequence = 0};
  }
}

void CrashScript::delete_topic(const std::string& name) {
  TopicLedger& topic = ledger_.topics[name];
  topic.deletion_was_sent = true;
  topic.is_deleted = client_.delete_topic(name) == ErrorCode::kNone;
}

std::vector<std::string> CrashScript::next_values(std::size_t value_bytes) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < kRecordsPerBatch; ++i) {
    std::string value = std::to_string(++values_made_) + ' ';
    const std::size_t size = value_bytes / 2 + random_.below(value_bytes);
    while (value.size() < size) {
      value += static_cast<char>('a' + random_.below(26));
    }
    values.push_back(std::move(value));
  }
  return values;
}

void CrashScript::produce_round(std::uint64_t round) {
  std::size_t left = 0;
  std::size_t connection = 0;
  for (const Plan& plan : plans()) {
    const TopicLedger& topic = ledger_.topics[std::string(plan.name)];
    if (!topic.is_certain || topic.deletion_was_sent) continue;
    // A few batches are enough to have something to delete.
    if (plan.name == "victim" && round % 5 != 0) continue;
    for (std::size_t partition = 0; partition < topic.partitions.size(); ++partition) {
      ++left;
      send_batch(std::string(plan.name), partition, connection++ % ScriptClient::kConnections, left);
    }
  }
  const bool all_answered =
      world_.run_until([&] { return left == 0 || !goes_on(); }, std::chrono::minutes(2));
  // What comes later finds nothing of this round.
  if (!all_answered || left > 0) client_.disconnect();
  // A producer does not go on with another batch where one was refused, and a broker ends itself for it.
  if (saw_storage_error_) world_.run_until([this] { return !goes_on(); }, std::chrono::minutes(1));
}

void CrashScript::send_batch(const std::string& topic, std::size_t partition, std::size_t connection,
                             std::size_t& left) {
  const Plan& plan = plan_of(topic);
  TopicLedger& of_topic = ledger_.topics[topic];
  std::vector<std::string> values = next_values(plan.value_bytes);
  const TimestampMs now_ms = world_.wall_ms();
  ProducerPlace place;
  const auto last = last_batches_.find({topic, partition});
  if (last != last_batches_.end()) {
    place = last->second.place;
    last->second.values = values;
    last->second.stamped_ms = now_ms;
    last->second.is_acknowledged = false;
  }
  const Buffer batch = batch_of(values, now_ms, place);
  SentBatch sent{
      .values = std::move(values), .acknowledged_at = {}, .survives_power_cut = plan.survives_power_cut};
  if (plan.retention_ms) sent.may_go_at_ms = now_ms + *plan.retention_ms;
  of_topic.partitions[partition].sent(std::move(sent));
  client_.produce(of_topic.id, static_cast<std::int32_t>(partition), batch, connection,
                  [this, &left, topic, partition](std::optional<ScriptClient::Produced> outcome) {
                    --left;
                    if (outcome && outcome->error == ErrorCode::kKafkaStorageError) saw_storage_error_ = true;
                    if (!outcome || outcome->error != ErrorCode::kNone) return;
                    ledger_.topics[topic].partitions[partition].last().acknowledged_at = outcome->base_offset;
                    const auto known = last_batches_.find({topic, partition});
                    if (known != last_batches_.end()) {
                      known->second.is_acknowledged = true;
                      known->second.place.sequence += static_cast<std::int32_t>(kRecordsPerBatch);
                    }
                  });
}

void CrashScript::commit_offset() {
  const auto offset = static_cast<std::int64_t>(ledger_.commits.size()) + 1;
  ledger_.commits.push_back(offset);
  if (client_.commit(kGroup, "flushed", offset) == ErrorCode::kNone) {
    ledger_.acknowledged_commits = ledger_.commits.size();
  }
}

std::string CrashScript::reconcile() {
  for (auto& [name, topic] : ledger_.topics) {
    auto complaint = reconcile_topic(name, topic);
    if (!goes_on()) return {};
    if (!complaint.empty()) return complaint.insert(0, "topic " + name + ": ");
  }
  auto complaint = reconcile_commits();
  if (complaint.empty() && goes_on()) complaint = share_starts_.reconcile();
  if (!goes_on()) return {};
  power_was_cut_ = false;
  return complaint;
}

void CrashScript::plant_unfinished_snapshot() {
  io::sim::SimHost host(world_, disk_, {.name = "crash"});
  const auto folder = host.open_root(std::string(BrokerProcess::kDataPath) + "/__cluster_metadata-0");
  if (folder)
    (void)(*folder)->open_file("00000000000000000009-0000000001.checkpoint.part", io::OpenMode::kCreate);
}

void CrashScript::cut_power() {
  disk_.cut_power();
  power_was_cut_ = true;
}

std::string CrashScript::reconcile_topic(const std::string& name, TopicLedger& topic) {
  const auto found = client_.find_topic(name);
  if (!found) return "no answer to Metadata";
  const bool is_there = *found != Uuid();
  if (topic.is_deleted) return is_there && *found == topic.id ? "it was deleted and is there" : "";
  if (!is_there) {
    if (topic.is_certain && !topic.deletion_was_sent) return "it is gone";
    topic.is_certain = false;
    return {};
  }
  if (topic.is_certain && *found != topic.id) return "it has another id";
  topic.id = *found;
  topic.is_certain = true;
  topic.deletion_was_sent = false;
  for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
    const auto log = client_.read_log(name, topic.id, static_cast<std::int32_t>(i));
    if (!goes_on()) return {};
    std::string complaint = log ? topic.partitions[i].reconcile(*log, world_.wall_ms(), power_was_cut_)
                                : std::string(error_name(log.error().code)) + ", " + log.error().message;
    if (!complaint.empty()) return "partition " + std::to_string(i) + ": " + complaint;
  }
  return {};
}

std::string CrashScript::reconcile_commits() {
  if (ledger_.commits.empty()) return {};
  if (!client_.find_coordinator(kGroup)) return "the group has no coordinator";
  const auto found = client_.committed(kGroup, "flushed");
  if (!found) return "no answer to OffsetFetch";
  const std::size_t promised = power_was_cut_ ? ledger_.durable_commits : ledger_.acknowledged_commits;
  const std::size_t there = *found < 0 ? 0 : static_cast<std::size_t>(*found);
  if (there < promised) {
    return "commit " + std::to_string(promised) + " was acknowledged, " + std::to_string(there) + " is there";
  }
  if (there > ledger_.commits.size()) return "commit " + std::to_string(there) + " was never sent";
  ledger_.acknowledged_commits = there;
  ledger_.durable_commits = std::min(ledger_.durable_commits, there);
  return {};
}

std::string CrashScript::send_last_again() {
  for (auto& [key, last] : last_batches_) {
    const auto& [name, partition] = key;
    TopicLedger& topic = ledger_.topics[name];
    if (last.values.empty() || !topic.is_certain) continue;
    PartitionLedger& ledger = topic.partitions[partition];
    const bool is_there = !ledger.empty() && ledger.last().values == last.values;
    ProducerPlace place = last.place;
    // The sequence of an acknowledged batch has been left behind already.
    if (last.is_acknowledged) {
      place.sequence -= static_cast<std::int32_t>(kRecordsPerBatch);
    }
    std::optional<ScriptClient::Produced> outcome;
    bool is_over = false;
    client_.produce(topic.id, static_cast<std::int32_t>(partition),
                    batch_of(last.values, last.stamped_ms, place), 0,
                    [&](std::optional<ScriptClient::Produced> got) {
                      is_over = true;
                      outcome = got;
                    });
    world_.run_until([&] { return is_over || !goes_on(); }, std::chrono::minutes(2));
    if (!outcome) return "no answer to a batch sent again";
    if (outcome->error != ErrorCode::kNone) {
      return "a batch sent again is refused: " + std::string(error_name(outcome->error));
    }
    if (is_there && ledger.last().acknowledged_at != outcome->base_offset) {
      return "a batch sent again is at " + std::to_string(outcome->base_offset);
    }
    if (!is_there) {
      ledger.sent({.values = last.values, .acknowledged_at = {}, .survives_power_cut = true});
      if (const auto& plan = plan_of(name); plan.retention_ms)
        ledger.last().may_go_at_ms = last.stamped_ms + *plan.retention_ms;
    }
    ledger.last().acknowledged_at = outcome->base_offset;
  }
  return {};
}

std::string CrashScript::recover(bool power_is_cut) {
  client_.disconnect();
  process_.reset();
  disk_.stop_failing();
  if (power_is_cut) cut_power();
  IndexCheck indexes(world_, disk_);
  if (auto complaint = start(); !complaint.empty()) return complaint;
  if (auto complaint = reconcile(); !complaint.empty()) return complaint;
  if (auto complaint = stop(); !complaint.empty()) return complaint;
  process_.reset();
  if (auto complaint = indexes.complaint(); !complaint.empty()) return complaint;
  if (auto complaint = restart(false); !complaint.empty()) return "the next start: " + complaint;
  if (auto complaint = send_last_again(); !complaint.empty()) return complaint;
  if (auto complaint = reconcile(); !complaint.empty()) return "after sending again: " + complaint;
  return stop();
}

}  // namespace moldau::sim
