#include "runtime/metadata_log.h"

#include <algorithm>
#include <string>
#include <utility>

#include "log/file_content.h"
#include "metadata/record_frame.h"
#include "observe/log.h"
#include "protocol/records/batch.h"
#include "protocol/records/codec.h"
#include "protocol/records/record_iterator.h"
#include "quorum/control_records.h"
#include "quorum/quorum_state_file.h"
#include "quorum/snapshot.h"
#include "runtime/log_flush.h"

namespace moldau::runtime {
namespace {

constexpr std::int64_t kReplayBytes = std::int64_t{8} << 20;
/// Far above what a quorum-state or the bootstrap records of this release take.
constexpr std::size_t kLargestStateBytes = std::size_t{1} << 20;

/// What the control records say is remembered for the quorum's start.
void take_over(const quorum::ControlContent& control, quorum::Start& start) {
  if (control.kraft_version) start.kraft_version = *control.kraft_version;
  if (control.voters) {
    start.voters = *control.voters;
    start.voters_in_log = true;
  }
}

}  // namespace

MetadataLog::MetadataLog(std::shared_ptr<io::Directory> folder, std::unique_ptr<log::PartitionLog> log,
                         MetadataSnapshots snapshots, const Settings& settings, const Lanes& lanes)
    : folder_(std::move(folder)),
      log_(std::move(log)),
      snapshots_(std::move(snapshots)),
      settings_(settings),
      lanes_(lanes) {}

Result<std::unique_ptr<MetadataLog>> MetadataLog::open(io::Directory& log_dir, const Settings& settings,
                                                       const Lanes& lanes, TimestampMs now_ms) {
  const auto is_there = log_dir.contains(kFolderName);
  if (!is_there) return fail(is_there.error());
  if (!*is_there) {
    if (const auto made = log_dir.create_directory(kFolderName); !made) return fail(made.error());
    // What is synced in it counts only if the folder itself stays.
    if (const auto synced = log_dir.sync(); !synced) return fail(synced.error());
  }
  auto folder = log_dir.open_directory(kFolderName);
  if (!folder) return fail(folder.error());
  log::OpenOptions options;
  options.config.segment_bytes = settings.segment_bytes;
  options.config.segment_ms = settings.segment_ms;
  options.now_ms = now_ms;
  options.topic_id = kClusterMetadataTopicId;
  auto log = log::PartitionLog::open(*folder, options);
  if (!log) return fail(log.error());
  auto snapshots = MetadataSnapshots::open(*folder);
  if (!snapshots) return fail(snapshots.error());
  return std::unique_ptr<MetadataLog>(
      new MetadataLog(std::move(*folder), std::move(*log), std::move(*snapshots), settings, lanes));
}

Result<MetadataLog::Content> MetadataLog::load() {
  Content content;
  if (const auto done = read_newest_snapshot(content); !done) return fail(done.error());
  if (const auto done = replay_log(content); !done) return fail(done.error());
  content.start.log_end_offset = std::max(log_->log_end_offset(), content.next_offset);
  content.start.last_epoch = std::max(content.start.last_epoch, log_->latest_epoch().value_or(0));
  const auto bytes = log::read_small_file(*folder_, quorum::kQuorumStateFileName, kLargestStateBytes);
  if (!bytes) return fail(bytes.error());
  if (*bytes) {
    auto state = quorum::parse_quorum_state(as_text(**bytes));
    if (!state) return fail(state.error());
    content.start.persisted = std::move(*state);
  }
  return content;
}

Result<void> MetadataLog::read_newest_snapshot(Content& content) {
  const auto newest = snapshots_.newest();
  if (!newest) return {};
  const auto snapshot = snapshots_.read(*newest);
  if (!snapshot) return fail(snapshot.error());
  content.start.kraft_version = snapshot->head.kraft_version;
  if (snapshot->head.voters) {
    content.start.voters = *snapshot->head.voters;
    content.start.voters_in_log = *newest != quorum::kBootstrapSnapshotId;
  }
  for (const Bytes& record : snapshot->records) {
    if (const auto done = content.loader.apply(record, newest->end_offset - 1); !done)
      return fail(done.error());
  }
  content.next_offset = newest->end_offset;
  content.start.last_epoch = newest->epoch;
  if (content.next_offset > 0) {
    content.loader.finish_batch(content.next_offset - 1, newest->epoch,
                                snapshot->head.last_contained_log_timestamp_ms);
  }
  return {};
}

Result<void> MetadataLog::replay_log(Content& content) {
  if (content.next_offset > log_->log_end_offset()) {
    // The snapshot reaches beyond the log: the log begins anew behind it (kafka facts 4.5, 8).
    return log_->truncate_fully_and_start_at(content.next_offset, 0);
  }
  if (log_->log_start_offset() > content.next_offset) {
    return fail(ErrorCode::kCorruptMessage, "the metadata log begins at offset " +
                                                std::to_string(log_->log_start_offset()) +
                                                ", and no snapshot stands for what was before it");
  }
  std::int64_t offset = content.next_offset;
  const std::int64_t end = log_->log_end_offset();
  while (offset < end) {
    const auto bytes = log_->read_bytes(offset, kReplayBytes, end, true);
    if (!bytes) return fail(bytes.error());
    if (const auto done = replay_batches(*bytes, content); !done) return fail(done.error());
    if (content.next_offset <= offset) {
      return fail(ErrorCode::kCorruptMessage, "the metadata log ends inside a batch");
    }
    offset = content.next_offset;
  }
  return {};
}

Result<void> MetadataLog::replay_batches(ByteView batches, Content& content) {
  records::DecoderSet decoders;
  records::BatchCursor cursor(batches);
  while (const auto entry = cursor.next()) {
    const auto batch = records::BatchView::parse(entry->bytes);
    if (!batch) return fail(batch.error());
    if (batch->last_offset() < content.next_offset) continue;
    if (batch->is_control()) {
      quorum::ControlContent control;
      if (const auto done = quorum::read_control_batch(*batch, decoders, control); !done)
        return fail(done.error());
      take_over(control, content.start);
    } else {
      auto applied = records::for_each_record(
          *batch, decoders, [&content](const records::RecordView& record) -> Result<void> {
            if (!record.value) return fail(ErrorCode::kInvalidRecord, "a metadata record has no value");
            const auto done = content.loader.apply(*record.value, record.offset);
            return done ? Result<void>() : Result<void>(fail(done.error()));
          });
      if (!applied) return applied;
    }
    content.loader.finish_batch(batch->last_offset(), batch->partition_leader_epoch(),
                                batch->max_timestamp());
    content.next_offset = batch->next_offset();
  }
  return {};
}

Result<void> MetadataLog::persist(const quorum::ElectionState& state, std::int16_t kraft_version) {
  const std::string text = quorum::format_quorum_state(state, kraft_version);
  return log::replace_file(*folder_, quorum::kQuorumStateFileName, as_bytes(text));
}

Result<void> MetadataLog::append(MutableBytes batch, TimestampMs now_ms) {
  const auto appended = log_->append_as_is(batch, now_ms, log::AppendOrigin::kRaftLeader);
  if (!appended) return fail(appended.error());
  return {};
}

quorum::FetchGround MetadataLog::fetch_ground(std::int32_t last_fetched_epoch) const {
  const auto end = log_->end_offset_for_epoch(last_fetched_epoch);
  quorum::FetchGround ground{.log_start_offset = log_->log_start_offset(),
                             .epoch_end = {.epoch = end.epoch, .end_offset = end.end_offset},
                             .snapshots = {}};
  if (end.end_offset < 0) {
    ground.epoch_end = {.epoch = log_->latest_epoch().value_or(0), .end_offset = log_->log_end_offset()};
  }
  const auto oldest = snapshots_.oldest();
  const auto newest = snapshots_.newest();
  if (oldest && newest) ground.snapshots = {.oldest = *oldest, .newest = *newest};
  return ground;
}

void MetadataLog::sync(io::Loop& loop, std::move_only_function<void(Result<std::int64_t>)> done) {
  flush_log(loop, lanes_.sync, log_, std::move(done));
}

void MetadataLog::write_snapshot(io::Loop& loop, const quorum::SnapshotId& id, TimestampMs last_contained_ms,
                                 std::move_only_function<Result<Bytes>()> build,
                                 std::move_only_function<void(Result<void>)> done) {
  struct Work {
    std::uint64_t size_bytes = 0;
    Result<void> outcome;
  };
  auto work = std::make_shared<Work>();
  loop.offload(
      lanes_.snapshot,
      [work, folder = folder_, id, build = std::move(build)]() mutable {
        const auto content = build();
        if (content) work->size_bytes = content->size();
        work->outcome = content ? MetadataSnapshots::write(*folder, id, *content) : fail(content.error());
      },
      [this, work, id, last_contained_ms, done = std::move(done)]() mutable {
        if (work->outcome) {
          snapshots_.add(id, {.size_bytes = work->size_bytes, .last_contained_ms = last_contained_ms});
        }
        done(std::move(work->outcome));
      });
}

Result<void> MetadataLog::clean(TimestampMs now_ms) {
  while (true) {
    const auto segments = log_->segments();
    if (!segments) return fail(segments.error());
    std::uint64_t log_bytes = 0;
    for (const log::SegmentSummary& segment : *segments) {
      log_bytes += static_cast<std::uint64_t>(segment.size_bytes);
    }
    const auto expired =
        snapshots_.expired(log_bytes, settings_.max_retention_bytes, settings_.max_retention_ms, now_ms);
    if (!expired) return {};
    if (auto removed = snapshots_.remove(expired->id); !removed) return removed;
    if (auto advanced = log_->advance_log_start(expired->next.end_offset); !advanced) return advanced;
    log_->drop_segments_below(expired->next.end_offset);
  }
}

Result<void> MetadataLog::close() {
  return log_->close_clean();
}

Result<metadata::BootstrapMetadata> read_bootstrap(io::Directory& log_dir) {
  const auto bytes = log::read_small_file(log_dir, quorum::kBootstrapCheckpointName, kLargestStateBytes);
  if (!bytes) return fail(bytes.error());
  if (!*bytes) {
    const auto version = metadata::MetadataVersion::latest_production();
    return metadata::BootstrapMetadata::from_levels(version, metadata::default_feature_levels(version));
  }
  records::DecoderSet decoders;
  auto snapshot = quorum::read_snapshot(**bytes, decoders);
  if (!snapshot) return fail(snapshot.error());
  return metadata::BootstrapMetadata::from_records(std::move(snapshot->records));
}

}  // namespace moldau::runtime
