#pragma once

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "config/broker_config.h"

namespace moldau::config {

/// Rows of a tab-separated file recorded from Apache Kafka 4.3.1; "\\", "\t" and "\n" are escaped in fields.
inline std::vector<std::vector<std::string>> golden_rows(const std::string& file) {
  std::ifstream stream(std::string(MOLDAU_GOLDEN_DIR) + "/" + file);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(stream, line);) {
    std::vector<std::string> row(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\t') {
        row.emplace_back();
      } else if (line[i] == '\\' && i + 1 < line.size()) {
        ++i;
        row.back().push_back(line[i] == 'n' ? '\n' : line[i] == 't' ? '\t' : line[i]);
      } else {
        row.back().push_back(line[i]);
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

/// A combined broker and controller, as the recordings were made with.
inline Properties combined_node() {
  return {{"process.roles", "broker,controller"},
          {"node.id", "1"},
          {"controller.listener.names", "CONTROLLER"},
          {"listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093"},
          {"controller.quorum.voters", "1@localhost:9093"}};
}

inline Result<BrokerConfig> resolve_static(Properties properties) {
  return BrokerConfig::resolve({.fixed = std::move(properties), .dynamic_default = {}, .dynamic_broker = {}});
}

}  // namespace moldau::config
