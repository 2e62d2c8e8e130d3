// The load of the benchmark: a client that sends and fetches prepared bytes, and measures the process that
// serves it. `bench_load MODE --help` lists what a mode takes; each prints one line of JSON.

#include <exception>

#include "mode.h"
#include "process.h"

using namespace moldau::bench;

int main(int argc, char** argv) try {
  CLI::App app{"Load for the side-by-side benchmark"};
  app.require_subcommand(1);
  const Mode modes[] = {add_produce(app),      add_fill(app),           add_consume(app),
                        add_start(app),        add_partitions(app),     add_connections(app),
                        add_commits(app),      add_group(app),          add_latency(app),
                        add_tail(app),         add_consumer_group(app), add_fill_offsets(app),
                        add_load_offsets(app), add_transactions(app)};
  CLI11_PARSE(app, argc, argv);
  for (const Mode& mode : modes) {
    if (*mode.command) mode.run();
  }
  return 0;
} catch (const std::exception& thrown) {
  die("running", thrown.what());
}
