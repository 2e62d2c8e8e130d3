#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/sim/groups/offset_committer.h"

namespace moldau::sim {

/// A member of a group of one of the newer kinds, which joins, goes on and leaves by heartbeats that bear its
/// epoch. It takes what it is given at once and gives back what it has to with its next heartbeat.
class HeartbeatMember : public OffsetCommitter {
 protected:
  void unanswered() override;

  /// `rebalance_timeout_ms`: how long it may take to give back what it has to.
  HeartbeatMember(GroupStage& stage, std::string name, std::size_t connection, std::string group,
                  GroupKind kind, std::int32_t rebalance_timeout_ms);

  /// Before it asks to be let in: has the id it had, or a new one.
  void choose_id();
  /// The answer to a heartbeat had that epoch.
  void is_told(std::int32_t epoch, Exchange exchange);
  /// What it is to have from now on.
  void is_given(Shares wanted, Exchange exchange);
  /// Gives back what it may not keep; what it has then.
  const Shares& gives_back();
  /// It is in the group no more, as far as it knows.
  void be_out();
  /// What a member does that hears such an error: it joins again. Complains of one that no member may hear
  /// whose group is of that kind, and who `is_static` or not.
  void start_over(ErrorCode error, bool is_static = false);

  std::int32_t rebalance_timeout_ms_;
  GroupHistory::Member seat_;
  bool is_in_ = false;
  std::string member_id_;
  bool is_new_ = false;  ///< the broker had not heard of its id when it was told that it is in
  std::int32_t epoch_ = 0;
  std::int32_t joined_at_epoch_ = 0;
  bool says_all_ = true;   ///< the broker may not know what it has and wants
  bool has_news_ = false;  ///< what it has is another thing since it last said so

 private:
  GroupKind kind_;
  Shares wanted_;  ///< of those it has, what it may keep
  /// When it asked what has no answer. The broker may wait since then for it to give something back; a
  /// streams member is not even told so again, as in Apache Kafka.
  std::optional<Instant> missed_;
  bool is_up_to_date_ = false;  ///< it has been told since what it is to have
};

}  // namespace moldau::sim
