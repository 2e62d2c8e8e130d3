#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_code.h"
#include "base/result.h"
#include "base/time.h"
#include "coordinator/effects.h"
#include "coordinator/txn/transaction.h"
#include "protocol/messages/init_producer_id_request.h"

namespace moldau::coordinator {

/// Broker settings of the transaction coordinator (kafka-facts, "Transactions").
struct TransactionCoordinatorConfig {
  std::int32_t max_timeout_ms = 900'000;
  std::int32_t id_expiration_ms = 604'800'000;
  bool two_phase_commit_enabled = false;
};

/// When and where a decision is made.
struct TransactionMoment {
  TimestampMs wall_ms = 0;
  std::int16_t transaction_version = 2;  ///< finalized level of the feature
  /// A producer id that nobody has, for decisions that asked for one.
  std::optional<std::int64_t> fresh_producer_id = {};
};

/// What a decision about one transactional id comes to.
struct TransactionDecision {
  /// The answer. Where there is a record it is given when that is committed.
  ErrorCode error = ErrorCode::kNone;
  std::int64_t producer_id = kNoProducerId;
  std::int16_t producer_epoch = kNoProducerEpoch;
  /// To append. Until committed() or failed() the id takes no other decision.
  std::optional<Record> record = {};
  /// Nothing is decided: it takes a new producer id. The caller gets one and asks again.
  bool wants_producer_id = false;
};

/// Who speaks for a transactional id.
struct Owner {
  std::string_view transactional_id;
  std::int64_t producer_id = kNoProducerId;
  std::int16_t producer_epoch = kNoProducerEpoch;
};

/// The markers that a decided transaction has to write, one into each partition.
struct TransactionMarkers {
  std::int64_t producer_id = kNoProducerId;
  std::int16_t producer_epoch = kNoProducerEpoch;
  bool commit = false;
  std::int16_t transaction_version = 0;  ///< of the client
  std::vector<TopicPartition> partitions;

  bool operator==(const TransactionMarkers&) const = default;
};

/// Which transactional ids ListTransactions shows; what is empty lets all pass.
struct TransactionFilter {
  std::set<std::int64_t> producer_ids = {};
  bool by_state = false;
  std::set<TransactionState> states = {};  ///< only these, if by_state
  /// Only transactions that began longer ago than this; negative lets all pass.
  std::int64_t min_duration_ms = -1;
  /// Whether an id is wanted; an empty function lets all pass.
  std::function<bool(std::string_view transactional_id)> id_matches = {};
};

/// What of an InitProducerId with a transactional id is wrong whatever the id's state; NONE if nothing is.
ErrorCode check_init_producer_id(const TransactionCoordinatorConfig& config,
                                 const protocol::InitProducerIdRequest& request);

/// The transaction coordinator of one partition of __transaction_state (KIP-98, KIP-360, KIP-890; Apache
/// Kafka 4.3.1's behaviour). A value machine: what it is asked gives records and answers, and its state is
/// what the records say.
///
/// The caller, per partition it leads:
/// 1. replays the log in order by replay(), then writes the markers of unfinished() ids; answers
///    COORDINATOR_LOAD_IN_PROGRESS until then;
/// 2. for each request: calls the decision; if it has a record, appends it, and calls committed() or
/// failed();
///    then answers;
/// 3. behind each committed(): writes the markers() of that id, reports each by marker_written(), and when
///    none is left carries out complete().
class TransactionCoordinator {
 public:
  explicit TransactionCoordinator(TransactionCoordinatorConfig config) : config_(config) {}

  /// InitProducerId, which check_init_producer_id() has let pass, with both a producer id and epoch or
  /// neither. An open transaction is aborted: CONCURRENT_TRANSACTIONS until that is done.
  TransactionDecision init_producer_id(const TransactionMoment& at,
                                       const protocol::InitProducerIdRequest& request);
  /// AddPartitionsToTxn and AddOffsetsToTxn; `version` is the client's.
  TransactionDecision add_partitions(const TransactionMoment& at, const Owner& owner,
                                     const std::set<TopicPartition>& partitions, std::int16_t version);
  /// For each of `partitions` whether the owner may write to it now: NONE, or why not (KIP-890).
  std::vector<ErrorCode> verify_partitions(const Owner& owner,
                                           std::span<const TopicPartition> partitions) const;
  /// EndTxn; `version` is the client's. From version 2 on the answer has the next producer id and epoch.
  TransactionDecision end(const TransactionMoment& at, const Owner& owner, bool commit, std::int16_t version);

  /// Ids whose transactions have been open for longer than their timeout.
  std::vector<std::string> timed_out(TimestampMs wall_ms) const;
  /// Aborts such a transaction and fences its owner.
  TransactionDecision abort_timed_out(const TransactionMoment& at, std::string_view transactional_id);
  /// Ids that have not been used for `transactional.id.expiration.ms`.
  std::vector<std::string> expired(TimestampMs wall_ms) const;
  /// The tombstone of such an id; nullopt if it is in use again.
  std::optional<Record> forget(TimestampMs wall_ms, std::string_view transactional_id);

  /// The record of the last decision about the id is committed, or it will not be in the log.
  void committed(std::string_view transactional_id);
  void failed(std::string_view transactional_id);

  /// The markers still to be written; nullopt if the id's transaction is not decided.
  std::optional<TransactionMarkers> markers(std::string_view transactional_id) const;
  /// The marker is in its partition, or there is no such partition any more.
  void marker_written(std::string_view transactional_id, const TopicPartition& partition);
  /// The record that ends a transaction whose markers are all written; without one there is nothing to end.
  TransactionDecision complete(const TransactionMoment& at, std::string_view transactional_id);
  /// Ids whose transactions are decided and not complete.
  std::vector<std::string> unfinished() const;

  /// What is committed for the id, its epoch -1 until a first record is; nullptr where nothing is known.
  const Transaction* find(std::string_view transactional_id) const;
  /// Calls visit(transactional id, transaction) for those that the filter lets pass, by id.
  void visit(const TransactionFilter& filter, TimestampMs wall_ms,
             const std::function<void(std::string_view, const Transaction&)>& visit) const;

  /// One record of the log. CORRUPT_MESSAGE when it cannot be read.
  Result<void> replay(ByteView key, std::optional<ByteView> value);

 private:
  struct Entry {
    Transaction current;
    std::optional<Transaction> pending;  ///< what the appended record says
    bool is_new = false;                 ///< nothing of the id is in the log

    /// A step is under way. From being prepared to being complete is one: the owner was told already with
    /// which epoch it goes on, and may be ahead of the markers.
    bool is_busy() const { return pending.has_value() || is_preparing(current.state); }
  };

  /// An answer, nothing else.
  static TransactionDecision refuse(ErrorCode error) { return {.error = error}; }
  TransactionDecision step(const TransactionMoment& at, std::string_view transactional_id, Entry& entry,
                           Transaction next);
  TransactionDecision next_epoch(const TransactionMoment& at, const protocol::InitProducerIdRequest& request,
                                 std::int32_t timeout_ms, Entry& entry);
  /// Aborts what is open with an epoch that nobody has.
  TransactionDecision fence(const TransactionMoment& at, std::string_view transactional_id, Entry& entry);
  TransactionDecision end_in_same_epoch(const TransactionMoment& at, const Owner& owner, bool commit,
                                        Entry& entry);
  TransactionDecision end_with_epoch(const TransactionMoment& at, const Owner& owner, bool commit,
                                     Entry& entry);
  TransactionDecision prepare_with_epoch(const TransactionMoment& at, std::string_view transactional_id,
                                         bool commit, Entry& entry);
  bool is_expired(const Entry& entry, TimestampMs wall_ms) const;
  Entry* entry(std::string_view transactional_id);
  const Entry* entry(std::string_view transactional_id) const;

  TransactionCoordinatorConfig config_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace moldau::coordinator
