// Transactional ids that nobody uses any more.

#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "protocol/messages/list_transactions_request.h"
#include "protocol/messages/list_transactions_response.h"
#include "tests/sim/client_process.h"
#include "tests/sim/tests/several_disks.h"
#include "tests/sim/transaction_client.h"

namespace moldau::sim {
namespace {

TEST_CASE("ids that are not used are forgotten in batches that the topic bears") {
  SeveralDisks node(1,
                    "transaction.state.log.num.partitions=1\nmessage.max.bytes=600\n"
                    "transactional.id.expiration.ms=60000\n"
                    "transaction.remove.expired.transaction.cleanup.interval.ms=10000\n");
  node.start();
  const auto go_on = [&] { return !node.process().failure(); };
  TransactionClient producers(node.world(), go_on);
  REQUIRE(producers.connect());
  for (int i = 0; i < 20; ++i) {
    TransactionalProducer producer{.transactional_id = std::string(100, 'i') + std::to_string(i)};
    REQUIRE(producers.find_coordinator(producer.transactional_id));
    REQUIRE(producers.begin(producer, 10'000) == ErrorCode::kNone);
  }
  const auto known = [&] {
    const auto answer =
        node.client().call<protocol::ListTransactionsResponse>(protocol::ListTransactionsRequest(), 0);
    REQUIRE(answer);
    return (*answer)->transaction_states.size();
  };
  CHECK(known() == 20);
  node.world().run_for(std::chrono::minutes(2));
  CHECK(known() == 0);
}

}  // namespace
}  // namespace moldau::sim
