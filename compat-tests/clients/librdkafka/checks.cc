#include "checks.h"

#include <algorithm>
#include <iostream>

namespace checks {

namespace {

bool failed = false;

std::string quoted(const std::optional<std::string>& bytes) {
  return bytes ? '"' + *bytes + '"' : "null";
}

std::string headers_text(const Row& row) {
  std::string text;
  for (const auto& [name, value] : row.headers)
    text.append(name).append("=").append(value).append(";");
  return text;
}

std::string place(const Row& row) {
  return std::to_string(row.partition) + "@" + std::to_string(row.offset) + " ";
}

std::string text(const Row& row) {
  return place(row) + std::to_string(row.timestamp_ms) + " " + quoted(row.key) + " " + quoted(row.value) +
         " " + headers_text(row);
}

bool lower_partition(const Row& one, const Row& other) {
  return one.partition < other.partition;
}

}  // namespace

Row record(int i) {
  Row row{.partition = i % 3,
          .offset = i / 3,
          .timestamp_ms = kBaseMs + 1000 * i,
          .key = {},
          .value = {},
          .headers = {}};
  if (i % 5 != 0) row.key = "key-" + std::to_string(i);
  if (!row.key || i % 7 != 0) {
    row.value = "value-" + std::to_string(i) + "-" + std::string(static_cast<std::size_t>(i % 50), 'x');
  }
  if (i % 2 == 0) row.headers = {{"number", std::to_string(i)}, {"empty", ""}};
  return row;
}

std::vector<Row> records(int first, int last) {
  std::vector<Row> rows;
  for (int i = first; i < last; ++i)
    rows.push_back(record(i));
  std::ranges::stable_sort(rows, lower_partition);
  return rows;
}

void check(const std::string& name, const std::function<void()>& body) {
  try {
    body();
    std::cout << "ok " << name << std::endl;
  } catch (const std::exception& why) {
    failed = true;
    std::cout << "FAILED " << name << ": " << why.what() << std::endl;
  }
}

void none(std::initializer_list<const char*> names) {
  for (const char* name : names)
    std::cout << "none " << name << std::endl;
}

void check_fields(const std::vector<Row>& got) {
  const std::vector<std::pair<std::string, std::function<std::string(const Row&)>>> fields{
      {"headers", headers_text},
      {"null-key", [](const Row& row) { return quoted(row.key); }},
      {"tombstone", [](const Row& row) { return quoted(row.value); }},
      {"timestamps", [](const Row& row) { return std::to_string(row.timestamp_ms); }}};
  for (const auto& [name, field] : fields) {
    check(name, [&] {
      equal(std::to_string(got.size()), std::to_string(kCount));
      for (const auto& row : got) {
        equal(place(row) + field(row),
              place(row) + field(record(static_cast<int>(row.offset) * 3 + row.partition)));
      }
    });
  }
}

void same_rows(std::vector<Row> got, const std::vector<Row>& wanted) {
  std::ranges::stable_sort(got, lower_partition);
  for (std::size_t i = 0; i < std::min(got.size(), wanted.size()); ++i)
    equal(text(got[i]), text(wanted[i]));
  equal(std::to_string(got.size()) + " records", std::to_string(wanted.size()) + " records");
}

int status() {
  return failed ? 1 : 0;
}

}  // namespace checks
