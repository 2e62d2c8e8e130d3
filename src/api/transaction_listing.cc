#include "api/transaction_listing.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <re2/re2.h>

#include "api/transaction_access.h"

namespace moldau::api {
namespace {

using coordinator::Transaction;
using protocol::DescribeTransactionsResponse;
using protocol::ListTransactionsResponse;
using runtime::Task;
using Described = DescribeTransactionsResponse::TransactionState;

/// What is known of one id, or why it is not.
struct Known {
  ErrorCode error = ErrorCode::kNone;
  Transaction transaction = {};
};

Described described(Context& context, TransactionalId id, const Known& known) {
  Described state;
  state.transactional_id = id;
  state.error_code = known.error;
  if (known.error != ErrorCode::kNone) return state;
  const Transaction& transaction = known.transaction;
  state.transaction_state = coordinator::name_of(transaction.state);
  state.transaction_timeout_ms = transaction.timeout_ms;
  state.transaction_start_time_ms = transaction.start_ms;
  state.producer_id = ProducerId(transaction.producer_id);
  state.producer_epoch = transaction.producer_epoch;
  const std::string* topic = nullptr;
  for (const coordinator::TopicPartition& one : transaction.partitions) {
    if (topic == nullptr || *topic != one.topic) {
      state.topics.emplace_back().topic = TopicName(context.keep(one.topic));
      topic = &one.topic;
    }
    state.topics.back().partitions.push_back(one.partition);
  }
  return state;
}

/// An entry of the list, as it leaves its shard.
struct Listed {
  std::string id;
  std::int64_t producer_id;
  coordinator::TransactionState state;
};

/// What one shard has; nullopt while some of it is not read yet.
using ListedOnShard = std::optional<std::vector<Listed>>;

Task<ListedOnShard> list_on(runtime::TransactionTable& table, const coordinator::TransactionFilter& filter) {
  std::vector<Listed> listed;
  for (const auto& transactions : table.all()) {
    if (!transactions->is_loaded()) co_return std::nullopt;
    transactions->state().visit(
        filter, transactions->wall_ms(), [&listed](std::string_view id, const Transaction& transaction) {
          listed.push_back(
              {.id = std::string(id), .producer_id = transaction.producer_id, .state = transaction.state});
        });
  }
  co_return listed;
}

/// The filters of a request; names of states that there are not go into the response.
coordinator::TransactionFilter filter_of(const protocol::ListTransactionsRequest& request,
                                         ListTransactionsResponse& response) {
  coordinator::TransactionFilter filter{.min_duration_ms = request.duration_filter};
  for (const ProducerId id : request.producer_id_filters) {
    filter.producer_ids.insert(id.value());
  }
  filter.by_state = !request.state_filters.empty();
  for (const std::string_view name : request.state_filters) {
    if (const auto state = coordinator::transaction_state_named(name)) {
      filter.states.insert(*state);
    } else if (std::ranges::find(response.unknown_state_filters, name) ==
               response.unknown_state_filters.end()) {
      response.unknown_state_filters.push_back(name);
    }
  }
  return filter;
}

}  // namespace

Task<DescribeTransactionsResponse> describe_transactions(
    Context& context, const protocol::DescribeTransactionsRequest& request) {
  DescribeTransactionsResponse response;
  for (const TransactionalId id : request.transactional_ids) {
    const Known known = co_await ask_transactions<Known>(
        context.node, context.shard, id.value(),
        [id](runtime::TransactionPartition& transactions) -> Task<Known> {
          if (!transactions.is_loaded()) co_return Known{ErrorCode::kCoordinatorLoadInProgress};
          const Transaction* found = transactions.state().find(id.value());
          if (found == nullptr) co_return Known{ErrorCode::kTransactionalIdNotFound};
          co_return Known{ErrorCode::kNone, *found};
        },
        [](ErrorCode error) { return Known{error}; });
    response.transaction_states.push_back(described(context, id, known));
  }
  co_return response;
}

Task<ListTransactionsResponse> list_transactions(Context& context,
                                                 const protocol::ListTransactionsRequest& request) {
  ListTransactionsResponse response;
  coordinator::TransactionFilter filter = filter_of(request, response);
  const std::string_view pattern = request.transactional_id_pattern.value_or("");
  const re2::RE2 expression(re2::StringPiece(pattern.data(), pattern.size()), re2::RE2::Quiet);
  if (!pattern.empty()) {
    if (!expression.ok()) {
      response.unknown_state_filters.clear();
      response.error_code = ErrorCode::kInvalidRegularExpression;
      co_return response;
    }
    filter.id_matches = [&expression](std::string_view id) {
      return re2::RE2::FullMatch(re2::StringPiece(id.data(), id.size()), expression);
    };
  }
  for (std::size_t i = 0; i < context.node.shards().count(); ++i) {
    const runtime::ShardId shard(static_cast<std::uint32_t>(i));
    runtime::TransactionTable& table = context.node.transactions(shard);
    const auto listed = co_await runtime::on_shard<ListedOnShard>(
        context.shard, context.node.shards()[shard], [&table, &filter] { return list_on(table, filter); });
    if (!listed) {
      response.transaction_states.clear();
      response.error_code = ErrorCode::kCoordinatorLoadInProgress;
      co_return response;
    }
    for (const Listed& one : *listed) {
      auto& state = response.transaction_states.emplace_back();
      state.transactional_id = TransactionalId(context.keep(one.id));
      state.producer_id = ProducerId(one.producer_id);
      state.transaction_state = coordinator::name_of(one.state);
    }
  }
  co_return response;
}

}  // namespace moldau::api
