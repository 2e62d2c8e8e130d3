#pragma once

#include <span>
#include <string>

#include "tools/admin.h"

namespace moldau::tools {

/// A broker as Apache Kafka's tools write it: "host:port (id: 1 rack: null isFenced: false)".
struct BrokerLabel {
  std::string host;
  std::int32_t port = 0;
  std::int32_t id = 0;
  std::optional<std::string> rack;
};

/// What kafka-broker-api-versions prints for one broker, line ends included: each key with its versions there
/// and the newest that is known here, and the keys for clients that it does not serve. `served` is in the
/// order of the keys.
std::string describe_versions(const BrokerLabel& broker, std::span<const ServedApi> served);

}  // namespace moldau::tools
