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
      disk_(disk),
      options_(std::move(options)),
      number_(world.next_process()),
      owner_(world.schedule().make_owner()),
      lane_delays_(stream("lanes")) {
  for (std::size_t i = 0; i < options_.loop_count; ++i) {
    loops_.push_back(std::make_unique<SimLoop>(*this, i));
  }
  disk_.begin_process([this] { kill(); });
  access_.emplace(disk_, loops_.front()->clock());
  for (const auto& [path, mounted] : options_.mounts) {
    mounted->begin_process([this] { kill(); });
    mounted_.emplace(mounted, DiskAccess(*mounted, loops_.front()->clock()));
  }
}

SimHost::~SimHost() {
  kill();
  world_.schedule().drop(owner_);
}

void SimHost::kill() {
  if (access_ && access_->is_alive()) disk_.end_process();
  for (const auto& [disk, access] : mounted_) {
    if (access.is_alive()) disk->end_process();
  }
  is_alive_ = false;
}

SimRandom SimHost::stream(std::string_view name) const {
  return world_.seed().stream(options_.name + "/" + std::to_string(number_) + "/" + std::string(name));
}

std::pair<Disk*, DiskAccess> SimHost::disk_of(std::string_view path) const {
  for (const auto& [mount, disk] : options_.mounts) {
    if (path == mount || path.starts_with(mount + "/")) return {disk, mounted_.at(disk)};
  }
  return {&disk_, *access_};
}

Result<std::shared_ptr<Directory>> SimHost::open_root(std::string_view path) {
  const auto [disk, access] = disk_of(path);
  return SimDirectory::open_root(access, disk->root(), path);
}

Result<std::shared_ptr<Directory>> SimHost::find_root(std::string_view path) {
  const auto [disk, access] = disk_of(path);
  return SimDirectory::find_root(access, disk->root(), path);
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
