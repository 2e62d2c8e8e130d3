#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/messages/offset_commit_request.h"
#include "protocol/messages/offset_commit_response.h"
#include "tests/sim/groups/group_actor.h"

namespace moldau::sim {

/// As whom an offset is committed; without a member id as somebody outside of the group.
struct CommitterIdentity {
  std::string member_id = {};
  std::optional<std::string> instance_id = {};
  std::int32_t generation_or_epoch = -1;
};

/// Adds an offset to the topics of a request that commits it; the request has views of `key` and `metadata`.
template <class Topics>
void add_offset(Topics& topics, const coordinator::OffsetKey& key, std::int64_t offset,
                std::string_view metadata) {
  auto& topic = topics.emplace_back();
  topic.name = TopicName(key.topic);
  auto& partition = topic.partitions.emplace_back();
  partition.partition_index = key.partition;
  partition.committed_offset = offset;
  partition.committed_metadata = metadata;
}

/// Somebody who commits offsets of one group.
class OffsetCommitter : public GroupActor {
 public:
  OffsetCommitter(GroupStage& stage, std::string name, std::size_t connection, std::string group)
      : GroupActor(stage, std::move(name), connection), group_(std::move(group)) {}

 protected:
  /// Commits some offset; `done(error, exchange)` hears what came of it. With `must_be_refused` the broker
  /// must not take it.
  template <class Done>
  void commit(const coordinator::OffsetKey& key, const CommitterIdentity& as, bool must_be_refused,
              Done done) {
    protocol::OffsetCommitRequest request;
    request.group_id = GroupId(key.group);
    request.generation_id_or_member_epoch = as.generation_or_epoch;
    request.member_id = as.member_id;
    if (as.instance_id) request.group_instance_id = *as.instance_id;
    const std::int64_t offset = stage_.offsets.next_value();
    add_offset(request.topics, key, offset, name_);
    commit_ = stage_.offsets.sent(key, offset, now());
    tell("commits " + std::to_string(offset) + " of " + key.group + ", " + key.topic + "-" +
         std::to_string(key.partition));
    ask<protocol::OffsetCommitResponse>(
        request, 9, kPatience,
        [this, must_be_refused, done](const protocol::OffsetCommitResponse& response, Exchange exchange) {
          const ErrorCode error = response.topics.front().partitions.front().error_code;
          const OffsetHistory::Write write = *std::exchange(commit_, std::nullopt);
          if (!is_good(error)) {
            stage_.offsets.refused(write);
          } else {
            stage_.offsets.acknowledged(write, exchange.came);
            if (must_be_refused) complain("a commit of a member that is none is taken");
          }
          done(error, exchange);
        });
  }

  /// The commit under way has no answer; false where there is none.
  bool lose_commit() {
    if (!commit_) return false;
    stage_.offsets.unanswered(*commit_, now());
    commit_.reset();
    return true;
  }

  std::string group_;

 private:
  std::optional<OffsetHistory::Write> commit_;
};

}  // namespace moldau::sim
