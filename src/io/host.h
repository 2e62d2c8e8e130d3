#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/directory.h"
#include "io/loop.h"

namespace moldau::io {

/// All that one process sees of its machine: loops, folders and lanes. The real one is uv::Host; the
/// simulator gives one to every simulated node.
class Host {
 public:
  virtual ~Host() = default;

  /// Number of loops, one per shard; fixed for the run.
  virtual std::size_t loop_count() const = 0;
  virtual Loop& loop(std::size_t index) = 0;

  /// Opens the folder at `path`, made with its parents, durably, when missing.
  virtual Result<std::shared_ptr<Directory>> open_root(std::string_view path) = 0;

  /// Opens the folder at `path`; nullptr if there is none. Makes nothing.
  virtual Result<std::shared_ptr<Directory>> find_root(std::string_view path) = 0;

  /// The addresses of a host, numeric as those of peers. Blocks for a name lookup; kNetworkException when
  /// there are none.
  virtual Result<std::vector<std::string>> addresses_of(const std::string& host) = 0;

  /// Starts a lane; `name` is for the operator. Lanes live as long as the host.
  virtual LaneId make_lane(std::string_view name) = 0;

  /// Called by work in the lane: takes the lane up for that long, to do less a second. Returns at once when
  /// the host ends.
  virtual void rest_lane(LaneId lane, Duration span) = 0;
};

}  // namespace moldau::io
