#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error_code.h"
#include "protocol/messages/streams_group_heartbeat_request.h"
#include "tests/assignors/life.h"
#include "tests/streams_groups/topics.h"

namespace moldau::testing {

/// A made-up streams application: members that come, go and follow what they are told, a topology, topics,
/// time. Every choice is drawn from the seed; what members say follows from what they heard.
/// compat-tests/streams-groups/src/StreamsLife.java makes the same.
class StreamsLife {
 public:
  using Request = protocol::StreamsGroupHeartbeatRequest;
  using Tasks = std::map<std::string, std::set<std::int32_t>>;

  /// What a member hears of one heartbeat. Tasks are nullopt where it is not told any.
  struct Heard {
    ErrorCode error = ErrorCode::kNone;
    std::int32_t epoch = 0;
    std::int32_t endpoint_epoch = 0;
    std::optional<Tasks> active = {};
    std::optional<Tasks> standby = {};
    /// Internal topics that are to be created, with their partitions.
    std::vector<std::pair<std::string, std::int32_t>> wanted = {};
  };

  /// Offsets of a partition that a member commits, and fetches with the same epoch.
  struct Commit {
    std::string member;
    std::int32_t epoch = 0;
    bool is_transactional = false;
    std::int16_t version = 0;
    std::string topic;
    std::int32_t partition = 0;
  };

  /// Whom things happen to.
  class World {
   public:
    World() = default;
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    virtual ~World() = default;

    virtual Heard heartbeat(const Request& request) = 0;
    virtual void pass(std::int32_t ms) = 0;
    virtual void topics(const StreamsTopics::ByName& topics) = 0;
    virtual void standby_replicas(std::int32_t count) = 0;
    virtual void fail_over() = 0;
    virtual void remove_group() = 0;
    virtual void commit(const Commit& commit) = 0;
  };

  explicit StreamsLife(std::uint64_t seed);

  std::int32_t initial_delay_ms() const { return initial_delay_ms_; }
  /// At first.
  std::int32_t standby_replicas() const { return standby_replicas_; }
  std::int32_t assignment_interval_ms() const { return assignment_interval_ms_; }
  std::int32_t most_members() const { return most_members_; }
  int turns() const { return turns_; }
  const StreamsTopics::ByName& topics() const { return topics_; }

  void turn(World& world);

 private:
  /// One that takes part, as it knows itself.
  struct Member {
    std::string id;
    std::string process;
    std::optional<std::string> rack;
    std::optional<std::string> host;
    int tag = -1;
    std::int32_t epoch = 0;
    std::int32_t endpoint_epoch = 0;
    std::int32_t rebalance_timeout_ms = 0;
    Tasks active = {};
    Tasks standby = {};
    std::optional<Tasks> told_active = {};
    std::optional<Tasks> told_standby = {};
  };
  using Members = std::list<Member>;

  /// The settings, the first topics and the topology.
  void begin();
  void act(World& world);
  void commit(World& world);
  void heartbeat(World& world, Member& member);
  Request joining(Member& member);
  Request staying(Member& member);
  void change(Request& request, Member& member);
  static Request base(const Member& member);
  void set_traits(Request& request, const Member& member);
  void spoil(Request& request);
  void leave(World& world);

  int some_partitions();
  void change_topic();
  void create_wanted();
  void create(const std::string& name, std::int32_t partitions);
  void make_topology();
  Request::Subtopology make_subtopology(int place, int count, std::string_view id);
  void copartition(Request::Subtopology& subtopology);
  Request::TopicInfo internal(std::string_view name, std::int32_t partitions);

  Member& any_member();
  Member new_member();
  bool has_its_place(std::string_view id);
  std::string name(std::string_view kind);
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  Chance chance_;
  bool is_wild_ = false;
  std::int32_t initial_delay_ms_ = 0;
  std::int32_t standby_replicas_ = 0;
  std::int32_t assignment_interval_ms_ = 0;
  int most_ = 0;
  std::int32_t most_members_ = 0;
  int most_partitions_ = 0;
  /// What all topics have at first; 0 where each has as many as it happens to.
  int even_partitions_ = 0;
  int turns_ = 0;
  std::vector<std::string> processes_;
  std::vector<std::string> external_;
  std::vector<std::string> repartition_;
  std::vector<int> repartition_counts_;
  Members members_;
  std::set<int> places_;
  std::list<std::string> texts_;  ///< that requests point to
  Request::Topology topology_;
  StreamsTopics::ByName topics_;
  std::vector<std::pair<std::string, std::int32_t>> wanted_;
  int named_ = 0;
};

}  // namespace moldau::testing
