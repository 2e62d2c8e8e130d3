#include "tests/sim/transaction_logs.h"

#include <set>

#include "runtime/transaction_table.h"
#include "tests/sim/coordinator_log_records.h"
#include "tests/sim/led_coordinators.h"
#include "tests/sim/led_partitions.h"
#include "tests/sim/producer_order.h"
#include "tests/sim/transaction_steps.h"

namespace moldau::sim {
namespace {

/// Ends a walk over a log with what is wrong there.
Result<void> verdict(const std::string& bad) {
  if (bad.empty()) return {};
  return fail(ErrorCode::kUnknownServerError, bad);
}

std::string judge_coordinator(const LedCoordinator<runtime::TransactionPartition>& led,
                              TransactionSteps& steps) {
  std::set<std::string> ids;
  log::PartitionLog& log = led.log->log();
  const auto visited =
      visit_records(log, log.log_end_offset(),
                    [&](const records::BatchView&, const records::RecordView& record) -> Result<void> {
                      const auto decoded = coordinator::decode_transaction_record(
                          record.key.value_or(ByteView()), record.value);
                      if (!decoded) return fail(decoded.error());
                      if (!*decoded) return {};
                      ids.insert((*decoded)->transactional_id);
                      return verdict(steps.next(**decoded));
                    });
  if (!visited) return visited.error().message;
  if (!led.coordinator->is_loaded()) return {};
  const coordinator::TransactionCoordinator& state = led.coordinator->state();
  state.visit({}, 0, [&ids](std::string_view id, const coordinator::Transaction&) { ids.emplace(id); });
  for (const std::string& id : ids) {
    if (auto bad = steps.judge_live(id, state.find(id)); !bad.empty()) return bad;
  }
  return {};
}

std::string judge_partition(runtime::Partition& partition) {
  log::PartitionLog& log = partition.log();
  const std::int64_t high_watermark = partition.high_watermark();
  ProducerOrder order;
  std::int64_t stable = high_watermark;
  const auto visited =
      visit_records(log, log.log_end_offset(),
                    [&](const records::BatchView& batch, const records::RecordView& record) -> Result<void> {
                      if (record.offset != batch.base_offset()) return {};
                      auto judged = verdict(order.next(batch));
                      if (record.offset < high_watermark)
                        stable = order.first_open().value_or(high_watermark);
                      return judged;
                    });
  if (!visited) return visited.error().message;
  const std::int64_t known = log.last_stable_offset(high_watermark);
  return known == stable ? std::string()
                         : "the last stable offset is " + std::to_string(known) + ", by the log " +
                               std::to_string(stable);
}

std::string judge_topic(runtime::Node& node, std::string_view topic) {
  std::string bad;
  for_each_led_partition(
      node, topic,
      [&](runtime::ShardId, std::int32_t index, const std::shared_ptr<runtime::Partition>& partition) {
        if (!bad.empty()) return;
        if (const auto what = judge_partition(*partition); !what.empty()) {
          bad.append(topic).append("-").append(std::to_string(index)).append(": ").append(what);
        }
      });
  return bad;
}

}  // namespace

std::string judge_transactions(runtime::Node& node, std::string_view topic) {
  TransactionSteps steps;
  for (const auto& led : led_coordinators<runtime::TransactionPartition>(
           node, runtime::kTransactionStateTopic,
           [](runtime::Node& on, runtime::ShardId shard) -> auto& { return on.transactions(shard); })) {
    if (auto bad = judge_coordinator(led, steps); !bad.empty()) return bad;
  }
  return judge_topic(node, topic);
}

}  // namespace moldau::sim
