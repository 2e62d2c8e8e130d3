// The load of the benchmark: a client that sends and fetches prepared bytes, and measures the process that
// serves it. `bench_load MODE --help` lists what a mode takes; each prints one line of JSON.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "broker_peer.h"
#include "consume_load.h"
#include "produce_load.h"
#include "start.h"

using namespace moldau::bench;

namespace {

void add_shape(CLI::App& mode, BatchShape& shape) {
  mode.add_option("--batch-bytes", shape.batch_bytes, "Most bytes of a batch");
  mode.add_option("--record-bytes", shape.record_bytes, "Bytes of a record's value");
}

void add_meter(CLI::App& mode, MeterOptions& meter) {
  mode.add_option("--pid", meter.process, "The process to measure")->required();
  mode.add_option("--warm-up-bytes", meter.warm_up_bytes, "Bytes of batches before the measurement");
  mode.add_option("--bytes", meter.measured_bytes, "Bytes of batches to measure")->required();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Load for the side-by-side benchmark"};
  app.require_subcommand(1);
  std::string address;
  const auto add_broker = [&address](CLI::App& mode) {
    mode.add_option("--broker", address, "host:port")->required();
  };

  ProduceLoad produce;
  CLI::App* produce_mode = app.add_subcommand("produce", "Produce batches to a new topic");
  add_broker(*produce_mode);
  add_shape(*produce_mode, produce.shape);
  add_meter(*produce_mode, produce.meter);
  produce_mode->add_flag("--floor", produce.to_floor, "The broker is the bare program");
  produce_mode->add_option("--topic", produce.topic, "Name of the topic");
  produce_mode->add_option("--connections", produce.connections, "Connections, and partitions");
  produce_mode->add_option("--under-way", produce.under_way, "Requests under way a connection");

  Fill fill;
  CLI::App* fill_mode = app.add_subcommand("fill", "Fill a new topic for consume");
  add_broker(*fill_mode);
  add_shape(*fill_mode, fill.shape);
  fill_mode->add_option("--topic", fill.topic, "Name of the topic");
  fill_mode->add_option("--partitions", fill.partitions, "Partitions");
  fill_mode->add_option("--partition-bytes", fill.partition_bytes, "Most bytes of a partition")->required();

  ConsumeLoad consume;
  CLI::App* consume_mode = app.add_subcommand("consume", "Fetch what fill has produced, again and again");
  add_broker(*consume_mode);
  add_shape(*consume_mode, consume.shape);
  add_meter(*consume_mode, consume.meter);
  consume_mode->add_flag("--floor", consume.from_floor, "The broker is the bare program");
  consume_mode->add_option("--topic", consume.topic, "Name of the topic");
  consume_mode->add_option("--connections", consume.connections, "Connections, and partitions");
  consume_mode->add_option("--fetch-bytes", consume.fetch_bytes, "Bytes of records in an answer");
  consume_mode->add_option("--partition-bytes", consume.partition_bytes, "As given to fill")->required();

  Start start;
  CLI::App* start_mode =
      app.add_subcommand("start", "Time a broker from exec to its first acknowledged record");
  start_mode->add_option("--idle-seconds", start.idle_seconds, "How long it is watched idle afterwards");
  start_mode->add_option("command", start.command, "The program, by its path, and its arguments")->required();

  CLI11_PARSE(app, argc, argv);
  if (*produce_mode) {
    produce.address = address_of(address);
    run(produce);
  } else if (*fill_mode) {
    fill.address = address_of(address);
    run(fill);
  } else if (*consume_mode) {
    consume.address = address_of(address);
    run(consume);
  } else {
    run(start);
  }
  return 0;
}
