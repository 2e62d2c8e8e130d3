#include "group.h"

#include <algorithm>

namespace load {

namespace {

constexpr std::chrono::milliseconds kBetweenCommits{30};
// librdkafka may keep a commit from before a crash for long without a word.
constexpr std::chrono::milliseconds kPatienceWithCommit{2000};
constexpr std::chrono::seconds kPatience{60};
constexpr int kMostAtOnce = 200;

std::string text_of(const std::pair<std::string, std::int32_t>& partition) {
  return partition.first + "-" + std::to_string(partition.second);
}

std::vector<RdKafka::TopicPartition*> partitions_of(
    const std::map<std::pair<std::string, std::int32_t>, std::int64_t>& offsets) {
  std::vector<RdKafka::TopicPartition*> partitions;
  for (const auto& [partition, offset] : offsets) {
    partitions.push_back(RdKafka::TopicPartition::create(partition.first, partition.second, offset));
  }
  return partitions;
}

}  // namespace

Group::Group(const std::string& bootstrap, std::string name, std::vector<std::string> topics, Notes& notes)
    : name_(std::move(name)), notes_(notes) {
  const Settings settings = {{"group.id", name_},
                             {"auto.offset.reset", "earliest"},
                             {"enable.auto.commit", "false"},
                             {"session.timeout.ms", "6000"},
                             {"heartbeat.interval.ms", "200"},
                             {"check.crcs", "true"}};
  std::string reason;
  auto conf = conf_of(bootstrap, settings);
  auditor_.reset(RdKafka::KafkaConsumer::create(conf.get(), reason));
  if (!auditor_) fail(reason);
  if (conf->set("rebalance_cb", static_cast<RdKafka::RebalanceCb*>(this), reason) != RdKafka::Conf::CONF_OK ||
      conf->set("offset_commit_cb", static_cast<RdKafka::OffsetCommitCb*>(this), reason) !=
          RdKafka::Conf::CONF_OK) {
    fail(reason);
  }
  member_.reset(RdKafka::KafkaConsumer::create(conf.get(), reason));
  if (!member_) fail(reason);
  if (member_->subscribe(topics) != RdKafka::ERR_NO_ERROR) fail("the group cannot subscribe");
}

Group::~Group() {
  member_->close();
}

void Group::step() {
  for (int i = 0; i < kMostAtOnce; ++i) {
    const std::unique_ptr<RdKafka::Message> message(member_->consume(0));
    if (message->err() == RdKafka::ERR__TIMED_OUT) break;
    if (message->err() == RdKafka::ERR_NO_ERROR) read(*message);
  }
  const auto since = Clock::now() - last_commit_;
  if (!holds_commits_ && since > (commit_is_under_way_ ? kPatienceWithCommit : kBetweenCommits)) commit();
}

void Group::read(const RdKafka::Message& message) {
  const std::pair partition(message.topic_name(), message.partition());
  const auto floor = floor_.find(partition);
  if (floor != floor_.end() && message.offset() < floor->second) {
    notes_.complain("group " + name_ + " reads " + text_of(partition) + " again at " +
                    std::to_string(message.offset()) + ", below its commit of " +
                    std::to_string(floor->second));
  }
  next_[partition] = message.offset() + 1;
}

void Group::commit() {
  if (next_.empty()) return;
  auto partitions = partitions_of(next_);
  commit_is_under_way_ = member_->commitAsync(partitions) == RdKafka::ERR_NO_ERROR;
  last_commit_ = Clock::now();
  RdKafka::TopicPartition::destroy(partitions);
}

void Group::rebalance_cb(RdKafka::KafkaConsumer* consumer, RdKafka::ErrorCode error,
                         std::vector<RdKafka::TopicPartition*>& partitions) {
  if (error != RdKafka::ERR__ASSIGN_PARTITIONS) {
    consumer->unassign();
    return;
  }
  floor_ = acknowledged_;
  next_.clear();
  consumer->assign(partitions);
}

void Group::offset_commit_cb(RdKafka::ErrorCode error, std::vector<RdKafka::TopicPartition*>& offsets) {
  commit_is_under_way_ = false;
  if (error != RdKafka::ERR_NO_ERROR) return;
  ++commits_;
  for (const auto* offset : offsets) {
    if (offset->err() != RdKafka::ERR_NO_ERROR || offset->offset() < 0) continue;
    const std::pair partition(offset->topic(), offset->partition());
    auto& acknowledged = acknowledged_[partition];
    acknowledged = std::max(acknowledged, offset->offset());
    notes_.note("committed " + name_ + " " + text_of(partition) + " " + std::to_string(offset->offset()));
  }
}

std::size_t Group::check() {
  if (acknowledged_.empty()) return 0;
  const Offsets expected = acknowledged_;
  auto partitions = partitions_of(expected);
  const auto deadline = Clock::now() + kPatience;
  RdKafka::ErrorCode error = RdKafka::ERR_NO_ERROR;
  do {
    error = auditor_->committed(partitions, 2000);
  } while (error != RdKafka::ERR_NO_ERROR && Clock::now() < deadline);
  if (error != RdKafka::ERR_NO_ERROR)
    notes_.complain("group " + name_ + " has no offsets: " + RdKafka::err2str(error));
  for (const auto* committed : partitions) {
    const std::pair partition(committed->topic(), committed->partition());
    if (error == RdKafka::ERR_NO_ERROR && committed->offset() < expected.at(partition)) {
      notes_.complain("group " + name_ + " has " + text_of(partition) + " committed at " +
                      std::to_string(committed->offset()) + ", but " +
                      std::to_string(expected.at(partition)) + " was acknowledged");
    }
  }
  RdKafka::TopicPartition::destroy(partitions);
  return expected.size();
}

}  // namespace load
