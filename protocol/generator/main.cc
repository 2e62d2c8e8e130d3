// Generates the C++ of Kafka's messages from schemas/:
//
//   generator list SCHEMAS            the names of the live messages' files, for the build
//   generator write SCHEMAS OUTPUT    writes them below OUTPUT; unchanged files are left alone

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "protocol/generator/emit_header.h"
#include "protocol/generator/emit_json.h"
#include "protocol/generator/emit_source.h"
#include "protocol/generator/emit_tables.h"
#include "protocol/generator/model.h"
#include "protocol/generator/names.h"

namespace {

namespace fs = std::filesystem;
namespace generator = moldau::generator;

std::vector<generator::Message> read_all(const fs::path& schemas) {
  std::vector<generator::Message> messages;
  for (const auto& entry : fs::recursive_directory_iterator(schemas)) {
    if (entry.path().extension() == ".json") messages.push_back(generator::read_message(entry.path()));
  }
  std::ranges::sort(messages, {}, &generator::Message::name);
  return messages;
}

/// Writes only what differs, so that the build compiles only what changed.
bool write(const fs::path& file, const std::string& text) {
  std::ifstream present(file);
  if (present && std::string(std::istreambuf_iterator<char>(present), {}) == text) return true;
  fs::create_directories(file.parent_path());
  std::ofstream stream(file);
  stream << text;
  stream.flush();
  if (!stream) std::fprintf(stderr, "cannot write %s\n", file.c_str());
  return static_cast<bool>(stream);
}

bool write_all(const std::vector<generator::Message>& messages, const fs::path& output) {
  const fs::path folder = output / "protocol" / "messages";
  bool ok = write(folder / "api_keys.h", generator::emit_api_keys(messages)) &&
            write(folder / "registry.cc", generator::emit_registry(messages));
  for (const auto& message : messages) {
    if (!ok) break;
    if (!message.is_live()) continue;
    const std::string name = generator::snake_case(message.name);
    ok = write(folder / (name + ".h"), generator::emit_header(message)) &&
         write(folder / (name + ".cc"), generator::emit_source(message)) &&
         write(folder / (name + "_json.cc"), generator::emit_json(message));
  }
  return ok;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 2 ? argv[1] : "";
  if (mode == "list" && argc == 3) {
    for (const auto& message : read_all(argv[2])) {
      if (message.is_live()) std::printf("%s\n", generator::snake_case(message.name).c_str());
    }
    return 0;
  }
  if (mode == "write" && argc == 4) return write_all(read_all(argv[2]), argv[3]) ? 0 : 1;
  std::fprintf(stderr, "usage: generator list SCHEMAS | generator write SCHEMAS OUTPUT\n");
  return 2;
}
