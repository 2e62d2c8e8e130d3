#include "tail_load.h"

#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "fetches.h"
#include "first_writes.h"
#include "io/uv/host.h"
#include "mode.h"
#include "producer.h"
#include "protocol/records/batch.h"

namespace moldau::bench {
namespace {

constexpr std::size_t kFetchBytes = 1 << 20;

/// A connection that fetches from its own offset as soon as it has its answer.
class Reader {
 public:
  Reader(io::uv::UvHost& host, const TailLoad& load, Meter& meter, const Uuid& topic_id)
      : host_(host),
        meter_(meter),
        peer_(host, load.address),
        request_(fetch_request(topic_id, 0, kFetchBytes)) {}

  void fetch() {
    peer_.connection().send<protocol::FetchResponse>(
        request_, kFetchVersion,
        [this](Result<client::Answer<protocol::FetchResponse>> answer) { take(std::move(answer)); });
  }

 private:
  void take(Result<client::Answer<protocol::FetchResponse>> answer) {
    if (!answer) die("reading", answer.error().message.c_str());
    follow(fetched_records(**answer));
    if (meter_.is_done()) return host_.stop();
    fetch();
  }

  /// The batches that follow what was read before.
  void follow(ByteView records) {
    std::int64_t& offset = offset_of(request_);
    records::BatchCursor batches(records);
    while (const auto entry = batches.next()) {
      const auto batch = records::BatchHeader::parse(entry->bytes);
      if (!batch || batch->base_offset() != offset) die("reading", "not the batch that comes next");
      offset = batch->next_offset();
      meter_.count(entry->bytes.size());
    }
  }

  io::uv::UvHost& host_;
  Meter& meter_;
  BrokerPeer peer_;
  protocol::FetchRequest request_;
};

}  // namespace

Mode add_tail(CLI::App& app) {
  const auto load = std::make_shared<TailLoad>();
  CLI::App& command =
      *app.add_subcommand("tail", "Produce at a fixed rate for several consumers at the end of the log");
  add_broker(command, load->address);
  add_shape(command, load->shape);
  add_meter(command, load->meter);
  command.add_option("--topic", load->topic, "Name of the topic");
  command.add_option("--readers", load->readers, "Consumers, a connection each");
  command.add_option("--bytes-per-second", load->bytes_per_second, "What is produced; 0: no limit");
  return {&command, [load] { bench::run(*load); }};
}

void run(const TailLoad& load) {
  io::uv::UvHost host(1);
  const io::Clock& clock = host.loop(0).clock();
  const Batch batch = batch_of(load.shape, clock.wall_ms());
  const Uuid topic_id = create_led_topic(host, load.address, {load.topic, 1}, batch.bytes);
  const Frames frames = frames_of(topic_id, 1, batch, 1);
  Meter meter(clock, load.meter);
  Pace pace(clock, load.bytes_per_second);
  Producer producer(host, {.address = load.address}, frames, pace, [] {});
  std::vector<std::unique_ptr<Reader>> readers;
  for (std::size_t i = 0; i < load.readers; ++i) {
    readers.push_back(std::make_unique<Reader>(host, load, meter, topic_id));
    readers.back()->fetch();
  }
  producer.begin();
  while (!meter.is_done()) {
    host.run();
  }
  std::puts(meter.report().c_str());
}

}  // namespace moldau::bench
