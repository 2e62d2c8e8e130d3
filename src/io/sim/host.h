#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/host.h"
#include "io/sim/disk.h"
#include "io/sim/disk_access.h"
#include "io/sim/loop.h"
#include "io/sim/world.h"

namespace moldau::io::sim {

/// A simulated process: loops, lanes, a machine's address and its disk. Streams, listeners and timers are
/// destroyed before it. When the disk's crash comes nothing of the process happens any more; whoever holds it
/// sees that by is_alive() and destroys what ran in it.
class SimHost final : public Host {
 public:
  struct Options {
    std::string name;                  ///< names its streams of chance
    std::string machine = "10.0.0.1";  ///< loopback is shared by the processes of one machine
    std::size_t loop_count = 1;
    std::map<std::string, Disk*> mounts = {};  ///< further disks, by the path under which they are
  };

  /// World and disks outlive the host. No other process of the disks is alive.
  SimHost(World& world, Disk& disk, Options options);
  ~SimHost() override;
  SimHost(const SimHost&) = delete;
  SimHost& operator=(const SimHost&) = delete;

  /// The process ends as by kill -9.
  void kill();
  bool is_alive() const { return is_alive_; }

  std::size_t loop_count() const override { return loops_.size(); }
  Loop& loop(std::size_t index) override { return *loops_[index]; }
  Result<std::shared_ptr<Directory>> open_root(std::string_view path) override;
  Result<std::shared_ptr<Directory>> find_root(std::string_view path) override;
  /// Each host has one address, its name. Nobody is in the domain `invalid` (RFC 2606).
  Result<std::vector<std::string>> addresses_of(const std::string& host) override {
    if (host.ends_with(".invalid")) return fail(ErrorCode::kNetworkException, host + " is nobody's");
    return std::vector{host};
  }
  LaneId make_lane(std::string_view name) override;
  void rest_lane(LaneId lane, Duration span) override;

  World& world() { return world_; }
  OwnerId owner() const { return owner_; }
  const std::string& machine() const { return options_.machine; }
  std::uint64_t next_loop_number() { return number_ * 1000 + loops_made_++; }
  SimRandom stream(std::string_view name) const;

  /// Gives `work` to a lane of this process; `done` is run when it is over, in the world and not on a loop.
  void submit(LaneId lane, Task work, Task done);

 private:
  /// A disk, and the path under which it is; the first one has no path and all that is on no other.
  struct Mount {
    std::string path;
    Disk* disk;
    DiskAccess access;
  };
  void mount(const std::string& path, Disk& disk);
  const Mount& mount_of(std::string_view path) const;

  World& world_;
  Options options_;
  std::uint64_t number_;
  OwnerId owner_;
  bool is_alive_ = true;
  std::uint64_t loops_made_ = 0;
  SimRandom lane_delays_;
  std::vector<Instant> lane_free_at_;
  std::vector<std::unique_ptr<SimLoop>> loops_;
  std::vector<Mount> mounts_;
};

}  // namespace moldau::io::sim
