#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/messages/share_acknowledge_response.h"
#include "protocol/messages/share_fetch_response.h"
#include "share/share_acknowledgement.h"
#include "tests/sim/groups/share_history.h"
#include "tests/sim/groups/share_member.h"

namespace moldau::sim {

/// A member of a share group that reads what it is assigned, and says what became of some of it: with its
/// next fetch, by itself, or never. It pauses for longer than its locks and its session last, and begins
/// sessions anew.
class ShareReader final : public ShareMember {
 public:
  /// `reader` is its number in the history of its group, `stage.shares`.
  ShareReader(GroupStage& stage, std::string name, std::size_t connection, std::string group,
              ShareHistory::Reader reader)
      : ShareMember(stage, std::move(name), connection, std::move(group)), reader_(reader) {}

 protected:
  void act() override;
  void unanswered() override;
  void assigned(const Assignment& assignment) override;

 private:
  /// Something that it has said and has no answer to.
  struct Said {
    OffsetRange records;
    share::AcknowledgeType type = share::AcknowledgeType::kAccept;
    std::optional<Instant> held_until;
  };

  void fetch();
  void acknowledge(bool renews);
  void close();
  void drop_session();
  /// What became of some of what it has, one range of each partition at most.
  void decide(bool renews);
  /// Hears each(partition, data) of the partitions in an answer, with which the session goes on.
  template <class Response, class Each>
  void answered(const Response& response, Each each);
  void fetched(const protocol::ShareFetchResponse& response, Exchange exchange);
  void take(const Share& partition, const protocol::ShareFetchResponse::PartitionData& data,
            Exchange exchange);
  void hear(const Share& partition, ErrorCode error, Exchange exchange);
  /// False where the answer's error ends the session.
  bool keeps_session(ErrorCode error);
  template <class Topics>
  void add_said(Topics& topics) const;

  ShareHistory::Reader reader_;
  std::set<Share> assigned_;
  std::map<Share, std::set<std::int64_t>> has_;  ///< not said of yet what became of it
  std::vector<Said> said_;                       ///< empty where nothing is under way
  bool is_fetching_ = false;
  std::int32_t session_epoch_ = 0;  ///< with which it asks next; 0 begins a session
  int session_life_ = 0;            ///< of the broker, in which the session began
};

}  // namespace moldau::sim
