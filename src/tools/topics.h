#pragma once

#include <functional>
#include <ostream>
#include <string>

#include "base/result.h"
#include "tools/admin.h"
#include "tools/topics_command.h"

namespace moldau::tools {

/// kafka-topics of Apache Kafka 4.3.1: carries out a command on a cluster and prints what that prints. All
/// but kHelp and kVersion. An error is what stands behind "Error while executing topic command : ".
Result<void> run_topics(const TopicsCommand& command, Admin& admin, std::ostream& out);

/// The name that Apache's client has for the first request of an action, for what says that it got no answer.
std::string_view first_call_of(TopicsCommand::Action action);

}  // namespace moldau::tools
