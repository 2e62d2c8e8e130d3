#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace moldau::broker {

/// `moldau topics`: kafka-topics of Apache Kafka 4.3.1, with its flags, words and exit statuses. Help and
/// what stands below a complaint are our own.
int run_topics_command(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err);

/// `moldau api-versions`: kafka-broker-api-versions of Apache Kafka 4.3.1, in the same way.
int run_api_versions_command(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err);

}  // namespace moldau::broker
