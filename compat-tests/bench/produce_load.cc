#include "produce_load.h"

#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "broker_peer.h"
#include "first_writes.h"
#include "io/uv/host.h"
#include "mode.h"

namespace moldau::bench {
namespace {

/// The same batch for each partition: a frame each.
struct Frames {
  std::vector<Buffer> of_partition;
  std::size_t batch_bytes = 0;
};

Frames frames_of(const ProduceLoad& load, const Uuid& topic_id, std::int32_t partitions, const Batch& batch) {
  Frames frames{.of_partition = {}, .batch_bytes = batch.bytes.size()};
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    frames.of_partition.push_back(produce_frame(topic_id, partition, batch.bytes, load.acks));
  }
  return frames;
}

/// One connection with its requests.
class Producer {
 public:
  /// Begins with that partition.
  Producer(io::uv::UvHost& host, const ProduceLoad& load, Meter& meter, const Frames& frames,
           std::size_t partition)
      : host_(host),
        load_(load),
        meter_(meter),
        frames_(frames),
        peer_(host, load.address),
        partition_(partition) {}

  void begin() {
    for (std::size_t i = 0; i < load_.under_way; ++i) {
      send();
    }
  }

 private:
  void send() {
    const std::int32_t id = next_++;
    // The bare program answers with the first bytes of the request: key 0 and version.
    const std::int32_t expected = load_.to_floor ? produce_version() : id;
    const Buffer& frame = frames_.of_partition[partition_];
    partition_ = (partition_ + load_.connections) % frames_.of_partition.size();
    peer_.connection().send_frame(with_correlation_id(frame, id), expected,
                                  [this](Result<net::Frame> answer) { answered(std::move(answer)); });
  }

  void answered(Result<net::Frame> answer) {
    if (!answer) die("producing", answer.error().message.c_str());
    if (!load_.to_floor) check_produced(std::as_const(*answer).bytes());
    meter_.count(frames_.batch_bytes);
    meter_.is_done() ? host_.stop() : send();
  }

  io::uv::UvHost& host_;
  const ProduceLoad& load_;
  Meter& meter_;
  const Frames& frames_;
  BrokerPeer peer_;
  std::size_t partition_;  ///< of the next batch
  std::int32_t next_ = 1;
};

}  // namespace

Mode add_produce(CLI::App& app) {
  const auto load = std::make_shared<ProduceLoad>();
  CLI::App& command = *app.add_subcommand("produce", "Produce batches to a new topic");
  add_broker(command, load->address);
  add_shape(command, load->shape);
  add_meter(command, load->meter);
  command.add_flag("--floor", load->to_floor, "The broker is the bare program");
  command.add_option("--topic", load->topic, "Name of the topic");
  command.add_option("--connections", load->connections, "Connections");
  command.add_option("--partitions", load->partitions, "Partitions; 0: one a connection");
  command.add_option("--under-way", load->under_way, "Requests under way a connection");
  command.add_option("--acks", load->acks, "1 or -1");
  return {&command, [load] { bench::run(*load); }};
}

Mode add_fill(CLI::App& app) {
  const auto fill = std::make_shared<Fill>();
  CLI::App& command = *app.add_subcommand("fill", "Fill a new topic for consume");
  add_broker(command, fill->address);
  add_shape(command, fill->shape);
  command.add_option("--topic", fill->topic, "Name of the topic");
  command.add_option("--partitions", fill->partitions, "Partitions");
  command.add_option("--partition-bytes", fill->partition_bytes, "Most bytes of a partition")->required();
  return {&command, [fill] { bench::run(*fill); }};
}

void run(const ProduceLoad& load) {
  io::uv::UvHost host(1);
  const Batch batch = batch_of(load.shape, host.loop(0).clock().wall_ms());
  const std::size_t partitions = load.partitions > 0 ? load.partitions : load.connections;
  const auto count = static_cast<std::int32_t>(partitions);
  const Uuid topic_id =
      load.to_floor ? Uuid() : create_led_topic(host, load.address, load.topic, count, batch.bytes);
  const Frames frames = frames_of(load, topic_id, count, batch);
  Meter meter(host.loop(0).clock(), load.meter);
  std::vector<std::unique_ptr<Producer>> producers;
  for (std::size_t i = 0; i < load.connections; ++i) {
    producers.push_back(std::make_unique<Producer>(host, load, meter, frames, i % partitions));
  }
  for (const auto& producer : producers) {
    producer->begin();
  }
  while (!meter.is_done()) {
    host.run();
  }
  std::puts(meter.report().c_str());
}

void run(const Fill& fill) {
  io::uv::UvHost host(1);
  const Batch batch = batch_of(fill.shape, host.loop(0).clock().wall_ms());
  const std::uint64_t batches = fill.partition_bytes / batch.bytes.size();
  if (batches == 0) die("filling", "a partition takes no batch");
  const Uuid topic_id = create_led_topic(host, fill.address, fill.topic, fill.partitions, batch.bytes);
  BrokerPeer peer(host, fill.address);
  for (std::int32_t partition = 0; partition < fill.partitions; ++partition) {
    const Buffer frame = produce_frame(topic_id, partition, batch.bytes);
    for (std::uint64_t written = 1; written < batches; ++written) {
      const net::Frame answer = peer.exchange(with_correlation_id(frame, 1), 1);
      check_produced(answer.bytes());
    }
  }
}

}  // namespace moldau::bench
