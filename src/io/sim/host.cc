#include "io/sim/host.h"

#include <algorithm>
#include <utility>

#include "io/sim/directory.h"

namespace moldau::io::sim {
namespace {

// What a disk takes for the work of a lane; now and then it stalls.
constexpr Duration kShortWork = std::chrono::microseconds(30);
constexpr Duration kLongWork = std::chrono::milliseconds(2);
constexpr Duration kStall = std::chrono::milliseconds(40);
constexpr std::uint64_t kWorksPerStall = 100;

}  // namespace

SimHost::SimHost(World& world, Disk& disk, Options options)
    : world_(world),
      options_(std::move(options)),
      number_(world.next_process()),
      owner_(world.schedule().make_owner()),
      lane_delays_(stream("lanes")) {
  for (std::size_t i = 0; i < options_.loop_count; ++i) {
    loops_.push_back(std::make_unique<SimLoop>(*this, i));
  }
  mount({}, disk);
  for (const auto& [path, mounted] : options_.mounts) {
    mount(path, *mounted);
  }
}

void SimHost::mount(const std::string& path, Disk& disk) {
  disk.begin_process([this] { kill(); });
  mounts_.push_back({.path = path, .disk = &disk, .access = DiskAccess(disk, loops_.front()->clock())});
}

SimHost::~SimHost() {
  kill();
  world_.schedule().drop(owner_);
}

void SimHost::kill() {
  for (const Mount& mount : mounts_) {
    if (mount.access.is_alive()) mount.disk->end_process();
  }
  is_alive_ = false;
}

SimRandom SimHost::stream(std::string_view name) const {
  return world_.seed().stream(options_.name + "/" + std::to_string(number_) + "/" + std::string(name));
}

const SimHost::Mount& SimHost::mount_of(std::string_view path) const {
  const auto found = std::ranges::find_if(mounts_, [&](const Mount& mount) {
    return !mount.path.empty() && (path == mount.path || path.starts_with(mount.path + "/"));
  });
  return found == mounts_.end() ? mounts_.front() : *found;
}

Result<std::shared_ptr<Directory>> SimHost::open_root(std::string_view path) {
  const Mount& mount = mount_of(path);
  return SimDirectory::open_root(mount.access, mount.disk->root(), path);
}

Result<std::shared_ptr<Directory>> SimHost::find_root(std::string_view path) {
  const Mount& mount = mount_of(path);
  return SimDirectory::find_root(mount.access, mount.disk->root(), path);
}

LaneId SimHost::make_lane(std::string_view) {
  lane_free_at_.push_back(world_.now());
  return LaneId(static_cast<std::uint32_t>(lane_free_at_.size() - 1));
}

void SimHost::rest_lane(LaneId lane, Duration span) {
  Instant& free_at = lane_free_at_[lane.value()];
  free_at = std::max(free_at, world_.now()) + span;
}

void SimHost::submit(LaneId lane, Task work, Task done) {
  Instant& free_at = lane_free_at_[lane.value()];
  const Duration longest = lane_delays_.one_in(kWorksPerStall) ? kStall : kLongWork;
  free_at = std::max(free_at, world_.now()) + lane_delays_.between(kShortWork, longest);
  world_.schedule().at(free_at, owner_, [this, work = std::move(work), done = std::move(done)]() mutable {
    if (!is_alive_) return;
    std::exchange(work, nullptr)();
    if (is_alive_) done();
  });
}

}  // namespace moldau::io::sim
