#pragma once

// A producer that keeps book of what it sent and what was acknowledged.

#include "common.h"

namespace load {

enum class Outcome { kUnknown, kAcknowledged, kFailed };

/// One record as it was sent. `offset` is negative where the broker did not say.
struct Sent {
  std::int32_t partition = 0;
  std::int64_t offset = -1;
  Outcome outcome = Outcome::kUnknown;
};

struct WriterPlan {
  std::string name;
  std::string topic;
  int partitions = 1;
  Settings settings;
  /// An idempotent producer, which sends again what was not acknowledged.
  bool keeps_trying = true;
  /// 0: records have no key. Otherwise keys come again, and some records are tombstones.
  int keys = 0;
};

class Writer final : public RdKafka::DeliveryReportCb {
 public:
  Writer(const std::string& bootstrap, std::uint64_t seed, WriterPlan plan, Notes& notes);

  /// Sends `records` more, fewer while much is under way.
  void send(int records);

  /// Serves delivery reports.
  void poll() { producer_->poll(0); }

  bool is_drained() const { return in_flight_ == 0; }
  std::uint64_t acknowledged() const { return acknowledged_; }
  const std::vector<Sent>& sent() const { return sent_; }
  const WriterPlan& plan() const { return plan_; }

  std::string key_of(std::size_t number) const;
  /// Also what a reader compares with; a tombstone has the empty value.
  std::string value_of(std::size_t number) const;
  bool is_tombstone(std::size_t number) const;

  void dr_cb(RdKafka::Message& message) override;

 private:
  void begin();
  bool send_one();
  std::uint64_t bits_of(std::size_t number, std::uint64_t use) const;

  std::string bootstrap_;
  std::uint64_t seed_;
  WriterPlan plan_;
  Notes& notes_;
  std::vector<Sent> sent_;
  int in_flight_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::unique_ptr<RdKafka::Producer> producer_;
};

}  // namespace load
