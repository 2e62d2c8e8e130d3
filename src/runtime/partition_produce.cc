// What is appended to a partition by its leader: batches of producers and of this node's own coordinators.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "protocol/records/recompress.h"
#include "runtime/partition.h"

namespace moldau::runtime {
namespace {

std::optional<records::Codec> target_codec(config::TopicCompression compression) {
  switch (compression) {
    case config::TopicCompression::kProducer:
      return std::nullopt;
    case config::TopicCompression::kUncompressed:
      return records::Codec::kNone;
    case config::TopicCompression::kGzip:
      return records::Codec::kGzip;
    case config::TopicCompression::kSnappy:
      return records::Codec::kSnappy;
    case config::TopicCompression::kLz4:
      return records::Codec::kLz4;
    case config::TopicCompression::kZstd:
      return records::Codec::kZstd;
  }
  return std::nullopt;
}

std::optional<int> level_of(const config::TopicConfig& config, records::Codec codec) {
  switch (codec) {
    case records::Codec::kGzip:
      return config.gzip_level;
    case records::Codec::kLz4:
      return config.lz4_level;
    case records::Codec::kZstd:
      return config.zstd_level;
    default:
      return std::nullopt;
  }
}

/// A refused batch. What clients meet in daily work is no failure of a broker, by Apache Kafka's choice.
void count_refusal(ErrorCode error, std::size_t size_bytes, observe::TopicCounters& counters) {
  switch (error) {
    case ErrorCode::kMessageTooLarge:
      counters.bytes_rejected += size_bytes;
      return;
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kRecordListTooLarge:
    case ErrorCode::kCorruptMessage:
    case ErrorCode::kKafkaStorageError:
      return;
    default:
      ++counters.failed_produce_requests;
  }
}
}  // namespace

records::ProduceRules Partition::rules() const {
  return {.max_message_bytes = config_.max_message_bytes,
          .segment_bytes = config_.segment_bytes,
          .keys_required = config_.compact,
          .timestamp_type = static_cast<records::TimestampType>(config_.timestamp_type),
          .timestamp_before_max_ms = config_.timestamp_before_max_ms,
          .timestamp_after_max_ms = config_.timestamp_after_max_ms,
          .now_ms = surroundings_.shard->wall_ms(),
          .target_codec = target_codec(config_.compression),
          .max_recompressed_bytes = std::max<std::uint64_t>(
              records::kMaxRecompressedBytes, static_cast<std::uint64_t>(config_.max_message_bytes)),
          .topic_partition = display_name_};
}

std::optional<MutableBytes> Partition::prepare(MutableBytes records, Buffer& rebuilt,
                                               ProduceOutcome& outcome) {
  const auto batch = records::BatchView::parse(records);
  require(batch.has_value(), "what is produced was found to be a batch");
  const records::ProduceRules rules = this->rules();
  auto validated = records::validate_produced(*batch, rules, *surroundings_.decoders);
  if (!validated) {
    fail_append(validated.error().error.code, outcome);
    outcome.record_errors = std::move(validated.error().record_errors);
    if (validated.error().message_on_wire) outcome.message = std::move(validated.error().error.message);
    return std::nullopt;
  }
  MutableBytes bytes = records;
  if (validated->must_recompress) {
    auto other = records::recompress(*batch, *rules.target_codec, level_of(config_, *rules.target_codec),
                                     rules.max_message_bytes, *surroundings_.decoders,
                                     {.output_bytes = rules.max_recompressed_bytes});
    if (!other) {
      fail_append(other.error().code, outcome);
      return std::nullopt;
    }
    rebuilt = std::move(*other);
    bytes = rebuilt.bytes();
    if (std::cmp_greater(bytes.size(), rules.segment_bytes)) {
      outcome.error = ErrorCode::kRecordListTooLarge;
      return std::nullopt;
    }
  }
  auto mutable_batch = records::MutableBatch::parse(bytes);
  require(mutable_batch.has_value(), "a validated batch is a batch");
  mutable_batch->set_max_timestamp(rules.timestamp_type, validated->max_timestamp_ms);
  if (rules.timestamp_type == records::TimestampType::kLogAppendTime)
    outcome.log_append_time_ms = rules.now_ms;
  return bytes;
}

void Partition::fail_append(ErrorCode error, ProduceOutcome& outcome) const {
  outcome.error = error;
  const bool is_told_start = error != ErrorCode::kMessageTooLarge &&
                             error != ErrorCode::kRecordListTooLarge && error != ErrorCode::kCorruptMessage &&
                             error != ErrorCode::kKafkaStorageError;
  if (is_told_start) outcome.log_start_offset = log_->log_start_offset();
}

std::optional<std::int64_t> Partition::append_produced(MutableBytes records, const ProduceCall& call,
                                                       ProduceOutcome& outcome) {
  if (!serves()) {
    outcome.error = gone();
    return std::nullopt;
  }
  if (call.wants_all_in_sync) {
    if (const auto enough = leader_.check_min_in_sync(); !enough) {
      outcome.error = enough.error().code;
      return std::nullopt;
    }
  }
  Buffer rebuilt;
  const auto batch = prepare(records, rebuilt, outcome);
  if (!batch) return std::nullopt;
  const auto appended = append(*batch, rules_for(*batch, log::AppendOrigin::kClient, call.verification));
  if (!appended) {
    fail_append(appended.error().code, outcome);
    return std::nullopt;
  }
  outcome.base_offset = appended->base_offset;
  if (appended->is_duplicate) outcome.log_append_time_ms = appended->log_append_time_ms;
  outcome.log_start_offset = log_->log_start_offset();
  return appended->last_offset + 1;
}

Task<ProduceOutcome> Partition::produce(MutableBytes records, ProduceCall call) {
  const auto self = shared_from_this();
  ProduceOutcome outcome;
  ++counters_.produce_requests;
  const auto end = append_produced(records, call, outcome);
  if (!end) {
    count_refusal(outcome.error, records.size(), counters_);
    co_return outcome;
  }
  counters_.bytes_in += records.size();
  counters_.messages_in += static_cast<std::uint64_t>(*end - outcome.base_offset);
  const auto durable = co_await made_durable(*end);
  if (!durable) {
    outcome.error = durable.error().code;
    co_return outcome;
  }
  local_end_moved();
  if (call.wants_all_in_sync) outcome.error = co_await replicated(*end, call.deadline);
  co_return outcome;
}

Result<std::optional<log::VerificationGuard>> Partition::begin_verification(
    const log::TransactionalBatch& batch) {
  if (!serves()) return fail(gone(), display_name_);
  return verifications_.begin(log_->producers(), batch, surroundings_.shard->wall_ms());
}

log::ProducerRules Partition::rules_for(ByteView bytes, log::AppendOrigin origin,
                                        const Verification& verification) const {
  log::ProducerRules rules{.origin = origin, .lacks_verification = true};
  // Mostly nobody is asked about: then the batch need not be looked at.
  if (verifications_.size() > 0) {
    const auto batch = records::BatchView::parse(bytes);
    if (batch) rules = verifications_.rules_for(*batch, origin, verification.guard);
  }
  if (!verification.is_required) rules.lacks_verification = false;
  return rules;
}

Result<log::AppendInfo> Partition::append(MutableBytes bytes, const log::ProducerRules& rules) {
  auto appended =
      log_->append_as_leader(bytes, leader_.leader_epoch(), surroundings_.shard->wall_ms(), rules);
  if (!appended) {
    tell_if_disk(appended.error());
    return appended;
  }
  if (verifications_.size() > 0 && !appended->is_duplicate) {
    if (const auto batch = records::BatchView::parse(bytes)) verifications_.appended(*batch);
  }
  plan_flush();
  return appended;
}

Result<std::int64_t> Partition::append_by_coordinator(MutableBytes batch, const log::ProducerRules& rules) {
  if (!serves()) return fail(gone(), display_name_ + " is not led here");
  const auto appended = append(batch, rules);
  if (!appended) return fail(appended.error());
  ++counters_.produce_requests;
  counters_.bytes_in += batch.size();
  counters_.messages_in += static_cast<std::uint64_t>(appended->last_offset + 1 - appended->base_offset);
  return appended->last_offset + 1;
}

Result<std::int64_t> Partition::append_own(MutableBytes batch, const Verification& verification) {
  if (batch.size() > static_cast<std::size_t>(config_.max_message_bytes)) {
    return fail(ErrorCode::kMessageTooLarge, "a batch of " + std::to_string(batch.size()) + " bytes for " +
                                                 display_name_ + " is larger than max.message.bytes");
  }
  return append_by_coordinator(batch, rules_for(batch, log::AppendOrigin::kCoordinator, verification));
}

Result<std::int64_t> Partition::append_marker(const log::TransactionMarker& marker) {
  auto batch = log::build_transaction_marker(marker, surroundings_.shard->wall_ms());
  if (!batch) return fail(std::move(batch).error());
  return append_by_coordinator(batch->bytes(), {.origin = log::AppendOrigin::kCoordinator,
                                                .transaction_version = marker.transaction_version});
}

Task<ErrorCode> Partition::end_transaction(log::TransactionMarker marker, Instant deadline) {
  const auto self = shared_from_this();
  if (!serves()) co_return gone();
  if (const auto enough = leader_.check_min_in_sync(); !enough) co_return enough.error().code;
  const auto end = append_marker(marker);
  if (!end) co_return end.error().code;
  if (const auto durable = co_await made_durable(*end); !durable) co_return durable.error().code;
  local_end_moved();
  co_return co_await replicated(*end, deadline);
}

void Partition::remove_expired_producers() {
  const TimestampMs now_ms = surroundings_.shard->wall_ms();
  log_->remove_expired_producers(now_ms);
  verifications_.remove_expired(now_ms, log_->producer_id_expiration_ms());
}

}  // namespace moldau::runtime
