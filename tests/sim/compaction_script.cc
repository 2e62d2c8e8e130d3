#include "tests/sim/compaction_script.h"

#include <algorithm>
#include <set>

#include "log/file_names.h"
#include "log/log_cleaning.h"
#include "protocol/records/builder.h"
#include "protocol/records/record_iterator.h"

namespace moldau::sim {
namespace {

constexpr int kSteps = 120;
constexpr const char* kRoot = "/logs";
constexpr const char* kFolder = "t-0";
const log::PartitionName kName{"t", 0};
constexpr std::uint64_t kKeys = 6;
constexpr std::uint64_t kProducers = 3;
constexpr std::int64_t kDeleteRetentionMs = 200;

log::OpenOptions options() {
  log::OpenOptions options;
  options.config.segment_bytes = 900;
  options.config.segment.index_interval_bytes = 100;
  options.config.segment.index_size_max_bytes = 480;
  options.topic_id = Uuid{1, 2};
  return options;
}

Bytes owned(Buffer buffer) {
  return {buffer.bytes().begin(), buffer.bytes().end()};
}

std::int64_t offset_in(io::Directory& log_dir, std::string_view name) {
  const auto offsets = log::read_offset_checkpoint(log_dir, name);
  if (!offsets) return 0;
  const auto found = offsets->find(kName);
  return found == offsets->end() ? 0 : found->second;
}

}  // namespace

CompactionScript::CompactionScript(io::sim::World& world, io::sim::Disk& disk, WrapHost wrap)
    : world_(world), disk_(disk), random_(world.seed().stream("compaction script")), wrap_(std::move(wrap)) {}

/// An error is one only where the process has not ended.
std::string CompactionScript::complain(const Error& error) const {
  return goes_on() ? error.message : std::string();
}

std::string CompactionScript::open(bool was_clean) {
  host_ = std::make_unique<io::sim::SimHost>(world_, disk_, io::sim::SimHost::Options{.name = "log"});
  if (wrap_) wrapped_ = wrap_(*host_);
  auto root = wrapped_ == nullptr ? host_->open_root(kRoot) : wrapped_->open_root(kRoot);
  if (!root) return complain(root.error());
  log_dir_ = *std::move(root);
  log::OpenOptions with = options();
  with.now_ms = world_.wall_ms();
  with.had_clean_shutdown = was_clean;
  with.recovery_point = offset_in(*log_dir_, log::kRecoveryPointCheckpointName);
  if (!log_dir_->create_directory(kFolder) || !log_dir_->sync()) return "";
  auto folder = log_dir_->open_directory(kFolder);
  if (!folder) return complain(folder.error());
  auto opened = log::PartitionLog::open(*std::move(folder), with);
  if (!opened) return complain(opened.error());
  log_ = *std::move(opened);
  return {};
}

std::string CompactionScript::run() {
  std::string complaint = open(false);
  for (int i = 0; i < kSteps && complaint.empty() && goes_on(); ++i)
    complaint = step();
  return goes_on() ? complaint : std::string();
}

std::string CompactionScript::step() {
  world_.run_for(std::chrono::milliseconds(random_.below(60)));
  switch (random_.below(20)) {
    case 0:
      return random_.one_in(2) ? close_and_open() : end_and_open();
    case 1:
    case 2:
      flush();
      return {};
    case 3:
    case 4:
    case 5:
      end_transaction();
      return {};
    case 6:
    case 7:
      if (auto rolled = log_->roll(world_.wall_ms()); !rolled) return complain(rolled.error());
      return compact();
    default:
      append_some();
      return {};
  }
}

void CompactionScript::append(Bytes batch, std::vector<Written> records) {
  const auto appended = log_->append_as_leader(
      batch, 0, world_.wall_ms(), {.origin = log::AppendOrigin::kCoordinator, .transaction_version = 0});
  // Behind a crash a producer may find its transaction open.
  if (!appended && goes_on()) return;
  // The crash may have kept what it did not answer; the offset stands in the batch by then.
  std::int64_t offset = records::BatchView::parse(batch)->base_offset();
  if (!written_.empty() && offset <= written_.back().offset) return;
  for (Written& each : records) {
    each.offset = offset++;
    written_.push_back(std::move(each));
  }
  if (appended) log_->high_watermark_advanced(log_->log_end_offset());
}

void CompactionScript::append_some() {
  const std::int64_t id = static_cast<std::int64_t>(random_.below(kProducers + 1)) - 1;
  records::BatchSpec spec;
  const std::size_t count = 1 + random_.below(4);
  if (id >= 0) {
    Producer& producer = producers_[id];
    if (!producer.is_in_transaction) producer.is_in_transaction = random_.one_in(2);
    spec.producer_id = id;
    spec.producer_epoch = 0;
    spec.base_sequence = producer.next_sequence;
    spec.is_transactional = producer.is_in_transaction;
    producer.next_sequence += static_cast<std::int32_t>(count);
  }
  if (random_.one_in(4)) spec.codec = records::Codec::kLz4;
  records::BatchBuilder builder(spec);
  std::vector<Written> records;
  for (std::size_t i = 0; i < count; ++i) {
    Written& each = records.emplace_back();
    each.key = "k" + std::to_string(random_.below(kKeys));
    if (!random_.one_in(3)) each.value = std::to_string(random_.next());
    each.producer_id = id;
    each.is_transactional = spec.is_transactional;
    builder.append({.timestamp_ms = world_.wall_ms(),
                    .key = as_bytes(each.key),
                    .value = each.value ? std::optional(as_bytes(*each.value)) : std::nullopt});
  }
  append(owned(std::move(builder).build()), std::move(records));
}

void CompactionScript::end_transaction() {
  for (auto& [id, producer] : producers_) {
    if (!producer.is_in_transaction) continue;
    const bool commits = random_.one_in(2);
    records::BatchBuilder builder(
        {.producer_id = id, .producer_epoch = 0, .is_transactional = true, .is_control = true});
    builder.append_end_txn_marker(world_.wall_ms(),
                                  commits ? records::ControlType::kCommit : records::ControlType::kAbort, 0);
    Written marker;
    marker.producer_id = id;
    marker.commits = commits;
    append(owned(std::move(builder).build()), {marker});
    producer.is_in_transaction = false;
    return;
  }
}

void CompactionScript::write_checkpoint(std::string_view name, std::int64_t offset) {
  // A failure ends the process, and with it the script.
  (void)log::write_offset_checkpoint(*log_dir_, name, {{kName, offset}});
}

void CompactionScript::flush() {
  const auto work = log_->begin_flush();
  if (!work || !work->run()) return;
  log_->flushed(work->ticket);
  durable_end_ = work->ticket.end_offset;
  if (random_.one_in(2)) write_checkpoint(log::kRecoveryPointCheckpointName, log_->recovery_point());
}

std::string CompactionScript::compact() {
  const std::int64_t stable = log_->last_stable_offset(log_->log_end_offset());
  const auto range = log_->cleanable(stable, offset_in(*log_dir_, log::kCleanerCheckpointName),
                                     {.min_cleanable_ratio = 0}, world_.wall_ms());
  if (!range) return complain(range.error());
  if (range->cleanable_bytes == 0) return {};
  auto map = log::OffsetMap::create(log::OffsetMap::kEntryBytes * (random_.one_in(2) ? 5 : 100)).value();
  log::LogCleaning cleaning(log_->plan_cleaning(*range, kDeleteRetentionMs),
                            {.map = &map, .io_buffer_bytes = 512, .may_continue = {}}, world_.wall_ms());
  if (auto read = cleaning.read_keys(); !read) return complain(read.error());
  while (goes_on()) {
    const auto cleaned = cleaning.clean_next();
    if (!cleaned) return complain(cleaned.error());
    if (!*cleaned) {
      write_checkpoint(log::kCleanerCheckpointName, cleaning.end_offset());
      return {};
    }
    // A pass may end before what it made is put in place.
    if (random_.one_in(8)) return {};
    if (random_.one_in(3)) append_some();
    if (auto complaint = put_in_place(**cleaned); !complaint.empty()) return complaint;
  }
  return {};
}

std::string CompactionScript::put_in_place(const log::CleanedSegment& cleaned) {
  const auto swap = log_->begin_swap(cleaned);
  if (!swap) return complain(swap.error());
  if (!*swap) return "a segment is refused though nothing has changed";
  if (random_.one_in(2)) append_some();
  if (random_.one_in(3)) flush();
  if (!goes_on()) return {};
  if (auto complaint = check_all(); !complaint.empty()) return complaint;
  if (auto done = (*swap)->run(); !done) return complain(done.error());
  if (random_.one_in(2)) append_some();
  if (!goes_on()) return {};
  if (auto ended = log_->end_swap(); !ended) return complain(ended.error());
  return check_all();
}

std::string CompactionScript::close_and_open() {
  if (auto closed = log_->close_clean(); !closed) return complain(closed.error());
  durable_end_ = log_->log_end_offset();
  write_checkpoint(log::kRecoveryPointCheckpointName, log_->recovery_point());
  log_.reset();
  host_.reset();
  if (auto complaint = open(true); !complaint.empty() || !goes_on()) return complaint;
  return check_all();
}

std::string CompactionScript::end_and_open() {
  log_.reset();
  host_.reset();
  if (auto complaint = open(false); !complaint.empty() || !goes_on()) return complaint;
  if (auto complaint = check_all(); !complaint.empty()) return complaint;
  return check_producers();
}

std::string CompactionScript::recover(bool power_is_cut) {
  const std::int64_t end_before = log_ == nullptr ? durable_end_ : log_->log_end_offset();
  log_.reset();
  log_dir_.reset();
  host_.reset();
  disk_.stop_failing();
  if (power_is_cut) disk_.cut_power();
  if (auto complaint = open(false); !complaint.empty()) return complaint;
  const std::int64_t end = log_->log_end_offset();
  if (end < (power_is_cut ? durable_end_ : end_before)) {
    return "the log ends at " + std::to_string(end) + ", durable was " + std::to_string(durable_end_);
  }
  std::erase_if(written_, [&](const Written& each) { return each.offset >= end; });
  if (auto complaint = power_is_cut ? forget_lost() : ""; !complaint.empty()) return complaint;
  if (auto complaint = check_all(); !complaint.empty()) return complaint;
  // A pass over what is left, and all of it again.
  if (auto rolled = log_->roll(world_.wall_ms()); !rolled) return rolled.error().message;
  if (auto complaint = compact(); !complaint.empty()) return complaint;
  return close_and_open();
}

CompactionRun::CompactionRun(std::uint64_t seed, io::sim::CallNumber crash_at, const WrapHost& wrap) {
  io::sim::World world(seed);
  io::sim::Disk disk(world.seed(), "disk");
  if (crash_at > 0) disk.fail_at({.kind = io::sim::DiskFault::Kind::kCrash, .call = crash_at});
  CompactionScript script(world, disk, wrap);
  complaint_ = script.run();
  calls_ = disk.calls();
  if (complaint_.empty()) {
    const bool power_is_cut = world.seed().stream("crash " + std::to_string(crash_at)).one_in(2);
    complaint_ = script.recover(power_is_cut);
    if (!complaint_.empty()) complaint_ = (power_is_cut ? "power cut: " : "kill: ") + complaint_;
  }
  sites_ = disk.sites();
}

}  // namespace moldau::sim
