#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "io/sim/disk.h"
#include "io/sim/random.h"
#include "io/sim/world.h"
#include "tests/sim/broker_process.h"
#include "tests/sim/client_process.h"
#include "tests/sim/groups/coordinator_images.h"
#include "tests/sim/groups/group_actor.h"
#include "tests/sim/script_client.h"

namespace moldau::sim {

/// Groups of every kind with their members, producers whose transactions commit offsets, and administrators,
/// on a broker that is killed or stopped now and then. While it goes on what members are told is held against
/// what they were told before (GroupHistory, OffsetHistory); before each end of the broker, and behind it,
/// what the coordinators know is held against their logs.
///
/// Complaints are sentences; an empty one says that all is well.
class GroupScript {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::size_t loop_count = 1;
    Duration length = std::chrono::seconds(60);  ///< virtual time
    bool kills = true;
  };

  explicit GroupScript(const Options& options);
  ~GroupScript();

  std::string run();

  /// How many requests were acknowledged, and how many of each kind.
  int acknowledged() const;
  const std::map<std::string, int>& acknowledged_by_kind() const { return stage_.acknowledged; }
  /// What the members of the share group that reads were told.
  const ShareHistory& shares() const { return stage_.shares; }
  /// The last that happened, a line each.
  const std::deque<std::string>& story() const { return stage_.story; }
  /// How often the broker was killed or stopped.
  int restarts() const { return restarts_; }

  /// For who wants to know whether the judge sees a record that is missing: how many it misses, and how many
  /// there are. After run().
  Result<std::pair<int, int>> notice_missing_records();

 private:
  bool goes_on() const { return process_ != nullptr && process_->is_alive() && !process_->failure(); }
  std::string start();
  std::string restart(bool is_killed);
  std::string prepare();
  void add_actors();
  std::string play();
  /// Has all who act say nothing more, ends what is open and looks at all offsets once more.
  std::string check();
  std::string check_offsets(const std::string& group);

  Options options_;
  io::sim::World world_;
  io::sim::Disk disk_;
  io::sim::SimRandom random_;
  bool forgets_empty_;
  std::string properties_;
  std::unique_ptr<BrokerProcess> process_;
  ScriptClient admin_;
  ClientProcess client_;
  GroupStage stage_;
  std::vector<std::string> groups_;
  std::vector<std::unique_ptr<GroupActor>> actors_;
  int restarts_ = 0;
};

}  // namespace moldau::sim
