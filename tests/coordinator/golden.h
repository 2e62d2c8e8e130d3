#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "base/bytes.h"
#include "coordinator/effects.h"
#include "tests/coordinator/hex.h"

namespace moldau::coordinator {

/// Records as Apache Kafka 4.3.1 writes them, by name, and partitions of 50 by group id.
struct Golden {
  Golden() {
    std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/records.tsv");
    for (std::string line; std::getline(file, line);) {
      std::istringstream fields(line);
      std::string name;
      std::string first;
      std::string second;
      std::getline(fields, name, '\t');
      std::getline(fields, first, '\t');
      std::getline(fields, second, '\t');
      if (name == "partition") {
        partitions[first] = std::stoi(second);
      } else {
        records[name] = {from_hex(first), second == "null" ? std::nullopt : std::optional(from_hex(second))};
      }
    }
  }

  std::map<std::string, Record> records;
  std::map<std::string, int> partitions;
};

inline std::optional<ByteView> view(const Record& record) {
  return record.value ? std::optional<ByteView>(*record.value) : std::nullopt;
}

}  // namespace moldau::coordinator
