#include "tests/sim/broker_process.h"

#include <utility>

#include "base/assert.h"
#include "runtime/format.h"

namespace moldau::sim {
namespace {

/// A broker that is not ready by then never will be.
constexpr Duration kPatience = std::chrono::minutes(2);

constexpr std::string_view kProperties = R"(
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://10.0.0.1:9092,CONTROLLER://10.0.0.1:9093
controller.listener.names=CONTROLLER
log.dirs=/data
offsets.topic.num.partitions=2
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
)";

config::BrokerConfig config_of(const BrokerProcess::Settings& settings) {
  const std::string quorum = settings.is_standalone ? "controller.quorum.bootstrap.servers=10.0.0.1:9093\n"
                                                    : "controller.quorum.voters=1@10.0.0.1:9093\n";
  auto fixed = config::load_static(std::string(kProperties) + quorum + settings.properties, {});
  require(fixed.has_value(), "the properties of a test can be read");
  auto config = config::BrokerConfig::resolve(
      {.fixed = std::move(*fixed), .dynamic_default = {}, .dynamic_broker = {}});
  require(config.has_value(), "the properties of a test are valid");
  return *std::move(config);
}

}  // namespace

BrokerProcess::BrokerProcess(io::sim::World& world, io::sim::Disk& disk, const Settings& settings)
    : world_(world),
      settings_(settings),
      host_(world, disk,
            {.name = "broker",
             .machine = kMachine,
             .loop_count = settings.loop_count,
             .mounts = settings.mounts}),
      wrapper_(settings.wrap ? settings.wrap(host_) : nullptr),
      config_(config_of(settings)),
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

Result<void> BrokerProcess::format() {
  io::Host& host = wrapper_ ? *wrapper_ : static_cast<io::Host&>(host_);
  const auto is_formatted = runtime::is_formatted(host, kDataPath);
  if (!is_formatted) return fail(is_formatted.error());
  if (*is_formatted) return {};
  runtime::FormatOptions options;
  options.cluster_id = "c2ltdWxhdGVkLWNsdXN0ZQ";
  options.release = settings_.release;
  if (settings_.is_standalone) {
    const config::Endpoint& controller = config_->listeners.advertised_controller.front();
    options.initial_controllers.emplace();
    options.initial_controllers->emplace(
        config_->node.node_id,
        config::InitialController{.directory_id = host.loop(0).random().uuid(),
                                  .address = {.host = controller.host, .port = controller.port}});
  }
  const auto done = runtime::format_log_dirs(host, *config_, options);
  return done ? Result<void>() : fail(done.error());
}

Result<void> BrokerProcess::begin(std::function<void(Result<void>)> ready) {
  if (auto formatted = format(); !formatted) return formatted;
  if (auto opened = broker_->open(false); !opened) return opened;
  broker_->start(std::move(ready), [this](const Error& error) { failure_ = error; });
  return {};
}

Result<void> BrokerProcess::start() {
  std::optional<Result<void>> ready;
  const auto begun = begin([&ready](Result<void> outcome) { ready = std::move(outcome); });
  return begun ? wait_for(ready) : begun;
}

Result<void> BrokerProcess::start_and_stop(Duration after) {
  if (auto begun = begin([](const Result<void>&) {}); !begun) return begun;
  world_.run_for(after);
  return stop();
}

Result<void> BrokerProcess::stop() {
  std::optional<Result<void>> stopped;
  broker_->stop([&stopped](Result<void> outcome) { stopped = std::move(outcome); });
  return wait_for(stopped);
}

}  // namespace moldau::sim
