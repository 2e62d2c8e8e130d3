#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "broker/broker.h"
#include "config/broker_config.h"
#include "io/host.h"
#include "io/sim/disk.h"
#include "io/sim/host.h"
#include "io/sim/world.h"
#include "metadata/metadata_version.h"

namespace moldau::sim {

/// Puts something between a broker and its simulated machine; nullptr leaves the machine as it is.
using WrapHost = std::function<std::unique_ptr<io::Host>(io::sim::SimHost&)>;

/// A whole broker in a simulated process. It runs while the world does.
class BrokerProcess {
 public:
  struct Settings {
    std::size_t loop_count = 1;
    std::string properties = {};  ///< lines for server.properties, over those of a single node
    WrapHost wrap = {};
    bool is_standalone = false;  ///< format for a dynamic quorum of this node, else for a static one
    std::optional<metadata::MetadataVersion> release = {};  ///< to format for, the latest one if none
    std::map<std::string, io::sim::Disk*> mounts = {};      ///< further disks of the machine, by path
  };

  static constexpr const char* kMachine = "10.0.0.1";
  static constexpr std::uint16_t kPort = 9092;
  static constexpr const char* kDataPath = "/data";

  /// World and disk outlive the process. The disk is formatted when it is empty.
  BrokerProcess(io::sim::World& world, io::sim::Disk& disk, const Settings& settings);
  ~BrokerProcess();
  BrokerProcess(const BrokerProcess&) = delete;
  BrokerProcess& operator=(const BrokerProcess&) = delete;

  /// Runs the world until clients are let in. The error is why they are not.
  Result<void> start();

  /// Starts, and stops in order when that much time has passed, whether clients are let in by then or not.
  Result<void> start_and_stop(Duration after);

  /// Runs the world until the broker has stopped in order.
  Result<void> stop();

  /// False from a crash of the disk on.
  bool is_alive() const { return host_.is_alive(); }

  /// What made the broker give up by itself.
  const std::optional<Error>& failure() const { return failure_; }

  broker::Broker& broker() { return *broker_; }

 private:
  /// Runs the world until `outcome` is there, the process has ended or the broker gives up.
  Result<void> wait_for(const std::optional<Result<void>>& outcome);

  Result<void> format();
  /// Opens the data and begins to serve; `ready` hears of it while the world runs.
  Result<void> begin(std::function<void(Result<void>)> ready);

  io::sim::World& world_;
  Settings settings_;
  io::sim::SimHost host_;
  std::unique_ptr<io::Host> wrapper_;
  std::optional<config::BrokerConfig> config_;
  std::unique_ptr<broker::Broker> broker_;
  std::optional<Error> failure_;
};

}  // namespace moldau::sim
