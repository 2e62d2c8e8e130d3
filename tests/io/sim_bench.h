#pragma once

#include <functional>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "io/sim/disk.h"
#include "io/sim/host.h"
#include "io/sim/world.h"

namespace moldau::io::testing {

/// A simulated process with two loops and a disk of its own.
class SimBench {
 public:
  explicit SimBench(std::uint64_t seed = 1)
      : world_(seed),
        disk_(world_.seed(), "disk"),
        host_(world_, disk_, {.name = "bench", .loop_count = 2}) {}

  sim::SimHost& host() { return host_; }
  sim::World& world() { return world_; }
  const std::string& path() const { return path_; }
  static bool is_superuser() { return false; }
  std::shared_ptr<Directory> folder() { return host_.open_root(path_).value(); }

  bool run_until(const std::function<bool()>& done) { return world_.run_until(done, std::chrono::hours(1)); }

 private:
  std::string path_ = "/bench";
  sim::World world_;
  sim::Disk disk_;
  sim::SimHost host_;
};

}  // namespace moldau::io::testing
