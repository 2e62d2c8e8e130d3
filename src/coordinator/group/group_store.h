#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "coordinator/assignor/table_order.h"
#include "coordinator/consumer/consumer_group.h"
#include "coordinator/group/classic_group.h"
#include "coordinator/group/group_config.h"
#include "coordinator/group/offset_store.h"
#include "coordinator/share_group/share_group.h"
#include "coordinator/streams_group/streams_group.h"
#include "coordinator/streams_group/streams_group_update.h"
#include "coordinator/timeline_map.h"
#include "coordinator/topics_view.h"

namespace moldau::coordinator {

/// A group of any kind; the pointer of its type is set.
struct GroupEntry {
  GroupType type = GroupType::kClassic;
  std::shared_ptr<ClassicGroup> classic = {};  ///< shared by the versions of the map
  std::shared_ptr<const ConsumerGroup> consumer = {};
  std::shared_ptr<const ShareGroup> share = {};
  std::shared_ptr<const StreamsGroup> streams = {};
};

/// What the coordinator of one log partition knows: its groups by id, their offsets, and the cluster's
/// topics. Changes of groups and offsets are open until sealed, as in TimelineMap.
class GroupStore {
 public:
  explicit GroupStore(GroupCoordinatorConfig config) : config_(std::move(config)) {}

  const GroupCoordinatorConfig& config() const { return config_; }
  GroupCounters& counters() { return *config_.counters; }

  TimelineMap<std::string, GroupEntry>& groups() { return groups_; }
  const TimelineMap<std::string, GroupEntry>& groups() const { return groups_; }
  OffsetStore& offsets() { return offsets_; }
  const OffsetStore& offsets() const { return offsets_; }

  /// Whether there is a group of that id, of any kind.
  bool exists(std::string_view group, LogEnd at = kLatest) const {
    return groups_.find(group, at) != nullptr;
  }
  /// The group if it is of that kind; null where it is not. Good until the next change.
  ClassicGroup* classic(std::string_view group) const;
  const ConsumerGroup* consumer(std::string_view group, LogEnd at = kLatest) const;
  const ShareGroup* share(std::string_view group, LogEnd at = kLatest) const;
  const StreamsGroup* streams(std::string_view group, LogEnd at = kLatest) const;

  const TopicsView& topics() const { return *topics_; }
  /// The version of the view in which topics last came; -1 before any.
  std::int64_t newest_topic_version() const { return newest_topic_version_; }
  /// The cluster's topics are these now. Groups that subscribe to one of those named in `changed` are to look
  /// at them again.
  void topics_changed(std::shared_ptr<const TopicsView> topics, std::span<const std::string> changed,
                      bool has_new_topics);

  /// Whether a group with that epoch has to look at its topics again.
  bool is_metadata_stale(std::string_view group, std::int32_t epoch, TimestampMs wall_ms) const;
  /// The group has looked at its topics, and its epoch came of it.
  void note_metadata(std::string_view group, std::int32_t epoch, TimestampMs wall_ms);
  void forget_metadata(const std::string& group) { metadata_looks_.erase(group); }

  /// What is known of streams groups besides their records, by group.
  std::map<std::string, StreamsNotes, std::less<>>& streams_notes() { return streams_notes_; }
  /// Nothing of a group that there are no notes of.
  StreamsNotes streams_notes_of(std::string_view group) const;

  void seal(LogEnd log_end);
  void revert(LogEnd log_end);
  void commit(LogEnd log_end);
  /// Below it everything is committed.
  LogEnd committed() const { return committed_; }

 private:
  /// When a group has looked at its topics, and the epoch that came of it.
  struct MetadataLook {
    TimestampMs until_ms = 0;
    std::int32_t epoch = 0;
  };

  GroupCoordinatorConfig config_;
  TimelineMap<std::string, GroupEntry> groups_;
  OffsetStore offsets_;
  std::shared_ptr<const TopicsView> topics_ = std::make_shared<const NoTopics>();
  std::int64_t newest_topic_version_ = -1;
  std::map<std::string, MetadataLook, std::less<>> metadata_looks_;
  std::map<std::string, StreamsNotes, std::less<>> streams_notes_;
  LogEnd committed_ = 0;
};

/// As Apache Kafka names it to clients.
std::string_view type_name(GroupType type);

/// What a client hears that asks for a group of that type by an id that has none: "Group ID not found.", or
/// "Group ID is not a TYPE group.".
std::string no_such_group(const GroupStore& store, std::string_view group, GroupType type,
                          LogEnd at = kLatest);

/// Calls `visit(id, member)` in the order in which Apache Kafka describes a group's members. Where the group
/// had more members once, or two share a slot of its table, the order may be another one there.
template <class Members, class Visit>
void visit_as_described(const Members& members, Visit visit) {
  std::vector<std::string_view> ids;
  for (const auto& [id, member] : members)
    ids.push_back(id);
  for (const std::string_view id : in_table_order(ids, ids.size()))
    visit(id, **members.find(id));
}

/// The description of a group of which nothing of that type is committed.
template <class Described>
Reply<Described> describe_none(const GroupStore& store, std::string_view group, GroupType type) {
  Reply<Described> reply;
  reply.message.group_id = GroupId(group);
  reply.message.error_code = ErrorCode::kGroupIdNotFound;
  reply.message.error_message = reply.keep(no_such_group(store, group, type, store.committed()));
  return reply;
}

}  // namespace moldau::coordinator
