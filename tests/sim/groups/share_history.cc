#include "tests/sim/groups/share_history.h"

#include <algorithm>

namespace moldau::sim {
namespace {

using share::AcknowledgeType;

std::string name_of(const Share& partition, std::int64_t offset) {
  return "record " + std::to_string(offset) + " of " + partition.name + "-" +
         std::to_string(partition.partition);
}

}  // namespace

void ShareHistory::produced(const OffsetRange& records) {
  for (std::int64_t offset = records.first; offset <= records.last; ++offset)
    partitions_[records.partition].produced.insert(offset);
}

std::string ShareHistory::acquired(Reader reader, const OffsetRange& records, std::int16_t delivery,
                                   Exchange exchange) {
  Partition& partition = partitions_[records.partition];
  if (delivery < 1 || delivery > limits_.deliveries) {
    return name_of(records.partition, records.first) + " comes for the " + std::to_string(delivery) +
           "th time";
  }
  for (std::int64_t offset = records.first; offset <= records.last; ++offset) {
    if (partition.done.contains(offset)) {
      return name_of(records.partition, offset) + " comes again and was done with";
    }
    const auto hold = partition.holds.find(offset);
    if (hold != partition.holds.end() && hold->second.until > exchange.came) {
      return name_of(records.partition, offset) + " is given to reader " + std::to_string(reader) + ", and " +
             std::to_string(hold->second.reader) + " has it";
    }
    partition.came.insert(offset);
    partition.holds.insert_or_assign(
        offset, Hold{.reader = reader, .since = exchange.came, .until = exchange.sent + limits_.lock});
  }
  return {};
}

std::optional<Instant> ShareHistory::says(Reader reader, const OffsetRange& records, AcknowledgeType type) {
  auto& holds = partitions_[records.partition].holds;
  std::optional<Instant> until = Instant::never();
  for (std::int64_t offset = records.first; offset <= records.last; ++offset) {
    const auto hold = holds.find(offset);
    if (hold == holds.end() || hold->second.reader != reader) {
      until.reset();
      continue;
    }
    if (until) until = std::min(*until, hold->second.until);
    if (type != AcknowledgeType::kRenew) holds.erase(hold);
  }
  return until;
}

std::string ShareHistory::heard(Reader reader, const OffsetRange& records, AcknowledgeType type,
                                ErrorCode error, std::optional<Instant> held_until, Exchange exchange) {
  Partition& partition = partitions_[records.partition];
  if (error == ErrorCode::kInvalidRecordState && held_until && *held_until > exchange.came) {
    return name_of(records.partition, records.first) + " is not taken back from reader " +
           std::to_string(reader) + ", which has it";
  }
  if (error != ErrorCode::kNone) return {};
  for (std::int64_t offset = records.first; offset <= records.last; ++offset) {
    const auto hold = partition.holds.find(offset);
    const bool has_it = hold != partition.holds.end() && hold->second.reader == reader;
    if (hold != partition.holds.end() && !has_it && has_all_the_while(hold->second, exchange)) {
      return name_of(records.partition, offset) + " is taken back from reader " + std::to_string(reader) +
             ", and " + std::to_string(hold->second.reader) + " has it";
    }
    switch (type) {
      case AcknowledgeType::kAccept:
      case AcknowledgeType::kReject:
        // What is behind the group's start is done with whoever says what of it.
        partition.done.emplace(offset, type);
        break;
      case AcknowledgeType::kRenew:
        if (has_it) hold->second.until = std::max(hold->second.until, exchange.sent + limits_.lock);
        break;
      case AcknowledgeType::kGap:
      case AcknowledgeType::kRelease:
        break;
    }
  }
  return {};
}

void ShareHistory::session_over(Reader reader) {
  for (auto& [name, partition] : partitions_)
    std::erase_if(partition.holds, [reader](const auto& entry) { return entry.second.reader == reader; });
}

void ShareHistory::broker_over() {
  for (auto& [name, partition] : partitions_)
    partition.holds.clear();
}

std::string ShareHistory::have_all_come() const {
  for (const auto& [name, partition] : partitions_) {
    if (partition.unanswered >= limits_.deliveries) continue;
    for (const std::int64_t offset : partition.produced) {
      if (!partition.came.contains(offset)) return name_of(name, offset) + " never came";
    }
  }
  return {};
}

std::size_t ShareHistory::came() const {
  std::size_t all = 0;
  for (const auto& [name, partition] : partitions_)
    all += partition.came.size();
  return all;
}

std::size_t ShareHistory::done() const {
  std::size_t all = 0;
  for (const auto& [name, partition] : partitions_)
    all += partition.done.size();
  return all;
}

}  // namespace moldau::sim
