#pragma once

// A consumer group of one member that commits what it has read, and keeps book of the commits that were
// acknowledged.

#include <map>

#include "common.h"

namespace load {

class Group final : public RdKafka::RebalanceCb, public RdKafka::OffsetCommitCb {
 public:
  Group(const std::string& bootstrap, std::string name, std::vector<std::string> topics, Notes& notes);
  ~Group() override;

  /// Reads what has come, and commits now and then unless commits are held.
  void step();

  /// From before a crash until the offsets were looked at: a new commit could hide a lost one.
  void hold_commits(bool hold) { holds_commits_ = hold; }

  /// Asks for the committed offsets and holds them against the acknowledged ones. Returns how many there
  /// were.
  std::size_t check();

  /// How many commits were acknowledged.
  int commits() const { return commits_; }

  void rebalance_cb(RdKafka::KafkaConsumer* consumer, RdKafka::ErrorCode error,
                    std::vector<RdKafka::TopicPartition*>& partitions) override;
  void offset_commit_cb(RdKafka::ErrorCode error, std::vector<RdKafka::TopicPartition*>& offsets) override;

 private:
  using Offsets = std::map<std::pair<std::string, std::int32_t>, std::int64_t>;

  void read(const RdKafka::Message& message);
  void commit();

  std::string name_;
  Notes& notes_;
  Offsets next_;
  Offsets acknowledged_;
  /// What was acknowledged when the partition was last given out: nothing below comes again.
  Offsets floor_;
  int commits_ = 0;
  bool holds_commits_ = false;
  bool commit_is_under_way_ = false;
  Clock::time_point last_commit_ = Clock::now();
  std::unique_ptr<RdKafka::KafkaConsumer> member_;
  /// No member of the group: only asks what is committed.
  std::unique_ptr<RdKafka::KafkaConsumer> auditor_;
};

}  // namespace load
