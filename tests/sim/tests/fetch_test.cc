// Fetches that read several partitions, which are on one, two or four shards: whatever the number, the answer
// is the one of a broker that reads them in their order.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "protocol/messages/fetch_request.h"
#include "protocol/messages/fetch_response.h"
#include "runtime/partition.h"
#include "tests/sim/client_process.h"
#include "tests/sim/led_partitions.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t kPartitions = 6;
constexpr auto kMaxWait = 5s;

/// Bytes by partition; the partitions that have none are left out.
using Sizes = std::map<std::int32_t, std::size_t>;

struct Limits {
  std::int32_t max_bytes = 1 << 20;
  std::int32_t partition_max_bytes = 1 << 20;
  std::int32_t min_bytes = 1;
};

class Bench {
 public:
  explicit Bench(std::size_t loop_count) : node_(loop_count) {
    node_.start();
    topic_ = node_.client().create_topic("t", kPartitions, {}).value();
    REQUIRE(reader_.connect([] { return true; }));
  }

  /// Appends a batch with one value of so many bytes; gives the batch's size.
  std::size_t produce(std::int32_t partition, std::size_t value_bytes) {
    const std::string value(value_bytes, 'v');
    REQUIRE(node_.produce(topic_, partition, value) == ErrorCode::kNone);
    return batch_of({value}, 0, {}).size();
  }

  /// Asks for all partitions from their beginning.
  void send_fetch(const Limits& limits) {
    protocol::FetchRequest request;
    request.max_wait_ms = static_cast<std::int32_t>(std::chrono::milliseconds(kMaxWait).count());
    request.min_bytes = limits.min_bytes;
    request.max_bytes = limits.max_bytes;
    auto& asked = request.topics.emplace_back();
    asked.topic_id = topic_;
    for (std::int32_t i = 0; i < kPartitions; ++i) {
      auto& one = asked.partitions.emplace_back();
      one.partition = i;
      one.partition_max_bytes = limits.partition_max_bytes;
    }
    answer_.reset();
    sent_at_ = node_.world().now();
    reader_.send<protocol::FetchResponse>(
        request, 13, [this](std::optional<client::Answer<protocol::FetchResponse>> answer) {
          if (!answer) return;
          answered_at_ = node_.world().now();
          answer_ = *std::move(answer);
        });
  }

  bool is_answered_within(Duration time) {
    return node_.world().run_until([this] { return answer_.has_value(); }, time);
  }

  const protocol::FetchResponse& answer() const { return **answer_; }
  Duration answered_after() const { return answered_at_ - sent_at_; }

  /// The bytes of each partition in the answer.
  Sizes answered() const {
    Sizes sizes;
    for (const auto& topic : answer().responses) {
      for (const auto& one : topic.partitions) {
        if (one.records && !one.records->bytes.empty())
          sizes[one.partition_index] = one.records->bytes.size();
      }
    }
    return sizes;
  }

  Sizes fetch(const Limits& limits) {
    send_fetch(limits);
    REQUIRE(is_answered_within(2 * kMaxWait));
    return answered();
  }

  /// What the partitions' counters say went out.
  Sizes counted() {
    Sizes sizes;
    for_each_settled([&](std::int32_t index, runtime::Partition& partition) {
      if (partition.counters().bytes_out > 0) sizes[index] = partition.counters().bytes_out;
    });
    return sizes;
  }

  /// How many partitions were asked for.
  std::uint64_t counted_requests() {
    std::uint64_t count = 0;
    for_each_settled(
        [&](auto, runtime::Partition& partition) { count += partition.counters().fetch_requests; });
    return count;
  }

  /// How many partitions somebody waits for.
  int waited_for() {
    int count = 0;
    for_each_settled(
        [&](auto, runtime::Partition& partition) { count += partition.progress().empty() ? 0 : 1; });
    return count;
  }

  SeveralDisks& node() { return node_; }
  ClientProcess& reader() { return reader_; }

 private:
  /// Calls visit(index, partition) once what is under way has arrived.
  template <class Visit>
  void for_each_settled(Visit visit) {
    node_.world().run_for(1s);
    for_each_led_partition(node_.node(), "t", [&](auto, std::int32_t index, const auto& partition) {
      visit(index, *partition);
    });
  }

  SeveralDisks node_;
  Uuid topic_;
  ClientProcess reader_{node_.world()};
  std::optional<client::Answer<protocol::FetchResponse>> answer_;
  Instant sent_at_;
  Instant answered_at_;
};

/// Calls run(bench) for a broker of each number of loops.
template <class Run>
void with_each_loop_count(Run run) {
  for (const std::size_t loops : {1U, 2U, 4U}) {
    CAPTURE(loops);
    Bench bench(loops);
    run(bench);
  }
}

/// Reads of partitions with two batches of that size each, one after the other.
Sizes expected_of(const Sizes& batches, const Limits& limits) {
  Sizes sizes;
  std::size_t taken = 0;
  for (const auto& [partition, batch] : batches) {
    const std::size_t left = static_cast<std::size_t>(limits.max_bytes) -
                             std::min(static_cast<std::size_t>(limits.max_bytes), taken);
    const std::size_t room = std::min(left, static_cast<std::size_t>(limits.partition_max_bytes));
    if (room < batch && taken > 0) continue;
    sizes[partition] = std::clamp(room, batch, 2 * batch);
    taken += sizes[partition];
  }
  return sizes;
}

TEST_CASE("A fetch takes the first batch whole, and of what follows no more than its limits leave") {
  with_each_loop_count([](Bench& bench) {
    Sizes batches;
    // The first has nothing.
    for (std::int32_t i = 1; i < kPartitions; ++i) {
      batches[i] = bench.produce(i, 100 * static_cast<std::size_t>(1 + i % 3));
      bench.produce(i, 100 * static_cast<std::size_t>(1 + i % 3));
    }
    for (std::int32_t max_bytes = 0; max_bytes <= 3'000; max_bytes += 50) {
      for (const std::int32_t partition_max_bytes : {0, 250, 500, 1'000}) {
        CAPTURE(max_bytes);
        CAPTURE(partition_max_bytes);
        const Limits limits{.max_bytes = max_bytes, .partition_max_bytes = partition_max_bytes};
        CHECK(bench.fetch(limits) == expected_of(batches, limits));
      }
    }
  });
}

TEST_CASE("A fetch waits until all its partitions together have enough") {
  with_each_loop_count([](Bench& bench) {
    Sizes batches;
    const std::size_t batch_bytes = batch_of({std::string(100, 'v')}, 0, {}).size();
    bench.send_fetch({.min_bytes = static_cast<std::int32_t>(3 * batch_bytes)});
    for (const std::int32_t partition : {4, 1, 2}) {
      CHECK_FALSE(bench.is_answered_within(200ms));
      batches[partition] = bench.produce(partition, 100);
    }
    REQUIRE(bench.is_answered_within(kMaxWait));
    CHECK(bench.answered_after() < kMaxWait);
    CHECK(bench.answered() == batches);
    CHECK(bench.waited_for() == 0);
  });
}

TEST_CASE("A fetch gives what there is when its time is over") {
  with_each_loop_count([](Bench& bench) {
    Sizes batches;
    bench.send_fetch({.min_bytes = 1'000});
    CHECK_FALSE(bench.is_answered_within(200ms));
    batches[3] = bench.produce(3, 100);
    REQUIRE(bench.is_answered_within(2 * kMaxWait));
    CHECK(bench.answered_after() >= kMaxWait);
    CHECK(bench.answered_after() < kMaxWait + 100ms);
    CHECK(bench.answered() == batches);
    CHECK(bench.waited_for() == 0);
  });
}

TEST_CASE("A fetch that waits is told when its topic goes") {
  with_each_loop_count([](Bench& bench) {
    bench.send_fetch({});
    CHECK_FALSE(bench.is_answered_within(200ms));
    REQUIRE(bench.node().client().delete_topic("t") == ErrorCode::kNone);
    REQUIRE(bench.is_answered_within(kMaxWait));
    CHECK(bench.answered_after() < kMaxWait);
    const auto& partitions = bench.answer().responses.at(0).partitions;
    CHECK(
        std::ranges::any_of(partitions, [](const auto& one) { return one.error_code != ErrorCode::kNone; }));
  });
}

TEST_CASE("A fetch that reads again and again counts once, and what it gives counts once") {
  with_each_loop_count([](Bench& bench) {
    bench.send_fetch({.min_bytes = 1'000});
    for (std::int32_t i = 0; i < kPartitions; ++i)
      bench.produce(i, 300);
    REQUIRE(bench.is_answered_within(kMaxWait));
    CHECK(bench.counted_requests() == kPartitions);
    Sizes given = bench.answered();
    CHECK(bench.counted() == given);

    // One that is cut by its limit.
    const Sizes cut = bench.fetch({.max_bytes = 800});
    CHECK(cut == Sizes{{0, given[0]}, {1, given[1]}});
    CHECK(bench.counted_requests() == 2 * kPartitions);
    for (const auto& [partition, bytes] : cut)
      given[partition] += bytes;
    CHECK(bench.counted() == given);
  });
}

TEST_CASE("A reader that goes while its fetch waits leaves nobody behind") {
  with_each_loop_count([](Bench& bench) {
    bench.send_fetch({});
    CHECK(bench.waited_for() == kPartitions);
    bench.reader().disconnect();
    bench.node().world().run_for(2 * kMaxWait);
    CHECK(bench.waited_for() == 0);
    bench.node().stop();
  });
}

TEST_CASE("A broker stops while fetches wait") {
  with_each_loop_count([](Bench& bench) {
    bench.send_fetch({});
    CHECK(bench.waited_for() == kPartitions);
    bench.reader().disconnect();
    bench.node().stop();
  });
}

}  // namespace
}  // namespace moldau::sim
