#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace moldau::tools {

/// How the keys and values of records are read.
enum class RecordKind : std::uint8_t { kData, kClusterMetadata, kOffsets, kTransactionLog, kShareGroupState };

/// `moldau dump-log`: what the command line says, with the names and defaults of kafka-dump-log.
struct DumpOptions {
  std::string files;  ///< paths, cut at commas
  RecordKind kind = RecordKind::kData;
  bool print_data_log = false;
  bool deep_iteration = false;
  bool verify_index_only = false;
  bool index_sanity_check = false;
  bool skip_record_metadata = false;
  bool json = false;  ///< one JSON object a line (docs/dump-log.md)
  std::int32_t max_message_size = 5 * 1024 * 1024;
  std::int32_t max_bytes = std::numeric_limits<std::int32_t>::max();

  bool prints_contents() const { return print_data_log || kind != RecordKind::kData; }
  bool is_deep() const { return deep_iteration || prints_contents(); }
};

}  // namespace moldau::tools
