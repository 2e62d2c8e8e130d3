#include "tests/sim/groups/group_observer.h"

#include <chrono>
#include <set>
#include <type_traits>
#include <utility>

#include "protocol/messages/consumer_group_describe_request.h"
#include "protocol/messages/delete_groups_request.h"
#include "protocol/messages/delete_groups_response.h"
#include "protocol/messages/describe_groups_request.h"
#include "protocol/messages/describe_groups_response.h"
#include "protocol/messages/list_groups_request.h"
#include "protocol/messages/list_groups_response.h"
#include "protocol/messages/offset_delete_request.h"
#include "protocol/messages/offset_delete_response.h"
#include "protocol/messages/share_group_describe_request.h"
#include "protocol/messages/share_group_describe_response.h"
#include "protocol/messages/streams_group_describe_request.h"
#include "protocol/messages/streams_group_describe_response.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

/// There is no group of that kind, or none that has offsets.
bool is_no_such_group(ErrorCode error) {
  return error == ErrorCode::kGroupIdNotFound;
}

}  // namespace

protocol::OffsetFetchRequest all_offsets_of(const GroupStage& stage, const std::string& group,
                                            bool require_stable) {
  protocol::OffsetFetchRequest request;
  request.require_stable = require_stable;
  auto& asked = request.groups.emplace_back();
  asked.group_id = GroupId(group);
  for (const GroupTopic& topic : stage.topics) {
    auto& one = asked.topics->emplace_back();
    one.name = TopicName(topic.name);
    for (std::int32_t i = 0; i < topic.partitions; ++i)
      one.partition_indexes.push_back(i);
  }
  return request;
}

std::string check_fetched(const GroupStage& stage,
                          const protocol::OffsetFetchResponse::OffsetFetchResponseGroup& group,
                          GroupHistory::Exchange exchange) {
  for (const auto& topic : group.topics) {
    for (const auto& partition : topic.partitions) {
      if (partition.error_code == ErrorCode::kUnstableOffsetCommit) continue;
      if (partition.error_code != ErrorCode::kNone) {
        return "an offset is answered with " + std::string(error_name(partition.error_code));
      }
      auto bad = stage.offsets.read(
          {std::string(group.group_id.value()), std::string(topic.name.value()), partition.partition_index},
          partition.committed_offset, exchange.sent, exchange.came);
      if (!bad.empty()) return bad;
    }
  }
  return {};
}

void GroupObserver::act() {
  group_ = groups_[stage_.random.below(groups_.size())];
  switch (stage_.random.below(20)) {
    case 0:
      return list();
    case 1:
    case 2:
      return describe<protocol::ConsumerGroupDescribeResponse>(protocol::ConsumerGroupDescribeRequest(), 1);
    case 3:
      return describe<protocol::ShareGroupDescribeResponse>(protocol::ShareGroupDescribeRequest(), 1);
    case 4:
      return describe<protocol::StreamsGroupDescribeResponse>(protocol::StreamsGroupDescribeRequest(), 0);
    case 5:
      return describe_classic();
    case 6:
      return delete_group();
    case 7:
      return delete_offset();
    case 8:
    case 9:
    case 10:
      return commit_some();
    default:
      return fetch();
  }
}

void GroupObserver::fetch() {
  const auto request = all_offsets_of(stage_, group_, one_in(2));
  ask<protocol::OffsetFetchResponse>(
      request, 9, kPatience, [this](const protocol::OffsetFetchResponse& response, Exchange exchange) {
        const auto& group = response.groups.front();
        rest(20ms, 700ms);
        if (is_passing(group.error_code) || is_no_such_group(group.error_code)) return;
        if (!is_good(group.error_code)) return complain_of(group.error_code);
        complain(check_fetched(stage_, group, exchange));
      });
}

void GroupObserver::list() {
  ask<protocol::ListGroupsResponse>(protocol::ListGroupsRequest(), 5, kPatience,
                                    [this](const protocol::ListGroupsResponse& response, Exchange exchange) {
                                      rest(20ms, 700ms);
                                      if (is_passing(response.error_code)) return;
                                      if (!is_good(response.error_code))
                                        return complain_of(response.error_code);
                                      if (stage_.is_stopping) return;
                                      std::set<std::string> ids;
                                      for (const auto& group : response.groups)
                                        ids.emplace(group.group_id.value());
                                      complain(stage_.groups.listed(ids, exchange));
                                    });
}

template <class Response, class Request>
void GroupObserver::describe(Request request, std::int16_t version) {
  request.group_ids = {GroupId(group_)};
  ask<Response>(request, version, kPatience, [this](const Response& response, Exchange exchange) {
    const auto& group = response.groups.front();
    rest(20ms, 700ms);
    if (is_passing(group.error_code) || is_no_such_group(group.error_code)) return;
    if (!is_good(group.error_code)) return complain_of(group.error_code);
    if (group.assignment_epoch > group.group_epoch) complain("an assignment is newer than its group");
    for (const auto& member : group.members) {
      if (member.member_epoch > group.group_epoch) complain("a member is ahead of its group");
    }
    complain(stage_.groups.described(group_, group.group_epoch, group.assignment_epoch, exchange));
    if constexpr (std::is_same_v<Response, protocol::ConsumerGroupDescribeResponse>) check_owners(group);
  });
}

void GroupObserver::check_owners(const protocol::ConsumerGroupDescribeResponse::DescribedGroup& group) {
  Shares taken;
  for (const auto& member : group.members) {
    for (const auto& topic : member.assignment.topic_partitions) {
      for (const std::int32_t partition : topic.partitions) {
        if (taken.emplace(std::string(topic.topic_name.value()), partition).second) continue;
        complain("group " + group_ + " is described with two owners of a partition");
      }
    }
  }
}

void GroupObserver::describe_classic() {
  protocol::DescribeGroupsRequest request;
  request.groups.emplace_back(group_);
  ask<protocol::DescribeGroupsResponse>(request, 6, kPatience,
                                        [this](const protocol::DescribeGroupsResponse& response, Exchange) {
                                          const ErrorCode error = response.groups.front().error_code;
                                          rest(20ms, 700ms);
                                          if (is_passing(error) || is_no_such_group(error)) return;
                                          if (!is_good(error)) complain_of(error);
                                        });
}

void GroupObserver::delete_group() {
  protocol::DeleteGroupsRequest request;
  request.groups_names.emplace_back(group_);
  deletes_group_ = true;
  tell("deletes group " + group_);
  stage_.groups.deletion_sent(group_);
  for (const GroupTopic& topic : stage_.topics) {
    for (std::int32_t i = 0; i < topic.partitions; ++i)
      deletions_.push_back(stage_.offsets.deletion_sent({group_, topic.name, i}, now()));
  }
  ask<protocol::DeleteGroupsResponse>(
      request, 2, kPatience, [this](const protocol::DeleteGroupsResponse& response, Exchange exchange) {
        const ErrorCode error = response.results.front().error_code;
        deletes_group_ = false;
        deletions_answered(error, exchange.came);
        rest(20ms, 700ms);
        if (is_good(error)) return complain(stage_.groups.deleted(group_, exchange));
        stage_.groups.not_deleted(group_);
        if (!is_passing(error) && !is_no_such_group(error) && error != ErrorCode::kNonEmptyGroup) {
          complain_of(error);
        }
      });
}

void GroupObserver::delete_offset() {
  const coordinator::OffsetKey key = stage_.any_key(group_);
  protocol::OffsetDeleteRequest request;
  request.group_id = GroupId(group_);
  auto& topic = request.topics.emplace_back();
  topic.name = TopicName(key.topic);
  topic.partitions.emplace_back().partition_index = key.partition;
  deletions_ = {stage_.offsets.deletion_sent(key, now())};
  ask<protocol::OffsetDeleteResponse>(
      request, 0, kPatience, [this](const protocol::OffsetDeleteResponse& response, Exchange exchange) {
        const ErrorCode error = response.error_code != ErrorCode::kNone
                                    ? response.error_code
                                    : response.topics.front().partitions.front().error_code;
        deletions_answered(error, exchange.came);
        rest(20ms, 700ms);
        if (!is_good(error) && !is_passing(error) && !is_no_such_group(error) &&
            error != ErrorCode::kGroupSubscribedToTopic && error != ErrorCode::kNonEmptyGroup) {
          complain_of(error);
        }
      });
}

void GroupObserver::deletions_answered(ErrorCode error, Instant now) {
  for (const OffsetHistory::Write deletion : std::exchange(deletions_, {})) {
    error == ErrorCode::kNone ? stage_.offsets.acknowledged(deletion, now) : stage_.offsets.refused(deletion);
  }
}

void GroupObserver::commit_some() {
  commit(stage_.any_key(group_), {}, false, [this](ErrorCode error, Exchange exchange) {
    rest(20ms, 700ms);
    if (error == ErrorCode::kNone && stage_.groups.had_members(group_, exchange)) {
      complain("commits offsets of group " + group_ + ", which has members");
    }
    if (error != ErrorCode::kNone && !is_passing(error) && !is_no_such_group(error) &&
        error != ErrorCode::kUnknownMemberId && error != ErrorCode::kIllegalGeneration &&
        error != ErrorCode::kStaleMemberEpoch) {
      complain_of(error);
    }
  });
}

void GroupObserver::unanswered() {
  if (lose_commit()) return;
  for (const OffsetHistory::Write deletion : std::exchange(deletions_, {}))
    stage_.offsets.unanswered(deletion, now());
  if (std::exchange(deletes_group_, false)) stage_.groups.may_be_deleted(group_, now());
}

}  // namespace moldau::sim
