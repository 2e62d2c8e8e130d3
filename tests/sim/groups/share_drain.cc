#include "tests/sim/groups/share_drain.h"

#include <chrono>
#include <utility>
#include <vector>

#include "protocol/messages/share_fetch_request.h"
#include "protocol/messages/share_fetch_response.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;
using share::AcknowledgeType;

/// Without anything to read for so many fetches, nothing is left.
constexpr int kQuietFetches = 3;
constexpr int kMostFetches = 500;
constexpr std::int32_t kMostRecords = 500;

class Drain {
 public:
  Drain(GroupStage& stage, const std::string& group, ShareHistory::Reader reader)
      : stage_(stage), group_(group), reader_(reader) {}

  std::string run(const std::function<bool()>& go_on) {
    int quiet = 0;
    for (int i = 0; i < kMostFetches && quiet < kQuietFetches; ++i) {
      const Instant sent = stage_.world.now();
      const auto answer = stage_.client.call<protocol::ShareFetchResponse>(next_request(), 2, go_on);
      if (!answer) return "no answer to ShareFetch";
      if ((*answer)->error_code != ErrorCode::kNone)
        return "ShareFetch is answered with " + std::string(error_name((*answer)->error_code));
      ++epoch_;
      given_.clear();
      if (auto bad = take(**answer, {.sent = sent, .came = stage_.world.now()}); !bad.empty()) return bad;
      quiet = given_.empty() ? quiet + 1 : 0;
      if (given_.empty()) stage_.world.run_for(100ms);
    }
    return quiet == kQuietFetches ? "" : "the share group has no end";
  }

 private:
  /// Opens a session for all partitions, or accepts what was given last.
  protocol::ShareFetchRequest next_request() {
    protocol::ShareFetchRequest request;
    request.group_id = GroupId(group_);
    request.member_id = member_id_;
    request.share_session_epoch = epoch_;
    request.max_wait_ms = 50;
    request.max_records = kMostRecords;
    request.batch_size = kMostRecords;
    for (const GroupTopic& topic : stage_.topics) {
      auto& wanted = request.topics.emplace_back();
      wanted.topic_id = topic.id;
      for (std::int32_t i = 0; i < topic.partitions; ++i) {
        auto& partition = wanted.partitions.emplace_back();
        partition.partition_index = i;
        for (const OffsetRange& records : given_) {
          if (records.partition != Share{topic.name, i}) continue;
          auto& batch = partition.acknowledgement_batches.emplace_back();
          batch.first_offset = records.first;
          batch.last_offset = records.last;
          batch.acknowledge_types = {static_cast<std::int8_t>(AcknowledgeType::kAccept)};
        }
      }
    }
    return request;
  }

  std::string take(const protocol::ShareFetchResponse& response, GroupHistory::Exchange exchange) {
    for (const auto& topic : response.responses) {
      const GroupTopic* known = stage_.topic(topic.topic_id);
      if (known == nullptr) return "there is a topic that nobody knows";
      for (const auto& data : topic.partitions) {
        // Nobody has told of it, where the group has never read it.
        if (data.error_code != ErrorCode::kNone) {
          stage_.tell("drain", text_of({{known->name, data.partition_index}}) + ": " +
                                   std::string(error_name(data.error_code)));
          continue;
        }
        if (data.acknowledge_error_code != 0) return "what was read at the end is not taken back";
        for (const auto& range : data.acquired_records) {
          const OffsetRange records{.partition = {known->name, data.partition_index},
                                    .first = range.first_offset,
                                    .last = range.last_offset};
          given_.push_back(records);
          if (auto bad = stage_.shares.acquired(reader_, records, range.delivery_count, exchange);
              !bad.empty())
            return bad;
        }
      }
    }
    return {};
  }

  GroupStage& stage_;
  const std::string& group_;
  ShareHistory::Reader reader_;
  const std::string member_id_ = Uuid(7, 7).to_string();
  std::vector<OffsetRange> given_;
  std::int32_t epoch_ = 0;
};

}  // namespace

std::string drain(GroupStage& stage, const std::string& group, ShareHistory::Reader reader,
                  const std::function<bool()>& go_on) {
  return Drain(stage, group, reader).run(go_on);
}

}  // namespace moldau::sim
