#pragma once

#include <cstdint>
#include <string>

namespace moldau::testing {

/// A group of tasks in one line: seed, then for each turn the hash of its input and of the targets that
/// Moldau's sticky assignor gives, as compat-tests/streams-groups/src/StickyTasks.java writes it of Apache
/// Kafka's.
std::string sticky_tasks_in_brief(std::uint64_t seed);

/// The inputs and targets themselves.
std::string sticky_tasks_in_full(std::uint64_t seed);

}  // namespace moldau::testing
