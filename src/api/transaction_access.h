#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "runtime/coordinator_access.h"
#include "runtime/transaction_table.h"

namespace moldau::api {

/// Asks the transaction coordinator of the id on its shard, for a caller on shard `here`; see
/// ask_coordinator_of(). INVALID_REQUEST for an empty id.
template <class Outcome, class Ask, class Refuse>
runtime::Task<Outcome> ask_transactions(runtime::Node& node, runtime::Shard& here,
                                        std::string_view transactional_id, Ask ask, Refuse refuse) {
  if (transactional_id.empty()) co_return refuse(ErrorCode::kInvalidRequest);
  co_return co_await runtime::ask_coordinator_of<Outcome>(node, here, runtime::kTransactionStateTopic,
                                                          &runtime::Node::transactions, transactional_id,
                                                          std::move(ask), std::move(refuse));
}

/// Has the coordinator decide about the id, for a caller on shard `here`: `decide(TransactionCoordinator&,
/// const TransactionMoment&)` gives a TransactionDecision.
template <class Decide>
runtime::Task<runtime::TransactionPartition::Answer> decide_transaction(runtime::Node& node,
                                                                        runtime::Shard& here,
                                                                        std::string_view transactional_id,
                                                                        Decide decide) {
  using Answer = runtime::TransactionPartition::Answer;
  co_return co_await ask_transactions<Answer>(
      node, here, transactional_id,
      [&decide, transactional_id](runtime::TransactionPartition& transactions) {
        return transactions.answer(std::string(transactional_id), std::ref(decide));
      },
      [](ErrorCode error) { return Answer{.error = error}; });
}

/// What clients before a version are told in place of PRODUCER_FENCED, which they do not know.
inline ErrorCode fenced_for(ErrorCode error, std::int16_t version, std::int16_t first_version_that_knows) {
  const bool is_unknown = error == ErrorCode::kProducerFenced && version < first_version_that_knows;
  return is_unknown ? ErrorCode::kInvalidProducerEpoch : error;
}

}  // namespace moldau::api
