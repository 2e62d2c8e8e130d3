#include "runtime/controller.h"

#include <algorithm>

#include "base/assert.h"
#include "metadata/broker_lifecycle.h"
#include "metadata/image_records.h"
#include "metadata/record_writer.h"
#include "observe/log.h"
#include "quorum/control_records.h"
#include "quorum/snapshot.h"

namespace moldau::runtime {
namespace {

/// Records of one batch where the decision does not demand more.
constexpr std::size_t kRecordsPerAppend = 1000;

/// How often snapshots and log are held against their retention.
constexpr Duration kCleaningInterval = std::chrono::minutes(1);

/// A whole snapshot file of that state.
Result<Bytes> snapshot_of(const ClusterView& view, const quorum::SnapshotHead& head, TimestampMs now_ms) {
  const auto records = metadata::image_records(view.image);
  return quorum::build_snapshot(head, view.image.provenance.last_epoch, records, now_ms);
}

}  // namespace

Controller::Controller(Shard& shard, Settings settings, const metadata::ConfigRules& rules, MetadataLog& log,
                       MetadataLog::Content loaded)
    : shard_(shard),
      settings_(std::move(settings)),
      rules_(rules),
      log_(log),
      quorum_(settings_.replica),
      loader_(std::move(loaded.loader)),
      sessions_(settings_.session_timeout),
      random_([&shard] { return shard.loop().random().next(); }),
      start_event_(std::move(loaded.start)),
      last_snapshot_(shard.now()),
      cleaning_([this] { clean_log(); }),
      idle_([this] { on_idle(); }),
      fencing_([this] { fence_stale_brokers(); }) {}

Controller::~Controller() = default;

Result<void> Controller::start(OnCommitted on_committed, std::function<void(const Error&)> on_failure) {
  on_committed_ = std::move(on_committed);
  on_failure_ = std::move(on_failure);
  note_pending();
  shard_.arm(cleaning_, shard_.now() + kCleaningInterval);
  return carry_out(quorum_.step(start_event_));
}

void Controller::stop() {
  const auto outcome = carry_out(quorum_.step(quorum::Stop{}));
  if (!outcome) observe::error("stopping the quorum: {}", outcome.error().message);
  active_epoch_.reset();
  commits_.wake_all();
}

metadata::DecisionContext Controller::context() {
  return {.settings = settings_.decisions,
          .configs = rules_,
          .image = loader_.working(),
          .sessions = sessions_,
          .now = shard_.now(),
          .random = random_,
          .next_offset = quorum_.next_offset(),
          .kraft_version = quorum_.kraft_version()};
}

Result<void> Controller::carry_out(quorum::Effects effects) {
  for (const quorum::ElectionState& state : effects.persist) {
    if (const auto done = log_.persist(state, quorum_.kraft_version()); !done) return fail(done.error());
  }
  for (const quorum::LogBatch& batch : effects.append) {
    if (const auto done = append(batch); !done) return fail(done.error());
  }
  if (!effects.append.empty()) {
    note_pending();
    start_sync();
  }
  if (effects.high_watermark) publish_up_to(*effects.high_watermark);
  if (effects.became_leader) {
    if (const auto done = activate(effects.became_leader->epoch); !done) return fail(done.error());
  }
  if (effects.lost_leadership) {
    active_epoch_.reset();
    commits_.wake_all();
    fetches_.wake_all();
  }
  if (effects.failure) return fail(*effects.failure);
  return {};
}

Result<void> Controller::carry_out_or_end(quorum::Effects effects) {
  auto done = carry_out(std::move(effects));
  if (!done) fail_node(done.error());
  return done;
}

Result<void> Controller::append(const quorum::LogBatch& batch) {
  const TimestampMs now_ms = shard_.wall_ms();
  Buffer encoded = quorum::encode_batch(batch, now_ms);
  if (const auto done = log_.append(encoded.bytes(), now_ms); !done) return fail(done.error());
  unnoted_bytes_ += encoded.size();
  const auto end = std::visit([](const auto& any) { return any.next_offset(); }, batch);
  const auto epoch = std::visit([](const auto& any) { return any.epoch; }, batch);
  loader_.finish_batch(end - 1, epoch, now_ms);
  return {};
}

Result<std::int64_t> Controller::append_records(std::vector<Bytes> records, bool is_atomic) {
  std::optional<std::int64_t> first;
  const std::size_t step = is_atomic ? records.size() : kRecordsPerAppend;
  for (std::size_t begin = 0; begin < records.size(); begin += step) {
    const std::size_t end = std::min(records.size(), begin + step);
    std::vector<Bytes> chunk(std::make_move_iterator(records.begin() + static_cast<std::ptrdiff_t>(begin)),
                             std::make_move_iterator(records.begin() + static_cast<std::ptrdiff_t>(end)));
    const std::vector<Bytes> applied = chunk;
    quorum::Effects effects = quorum_.step(
        quorum::AppendRecords{.epoch = *active_epoch_, .records = std::move(chunk), .atomic = is_atomic});
    require(effects.appended.has_value(), "an append has a place or a reason");
    if (!*effects.appended) return fail(effects.appended->error());
    std::int64_t offset = **effects.appended;
    if (!first) first = offset;
    for (const Bytes& record : applied) {
      const auto done = loader_.apply(record, offset++);
      require(done.has_value(), "the controller's own records apply");
    }
    if (auto done = carry_out_or_end(std::move(effects)); !done) return fail(std::move(done).error());
  }
  std::set<BrokerId> brokers;
  for (const auto& [id, state] : sessions_.states()) {
    brokers.insert(id);
  }
  for (const auto& [id, broker] : loader_.working().brokers) {
    brokers.insert(id);
  }
  metadata::follow_image(loader_.working(), brokers, sessions_);
  schedule_drain();
  return *first;
}

Result<void> Controller::upgrade_kraft_version(std::int16_t version) {
  quorum::Effects effects =
      quorum_.step(quorum::UpgradeKraftVersion{.epoch = *active_epoch_, .version = version});
  require(effects.appended.has_value(), "an upgrade has a place or a reason");
  if (!*effects.appended) return fail(effects.appended->error());
  return carry_out_or_end(std::move(effects));
}

void Controller::note_pending() {
  auto view = std::make_shared<ClusterView>();
  view->image = loader_.published();
  view->kraft_version = quorum_.kraft_version();
  pending_.push_back(
      {log_.log_end_offset(), std::move(view), loader_.take_delta(), std::exchange(unnoted_bytes_, 0)});
}

void Controller::schedule_drain() {
  if (drain_posted_ || sync_under_way_) return;
  drain_posted_ = true;
  // What is decided in the same turn goes into the same batch and the same sync.
  shard_.loop().post([this] {
    drain_posted_ = false;
    drain();
  });
}

void Controller::drain() {
  if (failed_ || !quorum_.has_undrained_records()) return;
  (void)carry_out_or_end(quorum_.step(quorum::Drain{}));
}

void Controller::start_sync() {
  if (sync_under_way_) return;
  sync_under_way_ = true;
  log_.sync(shard_.loop(), [this](const Result<std::int64_t>& end_offset) { synced(end_offset); });
}

void Controller::synced(const Result<std::int64_t>& end_offset) {
  sync_under_way_ = false;
  if (!end_offset) {
    fail_node(end_offset.error());
    return;
  }
  if (!carry_out_or_end(quorum_.step(quorum::LogSynced{*end_offset}))) return;
  fetches_.wake_all();
  if (log_.log_end_offset() > *end_offset) start_sync();
  drain();
}

void Controller::publish_up_to(std::int64_t offset) {
  while (!pending_.empty() && pending_.front().end_offset <= offset) {
    const Pending next = std::move(pending_.front());
    pending_.pop_front();
    on_committed_(next.view, next.delta);
    snapshot_if_due(next.view, next.size_bytes);
  }
  commits_.wake_all();
}

void Controller::snapshot_if_due(const ClusterViewPtr& view, std::uint64_t size_bytes) {
  bytes_since_snapshot_ += size_bytes;
  const bool is_large = bytes_since_snapshot_ >= settings_.max_bytes_between_snapshots;
  const bool is_old = settings_.max_snapshot_interval > Duration::zero() &&
                      shard_.now() - last_snapshot_ >= settings_.max_snapshot_interval;
  if ((!is_large && !is_old) || snapshot_under_way_ || !view->image.metadata_version) return;
  const metadata::Provenance& provenance = view->image.provenance;
  const quorum::SnapshotId id{.end_offset = provenance.end_offset(), .epoch = provenance.last_epoch};
  // The state published while a metadata transaction is open has a snapshot already.
  if (const auto newest = log_.newest_snapshot(); newest && *newest >= id) return;
  snapshot_under_way_ = true;
  bytes_since_snapshot_ = 0;
  last_snapshot_ = shard_.now();
  quorum::SnapshotHead head{.last_contained_log_timestamp_ms = provenance.last_timestamp_ms,
                            .kraft_version = view->kraft_version};
  if (view->kraft_version > 0) head.voters = quorum_.voters();
  log_.write_snapshot(
      shard_.loop(), id, provenance.last_timestamp_ms,
      [view, head, now_ms = shard_.wall_ms()] { return snapshot_of(*view, head, now_ms); },
      [this](Result<void> outcome) { snapshot_written(std::move(outcome)); });
}

void Controller::snapshot_written(Result<void> outcome) {
  snapshot_under_way_ = false;
  if (!outcome) fail_node(outcome.error());
}

void Controller::clean_log() {
  if (failed_) return;
  if (const auto cleaned = log_.clean(shard_.wall_ms()); !cleaned) {
    fail_node(cleaned.error());
    return;
  }
  shard_.arm(cleaning_, shard_.now() + kCleaningInterval);
}

Task<Result<void>> Controller::committed(std::int64_t offset) {
  while (active_epoch_ && high_watermark() < offset) {
    Waiter waiter(shard_, Instant::never());
    commits_.add(waiter);
    co_await waiter;
  }
  if (!active_epoch_)
    co_return fail(ErrorCode::kNotController, "this node ceased to be the active controller");
  co_return Result<void>{};
}

Task<void> Controller::activated() {
  while (!active_epoch_) {
    Waiter waiter(shard_, Instant::never());
    activations_.add(waiter);
    co_await waiter;
  }
}

Result<void> Controller::activate(std::int32_t epoch) {
  active_epoch_ = epoch;
  observe::info("this node is the active controller of epoch {}", epoch);
  // Whoever was registered as this node's broker ended with the process that held the directory locks before.
  metadata::begin_sessions(loader_.working(), shard_.now(), sessions_, settings_.decisions.node_id);
  auto begin = metadata::activation_records(loader_, settings_.bootstrap, settings_.decisions);
  if (!begin) return fail(std::move(begin).error());
  if (!begin->records.empty()) {
    const auto appended = append_records(std::move(begin->records), begin->is_atomic);
    if (!appended) return fail(appended.error());
  }
  on_idle();
  fence_stale_brokers();
  activations_.wake_all();
  return {};
}

void Controller::on_idle() {
  if (!active_epoch_ || settings_.max_idle == Duration::zero()) return;
  if (idle_.is_armed()) TimerWheel::cancel(idle_);
  // Followers and observers learn by it that the leader lives (KIP-835).
  if (high_watermark() >= quorum_.next_offset()) {
    const auto appended = append_records({metadata::write::no_op()}, false);
    if (!appended) return;
  }
  shard_.arm(idle_, shard_.now() + settings_.max_idle);
}

void Controller::fence_stale_brokers() {
  if (!active_epoch_) return;
  while (true) {
    auto decision = metadata::fence_one_stale_broker(context());
    if (!decision.response) break;
    if (decision.records.empty()) continue;
    if (!append_records(std::move(decision.records), decision.is_atomic)) return;
  }
  const Instant next = std::min(sessions_.next_expiry(), shard_.now() + std::chrono::seconds(1));
  shard_.arm(fencing_, next + std::chrono::milliseconds(1));
}

void Controller::fail_node(const Error& error) {
  if (failed_) return;
  failed_ = true;
  active_epoch_.reset();
  commits_.wake_all();
  fetches_.wake_all();
  observe::error("the metadata log failed: {}", error.message);
  if (on_failure_) on_failure_(error);
}

}  // namespace moldau::runtime
