#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "config/key.h"

namespace moldau::config {
namespace {

std::string number(double value) {
  std::ostringstream text;
  text.precision(17);
  text << value;
  return text.str();
}

std::string type_of(const ConfigKey& key) {
  static const std::map<ConfigType, std::string> kNames = {
      {ConfigType::kBoolean, "boolean"},  {ConfigType::kString, "string"},
      {ConfigType::kInt, "int"},          {ConfigType::kShort, "short"},
      {ConfigType::kLong, "long"},        {ConfigType::kDouble, "double"},
      {ConfigType::kList, "list"},        {ConfigType::kClass, "class"},
      {ConfigType::kPassword, "password"}};
  return kNames.at(key.type);
}

std::string default_of_key(const ConfigKey& key) {
  if (key.default_value.is_required()) return "required";
  if (key.default_value.is_null()) return "null";
  return key.default_value.text().empty() ? "\"\"" : std::string(key.default_value.text());
}

std::string allowed(const Validator& validator) {
  using Kind = Validator::Kind;
  switch (validator.kind) {
    case Kind::kAny:
      return "";
    case Kind::kAtLeast:
      return number(validator.min) + "..";
    case Kind::kBetween:
      return number(validator.min) + ".." + number(validator.max);
    case Kind::kOneOf:
    case Kind::kOneOfIgnoringCase:
      return "one of " + std::string(validator.choices);
    case Kind::kListOf:
      return std::string(validator.may_be_empty ? "list" : "non-empty list") +
             (validator.choices.empty() ? "" : " of " + std::string(validator.choices));
    case Kind::kNonEmpty:
      return "not empty";
    case Kind::kNonNull:
      return "not null";
    case Kind::kGzipLevel:
      return "1..9 or -1";
    case Kind::kThrottledReplicas:
      return "partition:broker,... or *";
    case Kind::kQuorumVoters:
      return "id@host:port,...";
    case Kind::kBootstrapServers:
      return "host:port,...";
    case Kind::kOffsetReset:
      return "latest, earliest or by_duration:PnDTnHnMn.nS";
  }
  return "";
}

std::string change_of(const ConfigKey& key) {
  if (key.update == Update::kPerBroker) return "per broker";
  return key.update == Update::kClusterWide ? "per broker or for all" : "";
}

void list(std::ostream& out, std::span<const ConfigKey> keys, bool with_broker_key) {
  std::map<std::string_view, const ConfigKey*> sorted;
  for (const ConfigKey& key : keys)
    sorted.emplace(key.name, &key);
  out << "| name | type | default | allowed | " << (with_broker_key ? "unset: as broker's" : "dynamic")
      << " |\n|---|---|---|---|---|\n";
  for (const auto& [name, key] : sorted) {
    out << "| `" << name << "`" << (key->is_internal() ? " (internal)" : "") << " | " << type_of(*key)
        << " | " << default_of_key(*key) << " | " << allowed(key->validator) << " | ";
    if (with_broker_key) {
      out << (key->broker_key.empty() ? "" : "`" + std::string(key->broker_key) + "`");
    } else {
      out << change_of(*key);
    }
    out << " |\n";
  }
  out << "\n";
}

std::string page() {
  std::ostringstream out;
  out << "# Configuration\n\n"
         "Derived from the table in `src/config/table/`; a test compares it. Run `config_test` with\n"
         "`MOLDAU_WRITE_DOCS=1` in the environment to write it anew.\n\n"
         "Names, types, defaults and limits are those of Apache Kafka 4.3.1. All are accepted; names that "
         "are\n"
         "not listed are ignored with a warning, and so are Java classes. A server that is to be secured "
         "does\n"
         "not start: with listeners other than PLAINTEXT, or an authorizer. Without a properties file a "
         "node\n"
         "runs as broker and controller of its own on 127.0.0.1 with single replicas of the internal topics\n"
         "(`single_node_defaults` in `src/config/single_node.cc`).\n\n"
         "Which value counts: dynamic for this broker, dynamic for all, the command line, the file, the\n"
         "default. Milliseconds win over minutes, minutes over hours.\n\n";
  out << "## Moldau's own\n\n";
  list(out, moldau_keys(), false);
  out << "## Broker\n\n";
  list(out, keys_of(ResourceType::kBroker), false);
  out << "## Broker quotas, dynamic only\n\n";
  list(out, broker_quota_keys(), false);
  out << "## Topic\n\n";
  list(out, keys_of(ResourceType::kTopic), true);
  out << "## Group\n\n";
  list(out, keys_of(ResourceType::kGroup), true);
  out << "## Client metrics\n\n";
  list(out, keys_of(ResourceType::kClientMetrics), false);
  std::string text = out.str();
  text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("docs/configuration.md lists the table") {
  if (std::getenv("MOLDAU_WRITE_DOCS") != nullptr) std::ofstream(MOLDAU_CONFIGURATION_PAGE) << page();
  std::ifstream file(MOLDAU_CONFIGURATION_PAGE);
  std::ostringstream text;
  text << file.rdbuf();
  CHECK(text.str() == page());
}

}  // namespace moldau::config
