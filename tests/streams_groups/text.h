#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "coordinator/assignor/task_assignor.h"

namespace moldau::testing {

/// FNV-1a of 64 bits, in hexadecimal.
inline std::string hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char character : text)
    hash = (hash ^ static_cast<std::uint8_t>(character)) * 0x100000001B3ULL;
  std::string digits(16, '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, hash >>= 4)
    *digit = "0123456789abcdef"[hash & 15U];
  return digits;
}

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
