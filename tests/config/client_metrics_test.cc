#include "config/client_metrics.h"

#include <string>

#include <doctest/doctest.h>

namespace moldau::config {
namespace {

std::string verdict(const Properties& properties) {
  const auto checked = validate_client_metrics(properties);
  return checked ? "" : checked.error().message;
}

TEST_CASE("subscriptions have an interval, prefixes of metrics and patterns of clients") {
  CHECK(verdict({}).empty());
  CHECK(verdict({{"interval.ms", "100"}, {"metrics", "org.apache.kafka."}}).empty());
  CHECK(verdict({{"match", "client_id=x.*, client_source_port = 7"}}).empty());
}

TEST_CASE("subscriptions that cannot be are refused in Kafka's words") {
  CHECK(verdict({{"color", "red"}}) == "Unknown client metrics configuration: color");
  CHECK(verdict({{"interval.ms", "99"}}) ==
        "Invalid value 99 for interval.ms, interval must be between 100 and 3600000 (1 hour)");
  CHECK(verdict({{"interval.ms", "soon"}}) ==
        "Invalid value soon for configuration interval.ms: Not a number of type INT");
  for (const std::string pattern : {"color=red", "client_id", "client_id=", "client_id=(", "client_id=a=b"}) {
    CHECK(verdict({{"match", pattern}}) == "Illegal client matching pattern: " + pattern);
  }
}

}  // namespace
}  // namespace moldau::config
