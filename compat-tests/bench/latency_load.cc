#include "latency_load.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <sys/prctl.h>

#include "blocking_peer.h"
#include "fetches.h"
#include "first_writes.h"
#include "io/uv/host.h"
#include "mode.h"
#include "protocol/records/batch.h"
#include "stretch.h"

namespace moldau::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kFetchBytes = 1 << 20;

/// When the n-th record is due.
class Ticks {
 public:
  Ticks(SteadyClock::time_point begin, std::uint32_t per_second) : begin_(begin), per_second_(per_second) {}

  SteadyClock::time_point due(std::size_t record) const {
    return begin_ + std::chrono::nanoseconds(record * 1'000'000'000 / per_second_);
  }
  void wait_for(std::size_t record) const {
    const auto since = due(record).time_since_epoch();
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(since);
    const timespec at{.tv_sec = whole.count(), .tv_nsec = std::chrono::nanoseconds(since - whole).count()};
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) == EINTR) {
    }
  }
  float micros_since(std::size_t record) const {
    return std::chrono::duration<float, std::micro>(SteadyClock::now() - due(record)).count();
  }

 private:
  SteadyClock::time_point begin_;
  std::uint32_t per_second_;
};

/// What is said to the other side of the load.
class Talk {
 public:
  virtual ~Talk() = default;

  /// The frame with the n-th record.
  virtual Buffer record(std::size_t n) const = 0;
  /// Ends the program unless the record was taken.
  virtual void check_taken(ByteView answer) const = 0;
  /// Asks for the records from the n-th on.
  virtual Buffer question(std::size_t n) const = 0;
  /// How many records the answer has. Ends the program if they are not those from the n-th on.
  virtual std::size_t count(ByteView answer, std::size_t n) const = 0;
};

/// The n-th record has offset n + 1: the topic had one when it was made, and nobody else writes to it.
class BrokerTalk final : public Talk {
 public:
  BrokerTalk(const Uuid& topic_id, const Batch& batch, std::int16_t acks)
      : frame_(produce_frame(topic_id, 0, batch.bytes, acks)),
        request_(fetch_request(topic_id, 0, kFetchBytes)) {}

  Buffer record(std::size_t n) const override {
    return with_correlation_id(frame_, static_cast<std::int32_t>(n));
  }
  void check_taken(ByteView answer) const override { check_produced(answer); }
  Buffer question(std::size_t n) const override {
    protocol::FetchRequest request = request_;
    offset_of(request) = static_cast<std::int64_t>(n) + 1;
    return std::move(wire::encode_request(request, kFetchVersion, 0, "bench").value().bytes);
  }
  std::size_t count(ByteView answer, std::size_t n) const override {
    const auto response = wire::decode_response<protocol::FetchResponse>(answer, kFetchVersion);
    if (!response) die("consuming", response.error().message.c_str());
    records::BatchCursor batches(fetched_records(*response));
    std::size_t count = 0;
    while (const auto entry = batches.next()) {
      ++count;
      const std::int64_t offset = records::BatchHeader::parse(entry->bytes).value().last_offset();
      if (offset != static_cast<std::int64_t>(n + count)) die("consuming", "not the record that comes next");
    }
    return count;
  }

 private:
  Buffer frame_;
  protocol::FetchRequest request_;
};

/// Frames as in floor.cc, which knows no offsets.
class FloorTalk final : public Talk {
 public:
  /// `batch` outlives it.
  explicit FloorTalk(const Batch& batch) : record_(batch.bytes.bytes()) {}

  Buffer record(std::size_t) const override { return framed(record_); }
  void check_taken(ByteView answer) const override {
    if (answer.size() != 4) die("producing", "not an answer of the bare program");
  }
  Buffer question(std::size_t) const override { return framed({}); }
  std::size_t count(ByteView answer, std::size_t) const override {
    if (answer.size() % record_.size() != 0) die("consuming", "not whole records");
    return answer.size() / record_.size();
  }

 private:
  static Buffer framed(ByteView payload) {
    Buffer frame(4);
    store_big_endian(frame.data(), static_cast<std::uint32_t>(payload.size()));
    frame.append(payload);
    return frame;
  }

  ByteView record_;
};

void consume(BlockingPeer& peer, const Talk& talk, const Ticks& ticks, std::vector<float>& latencies) {
  std::size_t next = 0;
  while (next < latencies.size()) {
    peer.send(talk.question(next).bytes());
    for (std::size_t left = talk.count(peer.receive(), next); left > 0; --left) {
      latencies.at(next) = ticks.micros_since(next);
      ++next;
    }
  }
}

std::unique_ptr<const Talk> talk_of(io::uv::UvHost& host, const LatencyLoad& load, const Batch& batch) {
  if (load.to_floor) return std::make_unique<FloorTalk>(batch);
  const Uuid topic_id = create_led_topic(host, load.address, {load.topic, 1}, batch.bytes);
  return std::make_unique<BrokerTalk>(topic_id, batch, load.acks);
}

/// Prints percentiles under names that begin with `label`.
void print_percentiles(const char* label, std::vector<float> latencies) {
  std::sort(latencies.begin(), latencies.end());
  const auto at = [&](double part) {
    return static_cast<double>(
        latencies[static_cast<std::size_t>(part * static_cast<double>(latencies.size() - 1))]);
  };
  std::printf(R"("%s_p50_us": %.1f, "%s_p99_us": %.1f, "%s_p999_us": %.1f, "%s_max_us": %.1f, )", label,
              at(0.5), label, at(0.99), label, at(0.999), label, at(1));
}

}  // namespace

Mode add_latency(CLI::App& app) {
  const auto load = std::make_shared<LatencyLoad>();
  CLI::App& command =
      *app.add_subcommand("latency", "Send records at a fixed rate and time them to a consumer");
  add_broker(command, load->address);
  add_process(command, load->process);
  command.add_flag("--floor", load->to_floor, "The broker is the bare program");
  command.add_option("--topic", load->topic, "Name of the topic");
  command.add_option("--record-bytes", load->record_bytes, "Bytes of a record's value");
  command.add_option("--acks", load->acks, "1 or -1");
  command.add_option("--rate", load->records_per_second, "Records a second");
  command.add_option("--warm-up-seconds", load->warm_up_seconds, "Seconds before the measurement");
  command.add_option("--seconds", load->seconds, "Seconds to measure");
  return {&command, [load] { bench::run(*load); }};
}

void run(const LatencyLoad& load) {
  io::uv::UvHost host(1);
  const Batch batch =
      batch_of({.batch_bytes = 1, .record_bytes = load.record_bytes}, host.loop(0).clock().wall_ms());
  const std::unique_ptr<const Talk> talk = talk_of(host, load, batch);
  BlockingPeer producer(load.address);
  BlockingPeer consumer(load.address);

  const std::size_t warm_up = std::size_t{load.warm_up_seconds} * load.records_per_second;
  const std::size_t records = warm_up + std::size_t{load.seconds} * load.records_per_second;
  const Ticks ticks(SteadyClock::now() + std::chrono::milliseconds(100), load.records_per_second);
  std::vector<float> acknowledged(records);
  std::vector<float> consumed(records);
  Mark begin;
  std::thread consuming([&] { consume(consumer, *talk, ticks, consumed); });
  std::thread acknowledging([&] {
    for (std::size_t record = 0; record < records; ++record) {
      talk->check_taken(producer.receive());
      acknowledged[record] = ticks.micros_since(record);
    }
  });
  // By default the kernel wakes a thread up to 50 us late, to wake several at once.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  for (std::size_t record = 0; record < records; ++record) {
    if (record == warm_up) begin = mark_now(host.loop(0).clock(), load.process);
    ticks.wait_for(record);
    producer.send(talk->record(record).bytes());
  }
  acknowledging.join();
  consuming.join();
  const Stretch stretch(begin, mark_now(host.loop(0).clock(), load.process));

  const auto measured = [&](const std::vector<float>& all) {
    return std::vector<float>(all.begin() + static_cast<std::ptrdiff_t>(warm_up), all.end());
  };
  std::printf("{");
  print_percentiles("ack", measured(acknowledged));
  print_percentiles("end_to_end", measured(consumed));
  std::printf(R"("records": %zu, %s})"
              "\n",
              records - warm_up, stretch.fields().c_str());
}

}  // namespace moldau::bench
