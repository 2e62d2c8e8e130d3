#include "produce_load.h"

#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "broker_peer.h"
#include "first_writes.h"
#include "io/uv/host.h"
#include "mode.h"
#include "producer.h"
#include "protocol/messages/delete_topics_request.h"
#include "protocol/messages/delete_topics_response.h"

namespace moldau::bench {
namespace {

void delete_topic(io::uv::UvHost& host, const io::SocketAddress& address, const std::string& name) {
  protocol::DeleteTopicsRequest request;
  request.timeout_ms = 30000;
  request.topics.emplace_back().name = TopicName(name);
  const auto answer = BrokerPeer(host, address).ask<protocol::DeleteTopicsResponse>(request, 6);
  check_error("deleting a topic", answer->responses.at(0).error_code);
}

/// The bare program has none.
Uuid topic_of(io::uv::UvHost& host, const ProduceLoad& load, std::int32_t partitions, const Batch& batch) {
  if (load.to_floor) return {};
  if (load.topic_exists) return BrokerPeer(host, load.address).topic_id_of(load.topic);
  return create_led_topic(host, load.address, {load.topic, partitions, load.topic_configs}, batch.bytes);
}

}  // namespace

Mode add_produce(CLI::App& app) {
  const auto load = std::make_shared<ProduceLoad>();
  CLI::App& command = *app.add_subcommand("produce", "Produce batches");
  add_broker(command, load->address);
  add_shape(command, load->shape);
  add_meter(command, load->meter);
  command.add_flag("--floor", load->to_floor, "The broker is the bare program");
  command.add_option("--topic", load->topic, "Name of the topic");
  command.add_flag("--topic-exists", load->topic_exists, "Go on with what is in that topic");
  command.add_option("--connections", load->connections, "Connections");
  command.add_option("--partitions", load->partitions, "Partitions; 0: as many as connections");
  command.add_option("--under-way", load->under_way, "Requests under way a connection");
  command.add_option("--acks", load->acks, "1 or -1");
  command.add_option("--topic-config", load->topic_configs, "Of the topic, as name=value");
  command.add_option("--bytes-per-second", load->bytes_per_second, "Most that is sent in all; 0: no limit");
  command.add_flag("--delete", load->deletes_topic, "Delete the topic in the end");
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
  const io::Clock& clock = host.loop(0).clock();
  const Batch batch = batch_of(load.shape, clock.wall_ms());
  const std::size_t partitions = load.partitions > 0 ? load.partitions : load.connections;
  const auto count = static_cast<std::int32_t>(partitions);
  const Frames frames = frames_of(topic_of(host, load, count, batch), count, batch, load.acks);
  Meter meter(clock, load.meter);
  Pace pace(clock, load.bytes_per_second);
  std::vector<std::unique_ptr<Producer>> producers;
  for (std::size_t i = 0; i < load.connections; ++i) {
    const Producer::Options options{.address = load.address,
                                    .to_floor = load.to_floor,
                                    .under_way = load.under_way,
                                    .partition = i * partitions / load.connections};
    producers.push_back(std::make_unique<Producer>(host, options, frames, pace, [&] {
      meter.count(frames.batch_bytes);
      if (meter.is_done()) host.stop();
    }));
  }
  for (const auto& producer : producers) {
    producer->begin();
  }
  while (!meter.is_done()) {
    host.run();
  }
  producers.clear();
  if (load.deletes_topic) delete_topic(host, load.address, load.topic);
  std::puts(meter.report().c_str());
}

void run(const Fill& fill) {
  io::uv::UvHost host(1);
  const Batch batch = batch_of(fill.shape, host.loop(0).clock().wall_ms());
  const std::uint64_t batches = fill.partition_bytes / batch.bytes.size();
  if (batches == 0) die("filling", "a partition takes no batch");
  const Uuid topic_id = create_led_topic(host, fill.address, {fill.topic, fill.partitions}, batch.bytes);
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
