#include "broker/program.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "broker/admin_commands.h"
#include "broker/container_command.h"
#include "broker/dump_command.h"
#include "broker/ready_command.h"
#include "broker/server.h"
#include "broker/storage.h"

namespace moldau::broker {
namespace {

void add_server_flags(CLI::App& command, ServerOptions& options) {
  command.add_option("properties", options.properties_file,
                     "server.properties; without it, a single node on loopback");
  // One value each time, so that the file may stand behind it.
  command.add_option("--override", options.overrides, "name=value, over the file")
      ->take_all()
      ->allow_extra_args(false);
  command.add_option("--data", options.data_dir, "Folder for the data (log.dirs)");
  command.add_option("--port", options.port, "Client port without a file; 0 takes a free one")
      ->check(CLI::Range(0, 65534));
}

/// A command that reads its arguments itself, as Apache's tool of that name does.
CLI::App* add_tool(CLI::App& app, const std::string& name, const std::string& help) {
  CLI::App* tool = app.add_subcommand(name, help);
  tool->set_help_flag();
  tool->prefix_command();
  return tool;
}

}  // namespace

int run_program(std::vector<std::string> arguments, std::ostream& out, std::ostream& err) {
  CLI::App app{"Moldau, a Kafka broker", "moldau"};
  app.require_subcommand(1);
  ServerOptions server_options;
  CLI::App* server = app.add_subcommand("server", "Run a node");
  add_server_flags(*server, server_options);
  CLI::App* storage = app.add_subcommand("storage", "Format log directories and look at them");
  StorageCommand storage_command(*storage, out, err);
  CLI::App* dump = app.add_subcommand("dump-log", "Show what logs, indexes and snapshots hold");
  DumpCommand dump_command(*dump, out, err);
  CLI::App* ready = app.add_subcommand("ready", "Wait until a broker serves clients");
  ReadyCommand ready_command(*ready, out, err);
  CLI::App* topics = add_tool(app, "topics", "List, create, describe, alter and delete topics");
  CLI::App* versions = add_tool(app, "api-versions", "Show which requests brokers serve");
  CLI::App* container = app.add_subcommand("container", "Run the node of a container image");
  ContainerCommand container_command(*container);

  // The parser takes them from the end.
  std::ranges::reverse(arguments);
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& stopped) {
    return app.exit(stopped, out, err) == 0 ? 0 : 1;
  }
  if (*server) return run_server(server_options);
  if (*storage) return storage_command.run();
  if (*topics) return run_topics_command(topics->remaining(), out, err);
  if (*versions) return run_api_versions_command(versions->remaining(), out, err);
  if (*container) return container_command.run();
  return *dump ? dump_command.run() : ready_command.run();
}

}  // namespace moldau::broker
