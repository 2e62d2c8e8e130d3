#include "runtime/fetch_reads.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/shards.h"

namespace moldau::runtime {
namespace {

ShardId owner_of(Node& node, const FetchRead& read) {
  return node.shards().owner_of(read.topic_id, read.partition);
}

/// All of a request whose partitions belong to `there`.
Task<FetchReads> read_there(Node& node, Shard& there, FetchReads reads, FetchLimits limits) {
  while (!read_all(node, there, reads, limits).is_enough(limits, there.now())) {
    Waiter waiter(there, limits.deadline);
    WaitPlaces places(waiter);
    stand_in_all(node, there, reads, places);
    co_await waiter;
  }
  for (const FetchRead& read : reads)
    count_taken(node, there, read.topic_id, read.partition, read.found_bytes());
  co_return reads;
}

/// What a shard found in its part of a request, in the part's order.
struct News {
  std::vector<ReadOutcome, PooledAllocator<ReadOutcome>> outcomes = {};
  bool is_enough = false;  ///< for the whole request
};

/// The partitions of one shard, by their places in the request.
struct Part {
  ShardId owner;
  std::vector<std::size_t, PooledAllocator<std::size_t>> places = {};
  std::shared_ptr<ShardWait> wait = make_pooled<ShardWait>();
  bool was_read = false;
};

/// A request whose partitions belong to several shards; touched on its home shard only.
struct Gathering {
  Shard& home;
  FetchReads reads;
  FetchLimits limits;
  std::vector<Part, PooledAllocator<Part>> parts = {};
  bool is_enough = false;    ///< in the eyes of one part
  Waiter* waiter = nullptr;  ///< null while nobody listens

  void take(std::size_t part, News news) {
    if (waiter == nullptr) return;
    for (std::size_t i = 0; i < news.outcomes.size(); ++i)
      reads[parts[part].places[i]].outcome = std::move(news.outcomes[i]);
    parts[part].was_read = true;
    is_enough = is_enough || news.is_enough;
    if (!std::ranges::all_of(parts, &Part::was_read)) return;
    FetchFound found;
    for (const FetchRead& read : reads)
      found.add(read);
    if (is_enough || found.is_enough(limits, home.now())) waiter->wake();
  }
};

/// Reads one part where it belongs, and again as often as one of its partitions progresses.
struct PartReader {
  Node& node;
  Shard& there;
  std::shared_ptr<Gathering> gathering;
  Shard& home;
  std::size_t part;
  FetchReads reads;
  FetchLimits limits;
  std::shared_ptr<ShardWait> wait;

  /// Hands what was found over to the request.
  void tell(bool is_enough) {
    News news{.is_enough = is_enough};
    news.outcomes.reserve(reads.size());
    for (FetchRead& read : reads)
      news.outcomes.push_back(std::move(read.outcome));
    if (&home == &there) {
      gathering->take(part, std::move(news));
      return;
    }
    home.loop().post_brief([gathering = gathering, part = part, news = make_pooled<News>(std::move(news))] {
      gathering->take(part, std::move(*news));
    });
  }
};

Task<void> attend(PartReader reader) {
  while (!reader.wait->cancelled) {
    const FetchFound found = read_all(reader.node, reader.there, reader.reads, reader.limits);
    const bool is_enough = found.is_enough(reader.limits, reader.there.now());
    reader.tell(is_enough);
    if (is_enough) co_return;
    Waiter waiter(reader.there, reader.limits.deadline);
    WaitPlaces places(waiter);
    stand_in_all(reader.node, reader.there, reader.reads, places);
    reader.wait->waiter = &waiter;
    co_await waiter;
    reader.wait->waiter = nullptr;
  }
}

void begin(PartReader reader) {
  Shard& there = reader.there;
  if (&there == &reader.home) {
    there.tasks().spawn(attend(std::move(reader)));
    return;
  }
  there.loop().post_brief([&there, reader = make_pooled<PartReader>(std::move(reader))] {
    there.tasks().spawn(attend(std::move(*reader)));
  });
}

/// What a request takes of a partition.
struct Taken {
  Uuid topic_id;
  std::int32_t partition = 0;
  std::size_t bytes = 0;
};

/// Ends the wait of a part, and counts what the request takes from it.
struct PartEnd {
  Node& node;
  Shard& there;
  std::shared_ptr<ShardWait> wait;
  std::vector<Taken, PooledAllocator<Taken>> taken = {};

  void run() const {
    wait->cancelled = true;
    if (wait->waiter != nullptr) wait->waiter->wake();
    for (const Taken& one : taken)
      count_taken(node, there, one.topic_id, one.partition, one.bytes);
  }
};

/// Not before the answer has left: other threads may have to be woken.
void end_soon(Node& node, Shard& here, const Gathering& gathering) {
  using Ends = std::vector<PartEnd, PooledAllocator<PartEnd>>;
  auto ends = make_pooled<Ends>();
  for (const Part& part : gathering.parts) {
    PartEnd& end = ends->emplace_back(node, node.shards()[part.owner], part.wait);
    for (const std::size_t place : part.places) {
      const FetchRead& read = gathering.reads[place];
      end.taken.push_back({read.topic_id, read.partition, read.found_bytes()});
    }
  }
  here.loop().post_brief([&here, ends = std::move(ends)] {
    for (const PartEnd& end : *ends) {
      if (&end.there == &here) {
        end.run();
      } else {
        end.there.loop().post_brief([ends, &end] { end.run(); });
      }
    }
  });
}

Task<ReadOutcome> read_again(Node& node, Shard& there, FetchRead read) {
  co_return read_one(node, there, read, read.call);
}

/// There is no room for anything of it.
void leave_out(FetchRead& read) {
  ReadOutcome& outcome = read.outcome;
  outcome.records.reset();
  const bool is_read = outcome.error == ErrorCode::kNone && !outcome.diverging;
  if (read.call.read_committed && is_read) outcome.aborted.emplace();
}

/// Each shard has read as if there were no others. From where that is more than there is room for, reads
/// again with what is left.
Task<void> cut_to_limit(Node& node, Shard& here, Gathering& gathering) {
  std::size_t taken_bytes = 0;
  bool is_cut = false;
  for (FetchRead& read : gathering.reads) {
    const std::size_t most_bytes = std::min(read.call.max_bytes, gathering.limits.room_behind(taken_bytes));
    is_cut = is_cut || (taken_bytes > 0 && read.found_bytes() > most_bytes);
    if (taken_bytes > 0 && most_bytes == 0) {
      leave_out(read);
    } else if (is_cut) {
      FetchRead again{.topic_id = read.topic_id, .partition = read.partition, .call = read.call};
      again.call.max_bytes = most_bytes;
      again.call.is_again = true;
      Shard& there = node.shards()[owner_of(node, read)];
      read.outcome = co_await on_shard<ReadOutcome>(
          here, there, [&node, &there, again] { return read_again(node, there, again); });
    }
    taken_bytes += read.found_bytes();
  }
}

/// All of a request whose partitions belong to several shards, which `parts` has.
Task<FetchReads> read_on_shards(Node& node, Shard& here, std::shared_ptr<Gathering> gathering) {
  Waiter waiter(here, Instant::never());
  gathering->waiter = &waiter;
  const auto deafen = [](Gathering* one) { one->waiter = nullptr; };
  {
    const std::unique_ptr<Gathering, decltype(deafen)> listening(gathering.get(), deafen);
    for (std::size_t i = 0; i < gathering->parts.size(); ++i) {
      const Part& part = gathering->parts[i];
      FetchReads reads;
      reads.reserve(part.places.size());
      for (const std::size_t place : part.places)
        reads.push_back(gathering->reads[place]);
      begin({.node = node,
             .there = node.shards()[part.owner],
             .gathering = gathering,
             .home = here,
             .part = i,
             .reads = std::move(reads),
             .limits = gathering->limits,
             .wait = part.wait});
    }
    co_await waiter;
  }
  co_await cut_to_limit(node, here, *gathering);
  end_soon(node, here, *gathering);
  co_return std::move(gathering->reads);
}

}  // namespace

Task<FetchReads> read_for_fetch(Node& node, Shard& here, FetchReads reads, FetchLimits limits) {
  if (reads.empty()) co_return reads;
  const ShardId first = owner_of(node, reads.front());
  if (std::ranges::all_of(reads, [&](const FetchRead& read) { return owner_of(node, read) == first; })) {
    Shard& there = node.shards()[first];
    co_return co_await on_shard<FetchReads>(here, there,
                                            [&node, &there, reads = std::move(reads), limits]() mutable {
                                              return read_there(node, there, std::move(reads), limits);
                                            });
  }
  auto gathering = make_pooled<Gathering>(here, std::move(reads), limits);
  for (std::size_t place = 0; place < gathering->reads.size(); ++place) {
    const ShardId owner = owner_of(node, gathering->reads[place]);
    auto part = std::ranges::find(gathering->parts, owner, &Part::owner);
    if (part == gathering->parts.end()) part = gathering->parts.insert(part, {.owner = owner});
    part->places.push_back(place);
  }
  co_return co_await read_on_shards(node, here, std::move(gathering));
}

}  // namespace moldau::runtime
