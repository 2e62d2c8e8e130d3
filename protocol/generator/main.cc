// Generates the C++ of Kafka's messages:
//
//   generator SCHEMAS OUTPUT    writes it below the folder OUTPUT; files that do not change are left alone

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
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

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// All messages below the folder, by name; nullopt after saying what is wrong with one.
std::optional<std::vector<generator::Message>> read_all(const fs::path& schemas) {
  std::vector<generator::Message> messages;
  for (const auto& entry : fs::recursive_directory_iterator(schemas)) {
    if (entry.path().extension() != ".json") continue;
    auto message = generator::parse_message(text_of(entry.path()));
    if (!message) {
      std::fprintf(stderr, "%s: %s\n", entry.path().c_str(), message.error().message.c_str());
      return std::nullopt;
    }
    messages.push_back(std::move(*message));
  }
  std::ranges::sort(messages, {}, &generator::Message::name);
  return messages;
}

/// Writes only what differs, so that the build compiles only what changed.
bool write(const fs::path& file, const std::string& text) {
  if (fs::exists(file) && text_of(file) == text) return true;
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
  if (argc != 3) {
    std::fprintf(stderr, "usage: generator SCHEMAS OUTPUT\n");
    return 2;
  }
  const auto messages = read_all(argv[1]);
  return messages && write_all(*messages, argv[2]) ? 0 : 1;
}
