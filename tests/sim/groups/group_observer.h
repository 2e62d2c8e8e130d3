#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/messages/consumer_group_describe_response.h"
#include "protocol/messages/offset_fetch_request.h"
#include "protocol/messages/offset_fetch_response.h"
#include "tests/sim/groups/offset_committer.h"

namespace moldau::sim {

/// The partitions of all topics that a group may have offsets of.
protocol::OffsetFetchRequest all_offsets_of(const GroupStage& stage, const std::string& group,
                                            bool require_stable);

/// What is wrong with the offsets that were fetched; those that a transaction holds are left out.
std::string check_fetched(const GroupStage& stage,
                          const protocol::OffsetFetchResponse::OffsetFetchResponseGroup& group,
                          GroupHistory::Exchange exchange);

/// An administrator: fetches offsets and commits some without being a member, lists, describes and deletes
/// groups, and deletes offsets.
class GroupObserver final : public OffsetCommitter {
 public:
  GroupObserver(GroupStage& stage, std::string name, std::size_t connection, std::vector<std::string> groups)
      : OffsetCommitter(stage, std::move(name), connection, {}), groups_(std::move(groups)) {}

 protected:
  void act() override;
  void unanswered() override;

 private:
  void fetch();
  void list();
  template <class Response, class Request>
  void describe(Request request, std::int16_t version);
  void check_owners(const protocol::ConsumerGroupDescribeResponse::DescribedGroup& group);
  void describe_classic();
  void delete_group();
  void delete_offset();
  void deletions_answered(ErrorCode error, Instant now);
  void commit_some();

  std::vector<std::string> groups_;
  std::vector<OffsetHistory::Write> deletions_;  ///< under way
  bool deletes_group_ = false;
};

}  // namespace moldau::sim
