#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coordinator/assignor/task_assignor.h"

namespace moldau::testing {

inline std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts)
    all += (all.empty() ? "" : ", ") + text;
  return all;
}

/// Numbers as Java writes a list of them.
template <class Numbers>
std::string list_text(const Numbers& numbers) {
  std::vector<std::string> texts;
  for (const std::int32_t number : numbers)
    texts.push_back(std::to_string(number));
  return "[" + joined(texts) + "]";
}

/// Tasks as Java writes a map of them.
inline std::string tasks_text(const coordinator::TaskSets& tasks) {
  std::vector<std::string> texts;
  for (const auto& [id, partitions] : tasks)
    texts.push_back(id + "=" + list_text(partitions));
  return "{" + joined(texts) + "}";
}

}  // namespace moldau::testing
