#include "io/uv/host.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <sys/resource.h>

#include "base/assert.h"
#include "io/uv/address.h"
#include "io/uv/descriptor.h"
#include "io/uv/directory.h"
#include "io/uv/handles.h"

namespace moldau::io::uv {
namespace {

/// From this size on, memory is mapped for itself and given back when it is freed. Frames of the default
/// `message.max.bytes` stay below.
constexpr int kMappedBytes = 2 << 20;
/// Free memory at the end of a heap that is not given back: little while the process starts, as malloc_trim
/// leaves alone what is free at the end of any heap but the first; and enough to work with behind that.
constexpr int kStartSpareBytes = 128 << 10;
constexpr int kHeapSpareBytes = 4 << 20;

/// A heap for each loop, which the lanes share: what a lane allocates is mostly freed on a loop, and a heap
/// of the lane's own would grow around the holes that this leaves in it (docs/decisions.md, "As many heaps as
/// loops"). Without a fixed limit, glibc would take blocks from the heaps that are as large as any that was
/// freed before ("What passes through a heap stays out of it").
void set_up_heaps(std::size_t loop_count) {
  ::mallopt(M_ARENA_MAX, static_cast<int>(loop_count));
  ::mallopt(M_MMAP_THRESHOLD, kMappedBytes);
  ::mallopt(M_TRIM_THRESHOLD, kStartSpareBytes);
}

/// Room for so many descriptors from the start: the kernel doubles their table when it is full, and a process
/// of several threads stands still for some 10 ms each time.
constexpr rlim_t kDescriptors = 16384;

void make_room_for_descriptors(rlim_t most) {
  const Descriptor any(::open("/", O_PATH | O_CLOEXEC));
  const auto last = static_cast<int>(std::min(most, kDescriptors)) - 1;
  const Descriptor high(::fcntl(any.number(), F_DUPFD_CLOEXEC, last));
}

}  // namespace

using SignalHandle = OwnedHandle<uv_signal_t, Task>;

struct UvHost::Signal {
  explicit Signal(Task task) : handle(std::move(task)) {}
  SignalHandle handle;
};

std::size_t UvHost::available_cores() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::size_t>(std::max(CPU_COUNT(&set), 1));
}

UvHost::UvHost(std::size_t loop_count) {
  ::signal(SIGPIPE, SIG_IGN);
  set_up_heaps(loop_count);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    make_room_for_descriptors(files.rlim_cur);
  }
  for (std::size_t i = 0; i < loop_count; ++i) {
    loops_.push_back(std::make_unique<UvLoop>([this](LaneId id) -> Lane& { return lane(id); }));
  }
}

UvHost::~UvHost() {
  // Work under way posts to the loops, so the lanes end first.
  lanes_.clear();
  signals_.clear();
}

void UvHost::give_back_memory() {
  ::malloc_trim(0);
  ::mallopt(M_TRIM_THRESHOLD, kHeapSpareBytes);
}

void UvHost::run() {
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < loops_.size(); ++i) {
    threads.emplace_back([loop = loops_[i].get()] { loop->run(); });
  }
  loops_[0]->run();
  for (std::thread& thread : threads) {
    thread.join();
  }
}

void UvHost::stop() {
  for (const auto& loop : loops_) {
    loop->stop();
  }
}

void UvHost::on_signal(int signal, Task task) {
  signals_.push_back(std::make_unique<Signal>(std::move(task)));
  uv_signal_t* handle = signals_.back()->handle.get();
  require(::uv_signal_init(loops_[0]->raw(), handle) == 0, "a loop watches signals");
  ::uv_signal_start(handle, [](uv_signal_t* fired, int) { SignalHandle::call(fired); }, signal);
}

Result<std::shared_ptr<Directory>> UvHost::open_root(std::string_view path) {
  return UvDirectory::open_root(path, read_lane(path));
}

Result<std::shared_ptr<Directory>> UvHost::find_root(std::string_view path) {
  return UvDirectory::find_root(path, read_lane(path));
}

LaneId UvHost::read_lane(std::string_view path) {
  return make_lane("read " + std::filesystem::path(path).filename().string());
}

Result<std::vector<std::string>> UvHost::addresses_of(const std::string& host) {
  const auto found = resolve({host, 0});
  if (!found) return fail(found.error());
  std::vector<std::string> addresses;
  for (const SystemAddress& one : *found)
    addresses.push_back(to_socket_address(one.storage, one.size).host);
  return addresses;
}

LaneId UvHost::make_lane(std::string_view name) {
  const std::lock_guard guard(lanes_mutex_);
  lanes_.push_back(std::make_unique<Lane>(std::string(name)));
  return LaneId(static_cast<std::uint32_t>(lanes_.size() - 1));
}

void UvHost::rest_lane(LaneId id, Duration span) {
  lane(id).rest(span);
}

Lane& UvHost::lane(LaneId id) {
  const std::lock_guard guard(lanes_mutex_);
  require(id.value() < lanes_.size(), "a lane is made before it is used");
  return *lanes_[id.value()];
}

}  // namespace moldau::io::uv
