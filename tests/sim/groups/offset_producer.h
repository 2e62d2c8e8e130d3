#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/groups/group_actor.h"
#include "tests/sim/transaction_client.h"

namespace moldau::sim {

/// A transactional producer that commits offsets of groups it is no member of, and commits, aborts or leaves
/// its transactions.
class OffsetProducer final : public GroupActor {
 public:
  /// `groups` are those whose offsets it commits.
  OffsetProducer(GroupStage& stage, std::string name, std::size_t connection, TransactionProtocol protocol,
                 std::vector<std::string> groups);

 protected:
  void act() override;
  void unanswered() override;

 private:
  void begin();
  void add_group();
  void commit_offset();
  void end(bool commit);
  void ended(bool commit, ErrorCode error);
  /// Whatever was under way before is over, for all who ask now.
  void earlier_is_over(Instant now);
  /// Another, or time, has taken over: it begins anew. The transaction was not committed.
  void start_over();

  TransactionProtocol protocol_;
  std::vector<std::string> groups_;
  std::string group_;  ///< of the transaction
  std::int64_t producer_id_ = -1;
  std::int16_t producer_epoch_ = -1;
  bool has_group_ = false;                     ///< the transaction takes in the group's offsets
  std::vector<OffsetHistory::Write> held_;     ///< of the transaction that is open
  std::vector<OffsetHistory::Write> earlier_;  ///< of those before that may not be over
  std::uint64_t left_to_commit_ = 0;
  bool commits_offset_ = false;  ///< what is under way is a TxnOffsetCommit
  std::optional<bool> ends_;     ///< the end was asked for, to commit or not, and put off
};

}  // namespace moldau::sim
