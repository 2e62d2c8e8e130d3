#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "batches.h"
#include "io/stream.h"
#include "meter.h"

namespace moldau::bench {

/// One way of loading a broker: a subcommand of `bench_load`, and what runs it once the arguments are read.
/// `run` prints one line of JSON, or ends the program with a sentence.
struct Mode {
  CLI::App* command;
  std::function<void()> run;
};

/// Options that modes share; what they fill in outlives the parsing.
void add_broker(CLI::App& command, io::SocketAddress& address);
void add_process(CLI::App& command, pid_t& process);
void add_shape(CLI::App& command, BatchShape& shape);
void add_meter(CLI::App& command, MeterOptions& meter);

Mode add_produce(CLI::App& app);
Mode add_fill(CLI::App& app);
Mode add_consume(CLI::App& app);
Mode add_start(CLI::App& app);
Mode add_latency(CLI::App& app);
Mode add_tail(CLI::App& app);
Mode add_partitions(CLI::App& app);
Mode add_connections(CLI::App& app);
Mode add_commits(CLI::App& app);
Mode add_group(CLI::App& app);
Mode add_consumer_group(CLI::App& app);
Mode add_transactions(CLI::App& app);
Mode add_fill_offsets(CLI::App& app);
Mode add_load_offsets(CLI::App& app);

}  // namespace moldau::bench
