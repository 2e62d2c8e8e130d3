#include "tests/sim/log_script.h"

#include <algorithm>
#include <optional>
#include <set>

#include "log/clean_shutdown_marker.h"
#include "log/file_content.h"
#include "log/file_names.h"
#include "protocol/records/builder.h"

namespace moldau::sim {
namespace {

constexpr int kSteps = 150;
constexpr const char* kRoot = "/logs";
constexpr const char* kFolder = "t-0";
const log::PartitionName kName{"t", 0};
constexpr std::int64_t kProducers = 3;
constexpr std::size_t kLargestFile = std::size_t{1} << 30;

/// Segments end after some batches; with long ones they do not, and indexes have more entries than fit in
/// memory.
log::OpenOptions options(bool has_long_segments = false) {
  log::OpenOptions options;
  options.config.segment_bytes = has_long_segments ? 1 << 22 : 4000;
  options.config.segment.index_interval_bytes = has_long_segments ? 1 : 200;
  options.config.segment.index_size_max_bytes = has_long_segments ? 1 << 20 : 96;
  options.topic_id = Uuid{1, 2};
  return options;
}

Bytes owned(Buffer buffer) {
  return {buffer.bytes().begin(), buffer.bytes().end()};
}

}  // namespace

LogScript::LogScript(io::sim::World& world, io::sim::Disk& disk)
    : world_(world),
      disk_(disk),
      random_(world.seed().stream("log script")),
      has_long_segments_(random_.one_in(4)) {}

std::string LogScript::open(bool was_clean) {
  host_ = std::make_unique<io::sim::SimHost>(world_, disk_, io::sim::SimHost::Options{.name = "log"});
  auto root = host_->open_root(kRoot);
  if (!root) return goes_on() ? root.error().message : "";
  log_dir_ = *std::move(root);
  const auto start = log::read_offset_checkpoint(*log_dir_, log::kLogStartCheckpointName);
  const auto recovery = log::read_offset_checkpoint(*log_dir_, log::kRecoveryPointCheckpointName);
  if (!start || !recovery) return "a checkpoint cannot be read";
  log::OpenOptions with = options(has_long_segments_);
  with.now_ms = world_.wall_ms();
  with.had_clean_shutdown = was_clean;
  if (const auto found = start->find(kName); found != start->end()) with.log_start_offset = found->second;
  if (const auto found = recovery->find(kName); found != recovery->end()) with.recovery_point = found->second;
  if (!log_dir_->create_directory(kFolder) || !log_dir_->sync()) return "";
  auto folder = log_dir_->open_directory(kFolder);
  if (!folder) return goes_on() ? folder.error().message : "";
  auto opened = log::PartitionLog::open(*std::move(folder), with);
  if (!opened) return goes_on() ? "the log does not open: " + opened.error().message : "";
  log_ = *std::move(opened);
  return {};
}

std::string LogScript::run() {
  std::string complaint = open(false);
  for (int i = 0; i < kSteps && complaint.empty() && goes_on(); ++i) {
    complaint = step();
  }
  // What is wrong behind a crash is for recover() to see.
  return goes_on() ? complaint : std::string();
}

std::string LogScript::step() {
  world_.run_for(std::chrono::milliseconds(random_.below(50)));
  switch (random_.below(24)) {
    case 0:
      truncate();
      break;
    case 1:
      return close_and_open();
    case 2:
      return end_and_open();
    case 3:
      advance_start();
      break;
    case 4:
      if (!log_->roll(world_.wall_ms())) return {};
      break;
    case 5:
    case 6:
    case 7:
      flush();
      break;
    case 8:
    case 9:
      end_transaction();
      break;
    case 10:
      if (random_.one_in(4)) begin_anew();
      break;
    case 11:
      if (has_long_segments_ && random_.one_in(2)) append_many();
      break;
    default:
      append_some();
  }
  return {};
}

void LogScript::append(Bytes batch, log::AppendOrigin origin) {
  const auto appended =
      log_->append_as_leader(batch, epoch_, world_.wall_ms(), {.origin = origin, .transaction_version = 0});
  // Offset and epoch stand in the batch by now, whatever became of it.
  const auto view = records::BatchView::parse(batch);
  if (view) ever_.emplace(view->base_offset(), batch);
  if (appended) expected_.push_back({appended->base_offset, appended->last_offset, batch});
}

void LogScript::append_some() {
  const std::int64_t id = static_cast<std::int64_t>(random_.below(kProducers + 1)) - 1;
  records::BatchSpec spec;
  const std::size_t count = 1 + random_.below(5);
  if (id >= 0) {
    Producer& producer = producers_[id];
    if (!producer.is_in_transaction) producer.is_in_transaction = random_.one_in(2);
    spec.producer_id = id;
    spec.producer_epoch = 0;
    spec.base_sequence = producer.next_sequence;
    spec.is_transactional = producer.is_in_transaction;
    producer.next_sequence += static_cast<std::int32_t>(count);
  }
  records::BatchBuilder builder(spec);
  for (std::size_t i = 0; i < count; ++i) {
    std::string value(random_.below(200), static_cast<char>('a' + random_.below(26)));
    builder.append({.timestamp_ms = world_.wall_ms() - static_cast<TimestampMs>(random_.below(20)),
                    .value = as_bytes(value)});
  }
  append(owned(std::move(builder).build()), log::AppendOrigin::kCoordinator);
}

void LogScript::append_many() {
  // As a follower gets them: many batches in one piece.
  constexpr std::size_t kBatches = 1200;
  Bytes batches;
  std::vector<Appended> each;
  std::int64_t offset = log_->log_end_offset();
  for (std::size_t i = 0; i < kBatches; ++i, ++offset) {
    records::BatchBuilder builder({.base_offset = offset, .partition_leader_epoch = epoch_});
    builder.append({.timestamp_ms = world_.wall_ms() + static_cast<TimestampMs>(i), .value = as_bytes("x")});
    each.push_back({offset, offset, owned(std::move(builder).build())});
    batches.insert(batches.end(), each.back().bytes.begin(), each.back().bytes.end());
    ever_.emplace(offset, each.back().bytes);
  }
  if (log_->append_as_is(batches, world_.wall_ms()))
    expected_.insert(expected_.end(), each.begin(), each.end());
}

void LogScript::end_transaction() {
  for (auto& [id, producer] : producers_) {
    if (!producer.is_in_transaction) continue;
    records::BatchBuilder builder(
        {.producer_id = id, .producer_epoch = 0, .is_transactional = true, .is_control = true});
    builder.append_end_txn_marker(
        world_.wall_ms(), random_.one_in(2) ? records::ControlType::kAbort : records::ControlType::kCommit,
        0);
    append(owned(std::move(builder).build()), log::AppendOrigin::kCoordinator);
    producer.is_in_transaction = false;
    return;
  }
}

void LogScript::write_checkpoint(std::string_view name, std::int64_t offset) {
  // A failure ends the process, and with it the script.
  (void)log::write_offset_checkpoint(*log_dir_, name, {{kName, offset}});
}

void LogScript::flush() {
  const auto work = log_->begin_flush();
  if (!work || !work->run()) return;
  log_->flushed(work->ticket);
  durable_ = expected_;
  if (random_.one_in(2)) write_checkpoint(log::kRecoveryPointCheckpointName, log_->recovery_point());
}

void LogScript::truncate() {
  const std::int64_t start = log_->log_start_offset();
  const auto span = static_cast<std::uint64_t>(log_->log_end_offset() - start);
  const std::int64_t to = log_->log_end_offset() - static_cast<std::int64_t>(random_.below(span / 4 + 1));
  const auto is_cut = [to](const Appended& batch) { return batch.last_offset >= to; };
  std::erase_if(expected_, is_cut);
  std::erase_if(durable_, is_cut);
  ++epoch_;
  write_checkpoint(log::kRecoveryPointCheckpointName, std::min(to, log_->recovery_point()));
  if (goes_on()) (void)log_->truncate_to(to, world_.wall_ms());
}

void LogScript::begin_anew() {
  expected_.clear();
  durable_.clear();
  ++epoch_;
  const std::int64_t offset = log_->log_end_offset() + static_cast<std::int64_t>(random_.below(10));
  // As a follower that is behind its leader's start does: first it says so, then it drops what it has.
  write_checkpoint(log::kRecoveryPointCheckpointName, 0);
  if (!log_->truncate_fully_and_start_at(offset, world_.wall_ms())) return;
  write_checkpoint(log::kLogStartCheckpointName, offset);
}

void LogScript::advance_start() {
  const auto span = static_cast<std::uint64_t>(log_->log_end_offset() - log_->log_start_offset());
  const std::int64_t to = log_->log_start_offset() + static_cast<std::int64_t>(random_.below(span / 3 + 1));
  const auto is_below = [to](const Appended& batch) { return batch.last_offset < to; };
  std::erase_if(expected_, is_below);
  std::erase_if(durable_, is_below);
  write_checkpoint(log::kLogStartCheckpointName, to);
  if (!goes_on() || !log_->advance_log_start(to)) return;
  if (log_->drop_segments_below(to) && random_.one_in(2)) flush();
}

std::string LogScript::close_and_open() {
  if (!log_->close_clean()) return {};
  durable_ = expected_;
  write_checkpoint(log::kRecoveryPointCheckpointName, log_->recovery_point());
  log_.reset();
  plant_leftovers();
  host_.reset();
  if (auto complaint = open(true); !complaint.empty() || !goes_on()) return complaint;
  return check(false);
}

std::string LogScript::end_and_open() {
  log_.reset();
  host_.reset();
  if (auto complaint = open(false); !complaint.empty() || !goes_on()) return complaint;
  return check(false);
}

void LogScript::plant_leftovers() {
  const auto folder = log_dir_->open_directory(kFolder);
  if (!folder) return;
  const auto entries = (*folder)->list();
  if (!entries || entries->empty()) return;
  const auto put = [&](const std::string& name, ByteView content) {
    const auto file = (*folder)->open_file(name, io::OpenMode::kCreate);
    return file && (*file)->write_at(0, content) && (*file)->sync();
  };
  if (!put("00000000000000000000.log.deleted", {}) ||
      !put("00000000000000999999.index", as_bytes("orphaned")) ||
      !put("00000000000000999999.timeindex.cleaned", {})) {
    return;
  }
  // The first segment as a compaction that removed nothing leaves it before the last step: written under
  // another name, synced, and renamed.
  const std::string first = std::ranges::find_if(*entries, [](const io::DirectoryEntry& entry) {
                              return entry.name.ends_with(log::kLogSuffix);
                            })->name;
  const std::string stem = first.substr(0, first.size() - log::kLogSuffix.size());
  std::vector<std::string> cleaned;
  for (const std::string_view suffix :
       {log::kLogSuffix, log::kOffsetIndexSuffix, log::kTimeIndexSuffix, log::kTransactionIndexSuffix}) {
    const auto content = log::read_small_file(**folder, stem + std::string(suffix), kLargestFile);
    if (!content) return;
    if (!*content) continue;
    cleaned.push_back(stem + std::string(suffix));
    if (!put(cleaned.back() + std::string(log::kCleanedSuffix), **content)) return;
  }
  for (const std::string& name : cleaned) {
    if (!(*folder)->rename(name + std::string(log::kCleanedSuffix), name + std::string(log::kSwapSuffix)))
      return;
  }
  (void)(*folder)->sync();
}

std::string LogScript::recover(bool power_is_cut) {
  log_.reset();
  log_dir_.reset();
  host_.reset();
  disk_.stop_failing();
  if (power_is_cut) disk_.cut_power();
  if (auto complaint = open(false); !complaint.empty()) return complaint;
  if (auto complaint = check(power_is_cut); !complaint.empty()) return complaint;
  return close_and_open();
}

std::string LogScript::check(bool power_was_cut) {
  std::vector<Appended> found;
  std::int64_t offset = log_->log_start_offset();
  while (offset < log_->log_end_offset()) {
    const auto bytes = log_->read_bytes(offset, 1, log_->log_end_offset(), true);
    if (!bytes) return "the log cannot be read at " + std::to_string(offset) + ": " + bytes.error().message;
    // A truncation into a batch leaves the end behind the last one.
    if (bytes->empty()) break;
    const auto batch = records::BatchView::parse(*bytes);
    if (!batch || !batch->is_valid()) return "no batch at " + std::to_string(offset);
    const auto [from, to] = ever_.equal_range(batch->base_offset());
    const bool is_known = std::any_of(from, to, [&](const auto& each) { return each.second == *bytes; });
    if (!is_known) return "the batch at " + std::to_string(offset) + " was never appended";
    found.push_back({batch->base_offset(), batch->last_offset(), *bytes});
    offset = batch->next_offset();
  }
  for (const Appended& batch : power_was_cut ? durable_ : expected_) {
    const auto at = std::ranges::find(found, batch.base_offset, &Appended::base_offset);
    if (at == found.end() || at->bytes != batch.bytes) {
      return "the batch at " + std::to_string(batch.base_offset) + " is lost";
    }
  }
  if (auto complaint = check_producers(found); !complaint.empty()) return complaint;
  expected_ = found;
  return {};
}

std::string LogScript::check_producers(const std::vector<Appended>& found) {
  log::ProducerState state(options().config.producer_id_expiration_ms);
  std::vector<log::AbortedTransaction> aborted;
  for (const Appended& each : found) {
    const auto batch = records::BatchView::parse(each.bytes);
    const auto completed = state.apply(*batch);
    if (!completed || !*completed) continue;
    state.complete(**completed);
    if ((*completed)->is_abort) {
      aborted.push_back({(*completed)->producer_id, (*completed)->first_offset, (*completed)->last_offset});
    }
  }
  for (const log::ProducerEntry* entry : state.entries()) {
    const log::ProducerEntry* known = log_->producers().find(entry->producer_id);
    if (known == nullptr) return "producer " + std::to_string(entry->producer_id) + " is unknown";
    // Below the log's start there may be more than its batches tell.
    const bool has_data = !entry->batches.empty();
    if ((has_data && known->last_sequence() != entry->last_sequence()) || known->epoch != entry->epoch ||
        (log_->log_start_offset() == 0 &&
         known->transaction_first_offset != entry->transaction_first_offset)) {
      return "producer " + std::to_string(entry->producer_id) + " is known wrongly";
    }
  }
  const auto listed = log_->aborted_transactions(log_->log_start_offset(), log_->log_end_offset());
  if (!listed) return "the aborted transactions cannot be read";
  for (const log::AbortedTransaction& one : aborted) {
    const bool is_listed = std::ranges::any_of(*listed, [&](const log::AbortedTransaction& each) {
      return each.producer_id == one.producer_id && each.last_offset == one.last_offset;
    });
    if (!is_listed) return "the transaction aborted at " + std::to_string(one.last_offset) + " is not listed";
  }
  // Where the script goes on, its producers go on from what is there.
  for (auto& [id, producer] : producers_) {
    const log::ProducerEntry* known = log_->producers().find(id);
    producer.next_sequence = known == nullptr ? 0 : known->last_sequence() + 1;
    producer.is_in_transaction = known != nullptr && known->transaction_first_offset.has_value();
  }
  return {};
}

}  // namespace moldau::sim
