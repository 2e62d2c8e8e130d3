#pragma once

// Reads topics from their beginnings and holds them against what the writers know.

#include "writer.h"

namespace load {

/// One record as it was read; `writer` and `number` are those of its header.
struct Read {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::string writer;
  std::size_t number = 0;
  std::string key;
  std::string value;
  bool is_tombstone = false;
};

/// All of `topic`, each partition in the order of its offsets. What cannot be read is complained of.
std::vector<Read> read_all(const std::string& bootstrap, const std::string& topic, int partitions,
                           Notes& notes);

/// Acknowledged records stand at their offsets, whole and once; others at most once; nothing else is there;
/// each writer's records stand in the order of sending; no offset is missing. All of `writers` have to be
/// drained.
void check_records(const std::vector<const Writer*>& writers, const std::vector<Read>& records, Notes& notes);

/// The same for a compacted topic of one writer: what is there was sent, and each key ends with its latest
/// record.
void check_compacted(const Writer& writer, const std::vector<Read>& records, Notes& notes);

}  // namespace load
