#pragma once

#include <string>
#include <vector>

namespace moldau::broker::testing {

/// One call of an admin tool of Apache Kafka 4.3.1 and what came of it. "@B@" stands for the broker's address
/// and
/// "@ID@" for ids of topics.
struct AdminCase {
  std::string line;  ///< as recorded
  std::vector<std::string> arguments;
  std::string printed;
  std::string complaint;  ///< empty without one
  int status = 0;
};

/// Those of tests/golden/tools/cases.txt, in their order: each works on what the ones before left.
std::vector<AdminCase> admin_cases();

}  // namespace moldau::broker::testing
