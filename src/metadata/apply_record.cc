#include "metadata/apply_record.h"

#include "metadata/appliers.h"
#include "metadata/record_frame.h"
#include "protocol/messages/abort_transaction_record.h"
#include "protocol/messages/begin_transaction_record.h"
#include "protocol/messages/end_transaction_record.h"
#include "protocol/messages/no_op_record.h"
#include "protocol/messages/zk_migration_state_record.h"

namespace moldau::metadata {
namespace {

/// Checks that the message is whole; it says nothing about the cluster.
template <class Message>
Result<void> check_only(const RecordFrame& frame) {
  return appliers::with_message<Message>(frame, [](const Message&) { return Result<void>(); });
}

Result<void> apply_other(const RecordFrame& frame) {
  switch (static_cast<RecordType>(frame.type)) {
    case RecordType::kNoOp:
      return check_only<protocol::NoOpRecord>(frame);
    case RecordType::kZkMigrationState:
      return check_only<protocol::ZkMigrationStateRecord>(frame);
    case RecordType::kBeginTransaction:
      return check_only<protocol::BeginTransactionRecord>(frame);
    case RecordType::kEndTransaction:
      return check_only<protocol::EndTransactionRecord>(frame);
    case RecordType::kAbortTransaction:
      return check_only<protocol::AbortTransactionRecord>(frame);
    default:
      return fail(ErrorCode::kInvalidRecord, "metadata record: unknown type " + std::to_string(frame.type));
  }
}

}  // namespace

Result<void> apply_record(ByteView record, std::int64_t offset, Image& image, ImageDelta& delta) {
  const auto frame = parse_record_frame(record);
  if (!frame) return fail(frame.error());
  appliers::Target target{.image = image, .delta = delta, .offset = offset, .framed = record};
  for (const auto apply :
       {appliers::apply_topic_record, appliers::apply_cluster_record, appliers::apply_setting_record}) {
    if (const auto outcome = apply(*frame, target); outcome.handled) return outcome.result;
  }
  return apply_other(*frame);
}

}  // namespace moldau::metadata
