#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// The records that are written, and a line for each check of checks.txt.

namespace checks {

inline constexpr int kCount = 300;
inline constexpr std::int64_t kBaseMs = 1'700'000'000'000;
inline constexpr std::int64_t kMiddleMs = kBaseMs + 100'500;
inline const std::vector<std::int64_t> kMiddleOffsets{34, 34, 33};
inline const std::vector<std::int64_t> kCommitted{10, 20, 30};
inline const std::vector<std::string> kCodecs{"none", "gzip", "snappy", "lz4", "zstd"};

/// A record as it was written or read; nothing is null.
struct Row {
  int partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// The record of the number, as it has to be.
Row record(int i);

/// From a number to before another, in the order of partitions.
std::vector<Row> records(int first, int last);

/// One line for what the body does, and the program goes on.
void check(const std::string& name, const std::function<void()>& body);

/// Checks that the client has no call for.
void none(std::initializer_list<const char*> names);

/// The checks of single fields, of the records that were read from the topic without a codec.
void check_fields(const std::vector<Row>& got);

/// Those of a partition have to be in order; partitions come in any.
void same_rows(std::vector<Row> got, const std::vector<Row>& wanted);

/// The status of the program.
int status();

[[noreturn]] inline void fail(const std::string& why) {
  throw std::runtime_error(why);
}

inline void equal(const std::string& got, const std::string& wanted) {
  if (got != wanted) fail("got " + got + " in place of " + wanted);
}

inline std::string text(const std::vector<std::int64_t>& numbers) {
  std::string text;
  for (const auto number : numbers)
    text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

inline void same(const std::vector<std::int64_t>& got, const std::vector<std::int64_t>& wanted) {
  equal(text(got), text(wanted));
}

/// Waits for the condition.
inline void until(const std::string& what, const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) fail("not in time: " + what);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace checks
