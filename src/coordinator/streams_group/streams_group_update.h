#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "coordinator/effects.h"
#include "coordinator/streams_group/configured_topology.h"
#include "coordinator/streams_group/endpoint_partitions.h"
#include "coordinator/streams_group/streams_group.h"
#include "coordinator/streams_group/streams_heartbeat.h"
#include "coordinator/topics_view.h"

namespace moldau::coordinator {

/// What holds for one streams group: the broker's settings, or the group's own.
struct StreamsGroupSettings {
  std::int32_t session_timeout_ms = 45'000;         ///< streams.session.timeout.ms
  std::int32_t heartbeat_interval_ms = 5'000;       ///< streams.heartbeat.interval.ms
  std::int32_t standby_replicas = 0;                ///< streams.num.standby.replicas
  std::int32_t initial_rebalance_delay_ms = 3'000;  ///< streams.initial.rebalance.delay.ms
  std::int32_t assignment_interval_ms = 1'000;      ///< streams.assignment.interval.ms
  std::int32_t max_size = 2'147'483'647;            ///< group.streams.max.size
};

/// What an update looks at besides the group. Outlives it.
struct StreamsUpdateContext {
  Moment at;
  const TopicsView& topics;
  StreamsGroupSettings settings;
};

/// What the coordinator knows of a group beside its records; a new coordinator begins with none of it.
struct StreamsNotes {
  /// The topology as it fitted the cluster's topics; nullptr while nobody has looked.
  std::shared_ptr<const ConfiguredTopology> configured = {};
  /// The topics are looked at again from here on, or while the group's epoch is less than that.
  /// forget_topics() when one changes that the group requires.
  TimestampMs topics_known_until_ms = 0;
  std::int32_t topics_known_epoch = 0;
  /// The member that wants all of the application to end.
  std::optional<std::string> shutdown_requested_by = {};
  /// Rises when members with an endpoint get other tasks.
  std::int32_t endpoint_epoch = 0;
  /// The epochs of members whose timers of kind kRevocation run: it is up with those that are still there.
  std::map<std::string, std::int32_t, std::less<>> revocation_epochs = {};
  /// A timer of kind kInitialDelay runs.
  bool is_delayed = false;

  void forget_topics() {
    topics_known_until_ms = 0;
    topics_known_epoch = 0;
  }
};

/// What a member hears.
struct StreamsAnswer {
  std::int32_t epoch = 0;
  std::vector<StreamsStatus> statuses = {};
  /// Where they are told: when the member joins or its tasks have changed.
  std::optional<Tasks> tasks = {};
  std::int32_t endpoint_epoch = 0;
  std::optional<std::vector<EndpointPartitions>> endpoints = {};
  /// Internal topics that the cluster is to have, to be created as the member.
  std::vector<ConfiguredInternalTopic> topics_to_create = {};
};

/// A streams group while a request or a timer changes it: what is written counts at once, as reading it back
/// would. The group that was there is not touched: the records of an update that fails are dropped. Notes and
/// timers count all the same, as in Apache Kafka.
class StreamsUpdate {
 public:
  /// `known` is nullptr where there is no such group yet; `context` outlives the update.
  StreamsUpdate(std::string id, const StreamsGroup* known, StreamsNotes notes,
                const StreamsUpdateContext& context);

  const std::string& id() const { return id_; }
  const StreamsGroup& group() const { return group_; }
  std::vector<Record>& records() { return records_; }
  std::vector<TimerEffect>& timers() { return timers_; }
  /// Most of the notes of a group that did not exist before are not kept: Apache Kafka makes it again when
  /// its records are replayed.
  StreamsNotes notes() const;

  /// A checked heartbeat of a member that joins or stays (KIP-1071). UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH,
  /// GROUP_MAX_SIZE_REACHED; INVALID_REQUEST for another topology than the group's and for tasks that are
  /// none; as configure_topology(); UNKNOWN_SERVER_ERROR.
  Result<StreamsAnswer> heartbeat(const StreamsHeartbeat& said);

  /// The member leaves, and may want the whole application to end. UNKNOWN_MEMBER_ID.
  Result<void> leave(const std::string& member, bool wants_shutdown);

  /// A timer is due: the member has not been heard of.
  void session_timed_out(const std::string& member);
  /// A timer is due: the member has not given tasks back.
  void revocation_timed_out(const std::string& member);
  /// A timer is due: members have had their time to join. UNKNOWN_SERVER_ERROR where the assignor fails.
  Result<void> initial_delay_ended();

  /// The timers of a group that has been read back.
  void loaded();

  /// Tombstones for all of the group.
  void remove_group();

 private:
  void write(const StreamsGroupChange& change);
  Result<StreamsMember> member(const StreamsHeartbeat& said) const;
  /// True if the member is another than before.
  bool update_member(const StreamsMember& member, const StreamsHeartbeat& said);
  Result<void> update_topology(const StreamsHeartbeat& said);
  void note_stale_topology(std::string_view member, StreamsAnswer& answer) const;
  /// Fits the topology to the topics of now if need be; their hash.
  Result<std::int64_t> configure();
  /// Begins the group's next epoch where it has to.
  Result<void> update_epoch(bool has_to, std::int64_t metadata_hash, const StreamsHeartbeat& said);
  void start_initial_delay();
  /// Computes the next target if the epoch asks for it and the last one is old enough. `asking` is nullptr
  /// where a timer asks.
  Result<void> update_target(std::int32_t standby_replicas, const std::string* asking, StreamsAnswer& answer);
  Result<void> reconcile_member(const StreamsHeartbeat& said);
  Result<void> tell(const StreamsHeartbeat& said, const StreamsMember& before, StreamsAnswer& answer);
  void fence(const std::string& member);
  void await_revocation(const StreamsMember& member, std::int32_t epoch);
  void cancel_revocation(const std::string& member);
  void set_timer(TimerKind kind, std::string_view member, std::int32_t delay_ms, bool keeps_earlier = false);
  void cancel_timer(TimerKind kind, std::string_view member);

  std::string id_;
  bool is_new_;
  StreamsGroup first_;  ///< as it was when the update began
  StreamsGroup group_;
  StreamsNotes notes_;
  const StreamsUpdateContext& context_;
  std::vector<Record> records_;
  std::vector<TimerEffect> timers_;
};

}  // namespace moldau::coordinator
