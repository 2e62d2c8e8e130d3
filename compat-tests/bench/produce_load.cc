#include "produce_load.h"

#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "broker_peer.h"
#include "io/uv/host.h"
#include "mode.h"

namespace moldau::bench {
namespace {

/// One connection with its requests.
class Producer {
 public:
  Producer(io::uv::UvHost& host, const ProduceLoad& load, Meter& meter, Buffer frame, std::size_t batch_bytes)
      : host_(host),
        load_(load),
        meter_(meter),
        peer_(host, load.address),
        frame_(std::move(frame)),
        batch_bytes_(batch_bytes) {}

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
    peer_.connection().send_frame(with_correlation_id(frame_, id), expected,
                                  [this](Result<net::Frame> answer) { answered(std::move(answer)); });
  }

  void answered(Result<net::Frame> answer) {
    if (!answer) die("producing", answer.error().message.c_str());
    if (!load_.to_floor) check_produced(std::as_const(*answer).bytes());
    meter_.count(batch_bytes_);
    meter_.is_done() ? host_.stop() : send();
  }

  io::uv::UvHost& host_;
  const ProduceLoad& load_;
  Meter& meter_;
  BrokerPeer peer_;
  Buffer frame_;
  std::size_t batch_bytes_;
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
  command.add_option("--connections", load->connections, "Connections, and partitions");
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
  Meter meter(host.loop(0).clock(), load.meter);
  const Batch batch = batch_of(load.shape, host.loop(0).clock().wall_ms());
  const auto count = static_cast<std::int32_t>(load.connections);
  const Uuid topic_id =
      load.to_floor ? Uuid() : BrokerPeer(host, load.address).create_topic(load.topic, count);
  std::vector<std::unique_ptr<Producer>> producers;
  for (std::int32_t i = 0; i < count; ++i) {
    producers.push_back(std::make_unique<Producer>(
        host, load, meter, produce_frame(topic_id, i, batch.bytes, load.acks), batch.bytes.size()));
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
  BrokerPeer peer(host, fill.address);
  const Uuid topic_id = peer.create_topic(fill.topic, fill.partitions);
  const Batch batch = batch_of(fill.shape, host.loop(0).clock().wall_ms());
  for (std::int32_t partition = 0; partition < fill.partitions; ++partition) {
    const Buffer frame = produce_frame(topic_id, partition, batch.bytes);
    for (std::uint64_t left = fill.partition_bytes / batch.bytes.size(); left > 0; --left) {
      const net::Frame answer = peer.exchange(with_correlation_id(frame, 1), 1);
      check_produced(answer.bytes());
    }
  }
}

}  // namespace moldau::bench
