#include "tests/sim/share_starts.h"

#include "coordinator/share/share_partition_key.h"
#include "protocol/messages/initialize_share_group_state_request.h"
#include "protocol/messages/initialize_share_group_state_response.h"
#include "protocol/messages/read_share_group_state_request.h"
#include "protocol/messages/read_share_group_state_response.h"
#include "protocol/messages/write_share_group_state_request.h"
#include "protocol/messages/write_share_group_state_response.h"

namespace moldau::sim {
namespace {

constexpr const char* kGroup = "sharers";
constexpr const char* kStateTopic = "__share_group_state";
constexpr std::int8_t kShareKey = 2;
constexpr int kTries = 50;
// With each start comes a batch that ends and begins so far behind it. They overlap, and so does what is
// left.
constexpr std::int64_t kFirstBehind = 5;
constexpr std::int64_t kLastBehind = 9;

/// The list of partitions of a request about the one share partition.
template <class Request>
auto& about(Request& request, const Uuid& topic) {
  request.group_id = kGroup;
  auto& one = request.topics.emplace_back();
  one.topic_id = topic;
  return one.partitions.emplace_back();
}

template <class Answer>
const auto& result_of(const Answer& answer) {
  return answer->results.front().partitions.front();
}

}  // namespace

bool ShareStarts::find_coordinator() {
  return client_.find_coordinator(coordinator::SharePartitionKey{kGroup, topic_, 0}.to_string(), kShareKey);
}

std::string ShareStarts::begin(const Uuid& topic) {
  topic_ = topic;
  const auto made = client_.create_topic(kStateTopic, 1, {{"flush.messages", "1"}});
  if (!made || *made == Uuid()) return "the topic of share state cannot be made";
  if (!find_coordinator()) return "the share partition has no coordinator";
  protocol::InitializeShareGroupStateRequest request;
  about(request, topic_).start_offset = 0;
  sent_ = 0;
  for (int i = 0; i < kTries; ++i) {
    const auto answer = client_.call<protocol::InitializeShareGroupStateResponse>(request, 0);
    if (!answer) break;
    if (result_of(*answer).error_code != ErrorCode::kNone) continue;
    acknowledged_ = 0;
    return {};
  }
  return "there is no share state";
}

void ShareStarts::move() {
  if (acknowledged_ < 0) return;
  protocol::WriteShareGroupStateRequest request;
  auto& data = about(request, topic_);
  data.start_offset = ++sent_;
  data.state_batches.push_back({.first_offset = sent_ + kFirstBehind,
                                .last_offset = sent_ + kLastBehind,
                                .delivery_state = 2,
                                .delivery_count = 1,
                                .unknown_tags = {}});
  const auto answer = client_.call<protocol::WriteShareGroupStateResponse>(request, 1);
  if (answer && result_of(*answer).error_code == ErrorCode::kNone) acknowledged_ = sent_;
}

std::string ShareStarts::reconcile() {
  if (acknowledged_ < 0) return {};
  if (!find_coordinator()) return "the share partition has no coordinator";
  protocol::ReadShareGroupStateRequest request;
  about(request, topic_).leader_epoch = -1;
  std::string error = "no answer to ReadShareGroupState";
  for (int i = 0; i < kTries; ++i) {
    const auto answer = client_.call<protocol::ReadShareGroupStateResponse>(request, 0);
    if (!answer) break;
    const auto& found = result_of(*answer);
    if (found.error_code != ErrorCode::kNone) {
      error = "reading share state: " + std::string(error_name(found.error_code));
      continue;
    }
    if (found.state_batches.size() > 1) return "share state has batches that were never sent";
    const bool has_batch = !found.state_batches.empty();
    auto complaint = check(found.start_offset, has_batch ? found.state_batches.front().first_offset : -1,
                           has_batch ? found.state_batches.front().last_offset : -1);
    acknowledged_ = found.start_offset;
    return complaint;
  }
  return error;
}

std::string ShareStarts::check(std::int64_t start, std::int64_t first, std::int64_t last) const {
  if (start < acknowledged_) {
    return "share start " + std::to_string(acknowledged_) + " was acknowledged, " + std::to_string(start) +
           " is there";
  }
  if (start > sent_) return "share start " + std::to_string(start) + " was never sent";
  // Starts that came to nothing may have left out a batch.
  const bool is_sound = start == 0
                            ? first == -1 && last == -1
                            : first >= start && first <= start + kFirstBehind && last == start + kLastBehind;
  if (!is_sound) {
    return "share start " + std::to_string(start) + " has the batch " + std::to_string(first) + " to " +
           std::to_string(last);
  }
  return {};
}

}  // namespace moldau::sim
