#include "tests/sim/groups/offset_producer.h"

#include <chrono>
#include <utility>

#include "protocol/messages/add_offsets_to_txn_request.h"
#include "protocol/messages/add_offsets_to_txn_response.h"
#include "protocol/messages/end_txn_request.h"
#include "protocol/messages/end_txn_response.h"
#include "protocol/messages/init_producer_id_request.h"
#include "protocol/messages/init_producer_id_response.h"
#include "protocol/messages/txn_offset_commit_request.h"
#include "protocol/messages/txn_offset_commit_response.h"
#include "tests/sim/groups/offset_committer.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

/// The transaction has taken longer than it may and was aborted.
bool is_fenced(ErrorCode error) {
  return error == ErrorCode::kInvalidProducerEpoch || error == ErrorCode::kProducerFenced ||
         error == ErrorCode::kInvalidTxnState || error == ErrorCode::kInvalidProducerIdMapping;
}

}  // namespace

OffsetProducer::OffsetProducer(GroupStage& stage, std::string name, std::size_t connection,
                               TransactionProtocol protocol, std::vector<std::string> groups)
    : GroupActor(stage, std::move(name), connection), protocol_(protocol), groups_(std::move(groups)) {}

void OffsetProducer::act() {
  if (producer_id_ < 0) return begin();
  if (ends_) return end(*ends_);
  if (!has_group_) {
    group_ = groups_[stage_.random.below(groups_.size())];
    left_to_commit_ = 1 + stage_.random.below(3);
    if (protocol_ == TransactionProtocol::kOneEpoch) return add_group();
    has_group_ = true;
  }
  if (left_to_commit_ > 0) return commit_offset();
  if (held_.empty()) {
    // Nothing was taken; where partitions add themselves there is no transaction either.
    if (protocol_ == TransactionProtocol::kOneEpoch) return end(false);
    has_group_ = false;
    return rest(50ms, 1s);
  }
  if (one_in(8)) {
    start_over();
    return rest(1s, 12s);
  }
  end(!one_in(3));
}

void OffsetProducer::earlier_is_over(Instant now) {
  for (const OffsetHistory::Write write : std::exchange(earlier_, {}))
    stage_.offsets.transaction_ended(write, now);
}

void OffsetProducer::start_over() {
  producer_id_ = -1;
  has_group_ = false;
  ends_.reset();
  earlier_.insert(earlier_.end(), held_.begin(), held_.end());
  held_.clear();
}

void OffsetProducer::begin() {
  protocol::InitProducerIdRequest request;
  request.transactional_id = TransactionalId(name_);
  request.transaction_timeout_ms = 2'000 + static_cast<std::int32_t>(stage_.random.below(6'000));
  ask<protocol::InitProducerIdResponse>(
      request, 4, kPatience, [this](const protocol::InitProducerIdResponse& response, Exchange exchange) {
        if (is_passing(response.error_code)) return rest(10ms, 300ms);
        if (!is_good(response.error_code)) return complain_of(response.error_code);
        producer_id_ = response.producer_id.value();
        producer_epoch_ = response.producer_epoch;
        earlier_is_over(exchange.came);
        rest(0ms, 1s);
      });
}

void OffsetProducer::add_group() {
  protocol::AddOffsetsToTxnRequest request;
  request.transactional_id = TransactionalId(name_);
  request.producer_id = ProducerId(producer_id_);
  request.producer_epoch = producer_epoch_;
  request.group_id = GroupId(group_);
  ask<protocol::AddOffsetsToTxnResponse>(
      request, 3, kPatience, [this](const protocol::AddOffsetsToTxnResponse& response, Exchange exchange) {
        const ErrorCode error = response.error_code;
        if (is_passing(error)) return rest(10ms, 200ms);
        if (is_fenced(error)) return start_over();
        if (!is_good(error)) return complain_of(error);
        has_group_ = true;
        earlier_is_over(exchange.came);
        rest(0ms, 300ms);
      });
}

void OffsetProducer::commit_offset() {
  const coordinator::OffsetKey key = stage_.any_key(group_);
  protocol::TxnOffsetCommitRequest request;
  request.transactional_id = TransactionalId(name_);
  request.group_id = GroupId(group_);
  request.producer_id = ProducerId(producer_id_);
  request.producer_epoch = producer_epoch_;
  // Sometimes on behalf of a member that is none.
  const bool is_stale = one_in(10);
  if (is_stale) {
    request.member_id = "nobody";
    request.generation_id = 3;
  }
  const std::int64_t offset = stage_.offsets.next_value();
  add_offset(request.topics, key, offset, name_);
  const OffsetHistory::Write write = stage_.offsets.sent(key, offset, now());
  stage_.offsets.hold(write);
  held_.push_back(write);
  commits_offset_ = true;
  tell("commits " + std::to_string(offset) + " of " + key.group + ", " + key.topic + "-" +
       std::to_string(key.partition));
  const std::int16_t version = protocol_ == TransactionProtocol::kOneEpoch ? 4 : 5;
  ask<protocol::TxnOffsetCommitResponse>(
      request, version, kPatience,
      [this, write, is_stale](const protocol::TxnOffsetCommitResponse& response, Exchange exchange) {
        commits_offset_ = false;
        const ErrorCode error = response.topics.front().partitions.front().error_code;
        if (is_good(error)) {
          stage_.offsets.acknowledged(write, exchange.came);
          if (is_stale) complain("a commit for a member that is none is taken");
          earlier_is_over(exchange.came);
          --left_to_commit_;
          return rest(0ms, 1s);
        }
        stage_.offsets.refused(write);
        held_.pop_back();
        if (is_passing(error)) return rest(10ms, 200ms);
        if (is_fenced(error)) return start_over();
        const bool is_refused = error == ErrorCode::kUnknownMemberId ||
                                error == ErrorCode::kGroupIdNotFound ||
                                error == ErrorCode::kIllegalGeneration;
        if (!is_refused) complain_of(error);
        left_to_commit_ = 0;
        rest(0ms, 300ms);
      });
}

void OffsetProducer::end(bool commit) {
  protocol::EndTxnRequest request;
  request.transactional_id = TransactionalId(name_);
  request.producer_id = ProducerId(producer_id_);
  request.producer_epoch = producer_epoch_;
  request.committed = commit;
  for (const OffsetHistory::Write write : held_) {
    if (commit) stage_.offsets.commit_sent(write, now());
  }
  const bool has_epochs = protocol_ == TransactionProtocol::kEpochPerTransaction;
  ask<protocol::EndTxnResponse>(
      request, has_epochs ? std::int16_t{5} : std::int16_t{3}, kPatience,
      [this, commit, has_epochs](const protocol::EndTxnResponse& response, Exchange) {
        if (response.error_code == ErrorCode::kNone && has_epochs) {
          producer_id_ = response.producer_id.value();
          producer_epoch_ = response.producer_epoch;
        }
        ended(commit, response.error_code);
      });
}

void OffsetProducer::ended(bool commit, ErrorCode error) {
  if (is_passing(error)) {
    ends_ = commit;
    return rest(10ms, 200ms);
  }
  if (is_good(error)) {
    for (const OffsetHistory::Write write : held_) {
      if (commit) stage_.offsets.commit_acknowledged(write);
    }
    earlier_.insert(earlier_.end(), held_.begin(), held_.end());
    held_.clear();
    has_group_ = false;
    ends_.reset();
    return rest(0ms, 2s);
  }
  if (!is_fenced(error)) complain_of(error);
  for (const OffsetHistory::Write write : held_) {
    if (commit && !ends_) stage_.offsets.refused(write);
  }
  start_over();
}

void OffsetProducer::unanswered() {
  if (std::exchange(commits_offset_, false)) stage_.offsets.unanswered(held_.back(), now());
  start_over();
}

}  // namespace moldau::sim
