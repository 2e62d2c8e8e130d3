#include "coordinator/group/group_store.h"

#include <algorithm>
#include <limits>

namespace moldau::coordinator {
namespace {

/// How long a group relies on what it knows of its topics if nobody tells of a change; fixed in Kafka.
constexpr std::int64_t kMetadataRefreshMs = std::numeric_limits<std::int32_t>::max();

}  // namespace

ClassicGroup* GroupStore::classic(std::string_view group) const {
  const GroupEntry* entry = groups_.find(group);
  return entry == nullptr ? nullptr : entry->classic.get();
}

const ConsumerGroup* GroupStore::consumer(std::string_view group, LogEnd at) const {
  const GroupEntry* entry = groups_.find(group, at);
  return entry == nullptr ? nullptr : entry->consumer.get();
}

const ShareGroup* GroupStore::share(std::string_view group, LogEnd at) const {
  const GroupEntry* entry = groups_.find(group, at);
  return entry == nullptr ? nullptr : entry->share.get();
}

const StreamsGroup* GroupStore::streams(std::string_view group, LogEnd at) const {
  const GroupEntry* entry = groups_.find(group, at);
  return entry == nullptr ? nullptr : entry->streams.get();
}

StreamsNotes GroupStore::streams_notes_of(std::string_view group) const {
  const auto found = streams_notes_.find(group);
  return found == streams_notes_.end() ? StreamsNotes() : found->second;
}

void GroupStore::topics_changed(std::shared_ptr<const TopicsView> topics,
                                std::span<const std::string> changed, bool has_new_topics) {
  topics_ = std::move(topics);
  if (has_new_topics || newest_topic_version_ == -1) newest_topic_version_ = topics_->version();
  const auto any_in = [&](const auto& group) {
    return std::ranges::any_of(changed,
                               [&](const std::string& topic) { return group.is_subscribed_to(topic); });
  };
  std::erase_if(metadata_looks_, [&](const auto& look) {
    const GroupEntry* entry = groups_.find(look.first);
    if (entry != nullptr && entry->consumer) return any_in(*entry->consumer);
    if (entry != nullptr && entry->share) return any_in(*entry->share);
    return true;
  });
  for (auto& [id, notes] : streams_notes_) {
    const StreamsGroup* group = streams(id);
    const bool is_concerned = group != nullptr && std::ranges::any_of(changed, [&](const std::string& topic) {
                                return group->requires_topic(topic);
                              });
    if (is_concerned) notes.forget_topics();
  }
}

bool GroupStore::is_metadata_stale(std::string_view group, std::int32_t epoch, TimestampMs wall_ms) const {
  const auto look = metadata_looks_.find(group);
  return look == metadata_looks_.end() || wall_ms >= look->second.until_ms || epoch < look->second.epoch;
}

void GroupStore::note_metadata(std::string_view group, std::int32_t epoch, TimestampMs wall_ms) {
  metadata_looks_[std::string(group)] = {.until_ms = wall_ms + kMetadataRefreshMs, .epoch = epoch};
}

void GroupStore::seal(LogEnd log_end) {
  groups_.seal(log_end);
  offsets_.seal(log_end);
}

void GroupStore::revert(LogEnd log_end) {
  groups_.revert(log_end);
  offsets_.revert(log_end);
}

void GroupStore::commit(LogEnd log_end) {
  committed_ = std::max(committed_, log_end);
  groups_.commit(committed_);
  offsets_.commit(committed_);
}

std::string_view type_name(GroupType type) {
  switch (type) {
    case GroupType::kClassic:
      return "classic";
    case GroupType::kConsumer:
      return "consumer";
    case GroupType::kShare:
      return "share";
    case GroupType::kStreams:
      return "streams";
  }
  return "";
}

std::string no_such_group(const GroupStore& store, std::string_view group, GroupType type, LogEnd at) {
  std::string text = "Group " + std::string(group);
  if (!store.exists(group, at)) return text + " not found.";
  return text.append(" is not a ").append(type_name(type)).append(" group.");
}

}  // namespace moldau::coordinator
