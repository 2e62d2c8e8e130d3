#include "metadata/replica_placement.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

namespace moldau::metadata {
namespace {

std::size_t below(std::size_t bound, RandomBits& random) {
  return static_cast<std::size_t>(random() % bound);
}

template <class T>
void shuffle(std::vector<T>& items, RandomBits& random) {
  for (std::size_t i = items.size(); i > 1; --i)
    std::swap(items[i - 1], items[below(i, random)]);
}

/// Brokers of one rack, handed out in turn. Each round (one partition) starts one broker further.
class BrokerRing {
 public:
  void add(BrokerId id) { ids_.push_back(id); }
  void start(RandomBits& random) {
    std::ranges::sort(ids_);
    if (!ids_.empty()) offset_ = below(ids_.size(), random);
  }
  void shuffle(RandomBits& random) { metadata::shuffle(ids_, random); }

  /// The next broker of the round; nullopt once all had their turn.
  std::optional<BrokerId> next(std::size_t round) {
    if (ids_.empty()) return std::nullopt;
    if (round_ != round) {
      round_ = round;
      given_ = 0;
      offset_ = (offset_ + 1) % ids_.size();
    }
    if (given_ >= ids_.size()) return std::nullopt;
    return ids_[(given_++ + offset_) % ids_.size()];
  }

 private:
  std::vector<BrokerId> ids_;
  std::size_t offset_ = 0;
  std::size_t given_ = 0;
  std::size_t round_ = 0;
};

struct Rack {
  BrokerRing unfenced;
  BrokerRing fenced;

  std::optional<BrokerId> next(std::size_t round) {
    const auto id = unfenced.next(round);
    return id ? id : fenced.next(round);
  }
};

class RackRing {
 public:
  RackRing(std::span<const UsableBroker> brokers, RandomBits& random) {
    std::map<std::optional<std::string>, Rack> by_name;
    for (const UsableBroker& broker : brokers) {
      Rack& rack = by_name[broker.rack];
      (broker.is_fenced ? rack.fenced : rack.unfenced).add(broker.id);
      if (!broker.is_fenced) ++unfenced_;
    }
    for (auto& [name, rack] : by_name) {
      rack.fenced.start(random);
      rack.unfenced.start(random);
      racks_.push_back(std::move(rack));
    }
    if (!racks_.empty()) offset_ = below(racks_.size(), random);
  }

  std::size_t unfenced() const { return unfenced_; }

  /// `count` replicas of the next partition; there are at least as many brokers, one of them unfenced.
  Replicas place(std::size_t count, RandomBits& random) {
    // After as many partitions as there are brokers the same assignments would come again.
    if (round_ == unfenced_ && unfenced_ > 1) {
      shuffle(racks_, random);
      for (Rack& rack : racks_) {
        rack.fenced.shuffle(random);
        rack.unfenced.shuffle(random);
      }
      round_ = 0;
    }
    if (offset_ == racks_.size()) offset_ = 0;
    Replicas replicas;
    std::optional<std::size_t> leader_rack = offset_;
    while (true) {
      if (const auto id = racks_[*leader_rack].unfenced.next(round_)) {
        replicas.push_back(*id);
        break;
      }
      leader_rack = (*leader_rack + 1) % racks_.size();
    }
    for (std::size_t at = offset_; replicas.size() < count; at = (at + 1) % racks_.size()) {
      if (leader_rack == at) {
        leader_rack.reset();  // The leader's rack is passed over once: it has given one replica already.
      } else if (const auto id = racks_[at].next(round_)) {
        replicas.push_back(*id);
      }
    }
    ++round_;
    ++offset_;
    return replicas;
  }

 private:
  std::vector<Rack> racks_;
  std::size_t unfenced_ = 0;
  std::size_t round_ = 0;
  std::size_t offset_ = 0;
};

}  // namespace

Result<std::vector<Replicas>> place_replicas(std::span<const UsableBroker> brokers,
                                             std::int32_t partition_count, std::int16_t replication_factor,
                                             RandomBits& random) {
  RackRing racks(brokers, random);
  const auto refuse = [](std::string why) {
    return fail(ErrorCode::kInvalidReplicationFactor, std::move(why));
  };
  if (replication_factor <= 0) {
    return refuse("Invalid replication factor " + std::to_string(replication_factor) +
                  ": the replication factor must be positive.");
  }
  if (racks.unfenced() == 0) {
    return refuse("All brokers are currently fenced, or have all their log directories cordoned.");
  }
  if (static_cast<std::size_t>(replication_factor) > brokers.size()) {
    return refuse("The target replication factor of " + std::to_string(replication_factor) +
                  " cannot be reached because only " + std::to_string(brokers.size()) +
                  " broker(s) are registered or some brokers have all their log directories cordoned.");
  }
  std::vector<Replicas> placements;
  for (std::int32_t i = 0; i < partition_count; ++i) {
    placements.push_back(racks.place(static_cast<std::size_t>(replication_factor), random));
  }
  return placements;
}

}  // namespace moldau::metadata
