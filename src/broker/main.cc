// The program: one subcommand each for the server and its tools.

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "broker/dump_command.h"
#include "broker/server.h"
#include "broker/storage.h"

int main(int argc, char** argv) {
  CLI::App app{"Moldau, a Kafka broker"};
  app.require_subcommand(1);

  moldau::broker::ServerOptions server;
  CLI::App* run = app.add_subcommand("server", "Run a node");
  run->add_option("properties", server.properties_file,
                  "server.properties; without it, a single node on loopback");
  run->add_option("--override", server.overrides, "name=value, over the file");
  run->add_option("--data", server.data_dir, "Folder for the data (log.dirs)");
  run->add_option("--port", server.port, "Client port without a file; 0 takes a free one")
      ->check(CLI::Range(0, 65534));

  CLI::App* storage = app.add_subcommand("storage", "Format log directories and look at them");
  moldau::broker::StorageCommand storage_command(*storage);

  CLI::App* dump = app.add_subcommand("dump-log", "Show what logs, indexes and snapshots hold");
  moldau::broker::DumpCommand dump_command(*dump);

  CLI11_PARSE(app, argc, argv);
  if (*run) return moldau::broker::run_server(server);
  if (*dump) return dump_command.run();
  return storage_command.run();
}
