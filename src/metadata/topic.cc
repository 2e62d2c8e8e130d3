#include "metadata/topic.h"

#include <algorithm>

#include "base/assert.h"
#include "base/utf16.h"

namespace moldau::metadata {
namespace {

bool is_legal(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
         c == '-';
}

/// Where `list` has `number` >= 0, or would have it: its numbers rise, and nearly always are 0 to n - 1.
template <class List, class NumberOf>
auto place_of(List& list, std::int32_t number, NumberOf number_of) {
  const auto at = list.begin() + std::min<std::ptrdiff_t>(number, std::ssize(list));
  if (at != list.end() && number_of(*at) == number) return at;
  return std::ranges::lower_bound(list.begin(), at, number, {}, number_of);
}

}  // namespace

const Partition* Topic::find(std::int32_t partition_id) const {
  if (partition_id < 0) return nullptr;
  const auto chunk = place_of(chunks_, partition_id / kChunkSpan, &number_of);
  if (chunk == chunks_.end() || number_of(*chunk) != partition_id / kChunkSpan) return nullptr;
  const auto entry = place_of(**chunk, partition_id % kChunkSpan, &place_in_chunk);
  return entry != (*chunk)->end() && entry->first == partition_id ? &entry->second : nullptr;
}

Topic Topic::with(std::int32_t partition_id, Partition partition) const {
  require(partition_id >= 0, "partition ids are not negative");
  Topic changed = *this;
  const std::int32_t wanted = partition_id / kChunkSpan;
  const auto at = place_of(changed.chunks_, wanted, &number_of);
  if (at == changed.chunks_.end() || number_of(*at) != wanted) {
    changed.chunks_.insert(at, std::make_shared<const Chunk>(Chunk{{partition_id, std::move(partition)}}));
    ++changed.partition_count_;
    return changed;
  }
  auto chunk = std::make_shared<Chunk>(**at);
  const auto entry = place_of(*chunk, partition_id % kChunkSpan, &place_in_chunk);
  if (entry != chunk->end() && entry->first == partition_id) {
    entry->second = std::move(partition);
  } else {
    chunk->emplace(entry, partition_id, std::move(partition));
    ++changed.partition_count_;
  }
  *at = std::move(chunk);
  return changed;
}

bool Topic::operator==(const Topic& other) const {
  if (name_ != other.name_ || id_ != other.id_ || partition_count_ != other.partition_count_) return false;
  return std::ranges::equal(chunks_, other.chunks_,
                            [](const auto& a, const auto& b) { return a == b || *a == *b; });
}

std::string reason_for_invalid_topic_name(std::string_view name) {
  if (name.empty()) return "the empty string is not allowed";
  if (name == ".") return "'.' is not allowed";
  if (name == "..") return "'..' is not allowed";
  if (utf16_length(name) > kMaxTopicNameLength) {
    return "the length of '" + std::string(name) + "' is longer than the max allowed length " +
           std::to_string(kMaxTopicNameLength);
  }
  if (!std::ranges::all_of(name, is_legal)) {
    return "'" + std::string(name) +
           "' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
  }
  return {};
}

Result<void> check_topic_name(std::string_view name) {
  const std::string reason = reason_for_invalid_topic_name(name);
  if (reason.empty()) return {};
  return fail(ErrorCode::kInvalidTopicException, "Topic name is invalid: " + reason);
}

bool is_internal_topic(std::string_view name) {
  return name == "__consumer_offsets" || name == "__transaction_state" || name == "__share_group_state";
}

bool has_collision_chars(std::string_view name) {
  return name.find_first_of("._") != std::string_view::npos;
}

std::string fold_collision_chars(std::string_view name) {
  std::string folded(name);
  std::ranges::replace(folded, '.', '_');
  return folded;
}

}  // namespace moldau::metadata
