#include "config/config_providers.h"

#include <map>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "config/allowed_paths.h"
#include "config/broker_config.h"
#include "config/placeholder.h"
#include "tests/config/golden.h"
#include "tests/config/golden_sections.h"

namespace moldau::config {
namespace {

/// The machine that the cases were recorded on; its folder is "/files".
const std::map<std::string, std::string> kFiles = {
    {"/files/a.properties",
     "key=value\nuser=alice\nempty=\nport=1234\nnested=${env:MOLDAU_ONE}\nesc=a\\tb\n"},
    {"/files/utf8.properties", "k=\xc3\xa4\xe2\x82\xac\nesc=\\\xc3\xa4\\u00e4\n"},
    {"/files/bad.properties", "bad=\\u00zz\n"},
    {"/files/dir/password", "hunter2\n"},
    {"/files/dir/link", "hunter2\n"},
    {"/files/dir/user", "user"},
    {"/files/dir/sub/inner", "x"},
    {"/files/dir/binary", "\xff\xfe"}};
const std::map<std::string, std::string> kVariables = {
    {"MOLDAU_ONE", "one"},  {"MOLDAU_TWO", "two words"}, {"MOLDAU_EMPTY", ""},
    {"MOLDAU_NUMBER", "5"}, {"MOLDAU_DIR", "/files"},    {"MOLDAU_DOLLAR", "a$b\\c${env:MOLDAU_ONE}"}};

std::optional<std::string> find(const std::map<std::string, std::string>& all, const std::string& name) {
  const auto found = all.find(name);
  return found == all.end() ? std::nullopt : std::optional(found->second);
}

ProviderWorld recorded_machine() {
  return {
      .variable = [](const std::string& name) { return find(kVariables, name); },
      .file = [](const std::string& path) -> Result<std::string> {
        auto text = find(kFiles, normalize_path(path));
        if (!text) return fail(ErrorCode::kKafkaStorageError, "no such file");
        return *std::move(text);
      },
      .entry = [](const std::string& folder, const std::string& name) -> Result<std::optional<std::string>> {
        if (name.find('/') != std::string::npos) return std::nullopt;
        return find(kFiles, normalize_path(folder + "/" + name));
      },
      .exists =
          [](const std::string& path) {
            const std::string normal = normalize_path(path);
            const auto next = kFiles.lower_bound(normal);
            return next != kFiles.end() && (next->first == normal || next->first.starts_with(normal + "/"));
          }};
}

std::string with_folder(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::string shown(const Properties& properties) {
  const Properties node = combined_node();
  std::string text;
  for (const auto& [name, value] : properties) {
    if (node.contains(name) || name.starts_with("config.providers") || name == "broker.id") continue;
    text += name + "=" + with_folder(escaped(value), "\t", "\\t") + "\n";
  }
  return with_folder(text, "/files", "@DIR@");
}

/// What a node of these properties is, or the error that its start ends with.
Result<Properties> originals_of(const std::string& given) {
  auto properties = parse_properties(given);
  if (!properties) return properties;
  properties->merge(combined_node());
  auto filled = fill_placeholders(*std::move(properties), recorded_machine());
  if (!filled) return filled;
  const auto config = resolve_static(*std::move(filled));
  if (!config) return fail(config.error());
  return config->originals();
}

}  // namespace

TEST_CASE("config providers put in what Apache Kafka's put in, and fail as they do") {
  const auto cases = golden_cases("providers.txt");
  REQUIRE(cases.size() == 57);
  for (const GoldenCase& recorded : cases) {
    CAPTURE(recorded.name);
    const auto got = originals_of(with_folder(recorded.text("given"), "@DIR@", "/files"));
    if (recorded.has("got")) {
      REQUIRE_MESSAGE(got, got.error().message);
      CHECK(shown(*got) == recorded.text("got"));
    } else {
      REQUIRE_FALSE(got);
      const std::string message = with_folder(escaped(got.error().message), "/files", "@DIR@");
      // Ours names the line as well.
      const bool is_malformed = message.starts_with("Malformed \\\\uxxxx encoding");
      CHECK((is_malformed || message + "\n" == recorded.text("error")));
      INFO(message);
    }
  }
}

TEST_CASE("a list of allowed variables that is no expression is refused") {
  const auto refused = originals_of(
      "config.providers=env\nconfig.providers.env.param.allowlist.pattern=(\n"
      "config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider\n");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.starts_with(
      "Invalid value ( for configuration config.providers.env.param.allowlist.pattern: "));
}

TEST_CASE("the settings of providers are no unknown configurations") {
  Properties properties = combined_node();
  properties["config.providers.env.class"] = "x";
  properties["config.other"] = "x";
  const auto config = resolve_static(properties);
  REQUIRE(config);
  REQUIRE(config->warnings().size() == 1);
  CHECK(config->warnings().front() == "Unknown configuration config.other is ignored");
}

TEST_CASE("a placeholder ends at the first brace and parts at the first colons") {
  CHECK(find_placeholder("a${p:q:r:s}", 0) ==
        Placeholder{.begin = 1, .end = 11, .provider = "p", .path = "q", .key = "r:s"});
  CHECK(find_placeholder("${p}${${q:r}}", 0) ==
        Placeholder{.begin = 4, .end = 12, .provider = "${q", .path = "", .key = "r"});
  CHECK_FALSE(find_placeholder("${p:q", 0));
  CHECK_FALSE(find_placeholder("$p:q}", 0));
}

TEST_CASE("paths are normal without points, doubled slashes and ways back") {
  CHECK(normalize_path("/a/./b//../c/") == "/a/c");
  CHECK(normalize_path("/../a") == "/a");
  CHECK(normalize_path("../a/../..") == "../..");
  CHECK(normalize_path("/") == "/");
  CHECK(normalize_path("").empty());
}

TEST_CASE("what lies beside an allowed folder is not allowed, whatever its name begins with") {
  const auto allowed = AllowedPaths::parse("/a/b", [](const std::string&) { return true; });
  REQUIRE(allowed);
  CHECK(allowed->allows("/a/b"));
  CHECK(allowed->allows("/a/b/c"));
  CHECK_FALSE(allowed->allows("/a/bc"));
  CHECK_FALSE(allowed->allows("/a"));
  CHECK_FALSE(allowed->allows("/a/b/../c"));
  CHECK_FALSE(allowed->allows("a/b"));
}

}  // namespace moldau::config
