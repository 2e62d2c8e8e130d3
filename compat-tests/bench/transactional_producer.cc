#include "transactional_producer.h"

#include <chrono>
#include <utility>

#include <unistd.h>

#include "batches.h"
#include "coordinator.h"
#include "protocol/messages/end_txn_request.h"
#include "protocol/messages/find_coordinator_response.h"
#include "protocol/messages/init_producer_id_request.h"
#include "protocol/messages/init_producer_id_response.h"
#include "protocol/messages/produce_request.h"
#include "protocol/records/builder.h"

namespace moldau::bench {
namespace {

constexpr std::int8_t kTransactionKey = 1;
constexpr std::int32_t kTimeoutMs = 60'000;
constexpr auto kPatience = std::chrono::seconds(60);
/// As long as clients wait: their `retry.backoff.ms`.
constexpr auto kBackoff = std::chrono::milliseconds(100);
constexpr useconds_t kBackoffMicroseconds = 100'000;

/// Whether a coordinator says so that is still to be chosen or to load what it knows.
bool is_too_early(ErrorCode error) {
  return error == ErrorCode::kCoordinatorNotAvailable || error == ErrorCode::kCoordinatorLoadInProgress ||
         error == ErrorCode::kNotCoordinator;
}

/// Calls `attempt`, which gives an error, until that is none.
template <class Attempt>
void insist(io::Loop& loop, const char* what, Attempt attempt) {
  const Instant last = loop.clock().now() + kPatience;
  for (ErrorCode error = attempt(); error != ErrorCode::kNone; error = attempt()) {
    if (!is_too_early(error) || loop.clock().now() > last) check_error(what, error);
    ::usleep(kBackoffMicroseconds);
  }
}

}  // namespace

TransactionalProducer::TransactionalProducer(io::uv::UvHost& host, Options options,
                                             std::function<void()> committed)
    : loop_(host.loop(0)),
      options_(std::move(options)),
      committed_(std::move(committed)),
      peer_(host, options_.address),
      value_(options_.record_bytes, 'x'),
      backoff_(loop_.make_timer([this] { send_batch(); })) {
  peer_.connection().set_client_id("bench");
  find_coordinator();
  init_producer_id();
}

void TransactionalProducer::find_coordinator() {
  auto request = find_coordinator_of(options_.transactional_id);
  request.key_type = kTransactionKey;
  insist(loop_, "FindCoordinator", [&] {
    const auto answer = peer_.ask<protocol::FindCoordinatorResponse>(
        request, protocol::FindCoordinatorRequest::kVersions.highest);
    return answer->coordinators.at(0).error_code;
  });
}

void TransactionalProducer::init_producer_id() {
  // The last version before two-phase commit, which no client sends.
  constexpr std::int16_t kVersion = 5;
  protocol::InitProducerIdRequest request;
  request.transactional_id = TransactionalId(options_.transactional_id);
  request.transaction_timeout_ms = kTimeoutMs;
  insist(loop_, "InitProducerId", [&] {
    const auto answer = peer_.ask<protocol::InitProducerIdResponse>(request, kVersion);
    producer_id_ = answer->producer_id.value();
    producer_epoch_ = answer->producer_epoch;
    return answer->error_code;
  });
}

void TransactionalProducer::begin() {
  send_batch();
}

template <class Response, class Request, class Take>
void TransactionalProducer::ask(const Request& request, Take take) {
  peer_.connection().send<Response>(
      request, Request::kVersions.highest, [take = std::move(take)](auto answer) mutable {
        if (!answer) die(std::string(Request::kName).c_str(), answer.error().message.c_str());
        take(**answer);
      });
}

void TransactionalProducer::send_batch() {
  // Each transaction has a new epoch, and the sequence begins anew with it.
  records::BatchBuilder builder({.producer_id = producer_id_,
                                 .producer_epoch = producer_epoch_,
                                 .base_sequence = 0,
                                 .is_transactional = true});
  const TimestampMs now_ms = loop_.clock().wall_ms();
  for (std::size_t i = 0; i < options_.records; ++i) {
    builder.append({.timestamp_ms = now_ms, .value = value_});
  }
  const Buffer batch = std::move(builder).build();
  protocol::ProduceRequest request;
  request.transactional_id = TransactionalId(options_.transactional_id);
  request.acks = -1;
  request.timeout_ms = kTimeoutMs;
  auto& topic = request.topic_data.emplace_back();
  topic.topic_id = options_.topic_id;
  auto& data = topic.partition_data.emplace_back();
  data.index = options_.partition;
  data.records.emplace().bytes = batch.bytes();
  ask<protocol::ProduceResponse>(request, [this](const auto& response) { take_produced(response); });
}

void TransactionalProducer::take_produced(const protocol::ProduceResponse& response) {
  const ErrorCode error = response.responses.at(0).partition_responses.at(0).error_code;
  if (error == ErrorCode::kConcurrentTransactions) {
    ++retries_;
    return backoff_->arm(loop_.clock().now() + kBackoff);
  }
  check_error("Produce", error);
  commit();
}

void TransactionalProducer::commit() {
  protocol::EndTxnRequest request;
  request.transactional_id = TransactionalId(options_.transactional_id);
  request.producer_id = ProducerId(producer_id_);
  request.producer_epoch = producer_epoch_;
  request.committed = true;
  ask<protocol::EndTxnResponse>(request, [this](const auto& response) { take_ended(response); });
}

void TransactionalProducer::take_ended(const protocol::EndTxnResponse& response) {
  check_error("EndTxn", response.error_code);
  if (response.producer_id.value() == producer_id_ && response.producer_epoch <= producer_epoch_) {
    die("EndTxn", "the next transaction has no epoch of its own");
  }
  producer_id_ = response.producer_id.value();
  producer_epoch_ = response.producer_epoch;
  committed_();
  send_batch();
}

}  // namespace moldau::bench
