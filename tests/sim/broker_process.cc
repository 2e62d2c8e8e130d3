#include "tests/sim/broker_process.h"

#include <utility>

#include "base/assert.h"

namespace moldau::sim {
namespace {

/// A broker that is not ready by then never will be.
constexpr Duration kPatience = std::chrono::minutes(2);

constexpr std::string_view kProperties = R"(
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://10.0.0.1:9092,CONTROLLER://10.0.0.1:9093
controller.listener.names=CONTROLLER
controller.quorum.voters=1@10.0.0.1:9093
log.dirs=/data
offsets.topic.num.partitions=2
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
)";

config::BrokerConfig config_of(const std::string& properties) {
  auto fixed = config::load_static(std::string(kProperties) + properties, {});
  require(fixed.has_value(), "the properties of a test can be read");
  auto config = config::BrokerConfig::resolve(
      {.fixed = std::move(*fixed), .dynamic_default = {}, .dynamic_broker = {}});
  require(config.has_value(), "the properties of a test are valid");
  return *std::move(config);
}

}  // namespace

BrokerProcess::BrokerProcess(io::sim::World& world, io::sim::Disk& disk, const Settings& settings)
    : world_(world),
      host_(world, disk, {.name = "broker", .machine = kMachine, .loop_count = settings.loop_count}),
      wrapper_(settings.wrap ? settings.wrap(host_) : nullptr),
      config_(config_of(settings.properties)),
      broker_(
          std::make_unique<broker::Broker>(wrapper_ ? *wrapper_ : static_cast<io::Host&>(host_), *config_)) {}

BrokerProcess::~BrokerProcess() {
  // As by kill -9: nothing of it reaches the disk any more.
  host_.kill();
}

Result<void> BrokerProcess::wait_for(const std::optional<Result<void>>& outcome) {
  world_.run_until([&] { return outcome || failure_ || !is_alive(); }, kPatience);
  if (!is_alive()) return fail(ErrorCode::kKafkaStorageError, "the process has ended");
  if (failure_) return fail(*failure_);
  if (!outcome) return fail(ErrorCode::kRequestTimedOut, "nothing happens any more");
  return *outcome;
}

Result<void> BrokerProcess::start() {
  if (auto opened = broker_->open(true); !opened) return opened;
  std::optional<Result<void>> ready;
  broker_->start([&ready](Result<void> outcome) { ready = std::move(outcome); },
                 [this](const Error& error) { failure_ = error; });
  return wait_for(ready);
}

Result<void> BrokerProcess::stop() {
  std::optional<Result<void>> stopped;
  broker_->stop([&stopped](Result<void> outcome) { stopped = std::move(outcome); });
  return wait_for(stopped);
}

}  // namespace moldau::sim
