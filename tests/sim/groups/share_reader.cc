#include "tests/sim/groups/share_reader.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "protocol/messages/share_acknowledge_request.h"
#include "protocol/messages/share_fetch_request.h"
#include "protocol/records/batch_records.h"
#include "tests/sim/groups/record_producer.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;
using share::AcknowledgeType;

constexpr std::int32_t kFinalEpoch = -1;

/// The share partition is not to be had: the broker has just begun, or the group has not told of it yet.
bool is_not_ready(ErrorCode error) {
  return error == ErrorCode::kCoordinatorLoadInProgress || error == ErrorCode::kNotCoordinator ||
         error == ErrorCode::kCoordinatorNotAvailable || error == ErrorCode::kNotLeaderOrFollower ||
         error == ErrorCode::kUnknownTopicOrPartition;
}

/// Offsets of the records in an answer whose values were written to that partition.
Result<std::set<std::int64_t>> offsets_for(const Share& partition, ByteView batches) {
  std::set<std::int64_t> offsets;
  records::DecoderSet decoders;
  const auto visited = records::for_each_record_of(
      batches, decoders, [&](const records::BatchView&, const records::RecordView& record) -> Result<void> {
        if (as_text(record.value.value_or(ByteView())).starts_with(value_for(partition)))
          offsets.insert(record.offset);
        return {};
      });
  if (!visited) return fail(visited.error());
  return offsets;
}

}  // namespace

void ShareReader::act() {
  if (!is_in_) {
    // It may come with another id.
    drop_session();
    return heartbeat();
  }
  if (one_in(60)) return rest(3s, 15s);
  if (one_in(50)) {
    drop_session();
    return leave();
  }
  if (assigned_.empty() || one_in(4)) return heartbeat();
  if (session_epoch_ != 0) {
    switch (stage_.random.below(16)) {
      case 0:
        return close();
      case 1:
        return drop_session();
      case 2:
      case 3:
        return acknowledge(false);
      case 4:
        return acknowledge(true);
      default:
        break;
    }
  }
  fetch();
}

void ShareReader::assigned(const Assignment& assignment) {
  std::set<Share> given;
  for (const auto& topic : assignment.topic_partitions) {
    const GroupTopic* known = stage_.topic(topic.topic_id);
    if (known == nullptr) return complain("is given a topic that nobody knows");
    for (const std::int32_t partition : topic.partitions)
      given.insert({known->name, partition});
  }
  if (given == assigned_) return;
  assigned_ = std::move(given);
  drop_session();
}

void ShareReader::drop_session() {
  stage_.shares.session_over(reader_);
  session_epoch_ = 0;
  has_.clear();
}

void ShareReader::decide(bool renews) {
  for (auto& [partition, offsets] : has_) {
    if (offsets.empty() || one_in(3)) continue;
    const std::int64_t first =
        *std::next(offsets.begin(), static_cast<std::ptrdiff_t>(stage_.random.below(offsets.size())));
    std::int64_t last = first;
    while (offsets.contains(last + 1) && !one_in(4))
      ++last;
    const std::uint64_t chance = stage_.random.below(10);
    const AcknowledgeType type = renews       ? AcknowledgeType::kRenew
                                 : chance < 6 ? AcknowledgeType::kAccept
                                 : chance < 9 ? AcknowledgeType::kRelease
                                              : AcknowledgeType::kReject;
    said_.push_back(
        {.records = {.partition = partition, .first = first, .last = last}, .type = type, .held_until = {}});
    if (renews) continue;
    for (std::int64_t offset = first; offset <= last; ++offset)
      offsets.erase(offset);
  }
  for (Said& one : said_) {
    one.held_until = stage_.shares.says(reader_, one.records, one.type);
    tell("says " + std::to_string(static_cast<int>(one.type)) + " of " + text_of({one.records.partition}) +
         ", " + std::to_string(one.records.first) + " to " + std::to_string(one.records.last));
  }
}

template <class Topics>
void ShareReader::add_said(Topics& topics) const {
  for (const Said& one : said_) {
    const auto topic = std::ranges::find(stage_.topics, one.records.partition.name, &GroupTopic::name);
    auto& wanted = topics.emplace_back();
    wanted.topic_id = topic->id;
    auto& partition = wanted.partitions.emplace_back();
    partition.partition_index = one.records.partition.partition;
    auto& batch = partition.acknowledgement_batches.emplace_back();
    batch.first_offset = one.records.first;
    batch.last_offset = one.records.last;
    batch.acknowledge_types = {static_cast<std::int8_t>(one.type)};
  }
}

void ShareReader::fetch() {
  protocol::ShareFetchRequest request;
  request.group_id = GroupId(group_);
  request.member_id = member_id_;
  request.share_session_epoch = session_epoch_;
  request.max_wait_ms = static_cast<std::int32_t>(stage_.random.below(500));
  request.max_records = 1 + static_cast<std::int32_t>(stage_.random.below(20));
  request.batch_size = request.max_records;
  if (session_epoch_ != 0) {
    decide(false);
    add_said(request.topics);
  } else {
    session_life_ = stage_.lives;
    for (const GroupTopic& topic : stage_.topics) {
      auto& wanted = request.topics.emplace_back();
      wanted.topic_id = topic.id;
      for (const Share& partition : assigned_) {
        if (partition.name == topic.name)
          wanted.partitions.emplace_back().partition_index = partition.partition;
      }
      if (wanted.partitions.empty()) request.topics.pop_back();
    }
  }
  is_fetching_ = true;
  ask<protocol::ShareFetchResponse>(request, 2, kPatience,
                                    [this](const protocol::ShareFetchResponse& response, Exchange exchange) {
                                      fetched(response, exchange);
                                    });
}

bool ShareReader::keeps_session(ErrorCode error) {
  if (error != ErrorCode::kShareSessionNotFound && error != ErrorCode::kInvalidShareSessionEpoch) {
    if (!is_good(error)) complain_of(error);
    return error == ErrorCode::kNone;
  }
  if (session_life_ == stage_.lives) complain_of(error);
  said_.clear();
  drop_session();
  rest(0ms, 300ms);
  return false;
}

template <class Response, class Each>
void ShareReader::answered(const Response& response, Each each) {
  if (!keeps_session(response.error_code)) return;
  ++session_epoch_;
  for (const auto& topic : response.responses) {
    const GroupTopic* known = stage_.topic(topic.topic_id);
    if (known == nullptr) return complain("hears of a topic that nobody knows");
    for (const auto& partition : topic.partitions)
      each(Share{known->name, partition.partition_index}, partition);
  }
  if (!said_.empty()) complain("is not told what became of what it said");
  rest(0ms, 700ms);
}

void ShareReader::fetched(const protocol::ShareFetchResponse& response, Exchange exchange) {
  is_fetching_ = false;
  answered(response, [&](const Share& partition, const auto& data) {
    hear(partition, static_cast<ErrorCode>(data.acknowledge_error_code), exchange);
    take(partition, data, exchange);
  });
}

void ShareReader::take(const Share& partition, const protocol::ShareFetchResponse::PartitionData& data,
                       Exchange exchange) {
  if (data.error_code != ErrorCode::kNone) {
    tell(text_of({partition}) + ": " + std::string(error_name(data.error_code)));
    if (!is_not_ready(data.error_code)) complain_of(data.error_code);
    return;
  }
  const auto offsets = offsets_for(partition, data.records.bytes);
  if (!offsets) return complain("cannot read what it has: " + offsets.error().message);
  for (const auto& range : data.acquired_records) {
    const OffsetRange records{.partition = partition, .first = range.first_offset, .last = range.last_offset};
    tell("has " + text_of({partition}) + ", " + std::to_string(records.first) + " to " +
         std::to_string(records.last) + ", for the " + std::to_string(range.delivery_count) + "th time");
    complain(stage_.shares.acquired(reader_, records, range.delivery_count, exchange));
    for (std::int64_t offset = records.first; offset <= records.last; ++offset) {
      if (!offsets->contains(offset)) complain("has no record of " + text_of({partition}) + " at an offset");
      has_[partition].insert(offset);
    }
  }
}

void ShareReader::hear(const Share& partition, ErrorCode error, Exchange exchange) {
  const auto said =
      std::ranges::find_if(said_, [&](const Said& one) { return one.records.partition == partition; });
  if (said == said_.end()) return;
  if (error != ErrorCode::kNone)
    tell(text_of({partition}) + " acknowledged: " + std::string(error_name(error)));
  if (error != ErrorCode::kNone && error != ErrorCode::kInvalidRecordState && !is_not_ready(error)) {
    complain_of(error);
  }
  complain(stage_.shares.heard(reader_, said->records, said->type, error, said->held_until, exchange));
  said_.erase(said);
}

void ShareReader::acknowledge(bool renews) {
  decide(renews);
  if (said_.empty()) return rest(0ms, 300ms);
  protocol::ShareAcknowledgeRequest request;
  request.group_id = GroupId(group_);
  request.member_id = member_id_;
  request.share_session_epoch = session_epoch_;
  request.is_renew_ack = renews;
  add_said(request.topics);
  ask<protocol::ShareAcknowledgeResponse>(
      request, 2, kPatience, [this](const protocol::ShareAcknowledgeResponse& response, Exchange exchange) {
        answered(response, [&](const Share& partition, const auto& data) {
          hear(partition, data.error_code, exchange);
        });
      });
}

void ShareReader::close() {
  protocol::ShareFetchRequest request;
  request.group_id = GroupId(group_);
  request.member_id = member_id_;
  request.share_session_epoch = kFinalEpoch;
  request.max_bytes = 0;
  drop_session();
  ask<protocol::ShareFetchResponse>(
      request, 2, kPatience, [this](const protocol::ShareFetchResponse& response, Exchange) {
        const bool is_gone =
            response.error_code == ErrorCode::kShareSessionNotFound && session_life_ != stage_.lives;
        if (!is_good(response.error_code) && !is_gone) complain_of(response.error_code);
        rest(0ms, 2s);
      });
}

void ShareReader::unanswered() {
  said_.clear();
  if (!std::exchange(is_fetching_, false)) return;
  for (const Share& partition : assigned_)
    stage_.shares.unanswered(partition);
}

}  // namespace moldau::sim
