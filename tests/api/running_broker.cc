#include "running_broker.h"

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "broker/broker.h"
#include "config/broker_config.h"

namespace moldau::testing {
namespace {

config::BrokerConfig config_of(const std::string& folder) {
  const std::vector<std::string> overrides = {"log.dirs=" + folder, "moldau.admin.listener=",
                                              "listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0"};
  return config::BrokerConfig::resolve({.fixed = config::load_static(std::nullopt, overrides).value(),
                                        .dynamic_default = {},
                                        .dynamic_broker = {}})
      .value();
}

}  // namespace

RunningBroker::RunningBroker(std::size_t loops) {
  folder_ = (std::filesystem::temp_directory_path() / "moldau-broker-XXXXXX").string();
  REQUIRE(::mkdtemp(folder_.data()) != nullptr);
  std::promise<Result<io::SocketAddress>> promise;
  auto ready = promise.get_future();
  thread_ =
      std::thread([this, loops, promise = std::move(promise)]() mutable { run(loops, std::move(promise)); });
  address_ = ready.get().value();
}

RunningBroker::~RunningBroker() {
  host_->loop(0).post([this] { stop_(); });
  thread_.join();
  std::filesystem::remove_all(folder_);
}

void RunningBroker::run(std::size_t loops, std::promise<Result<io::SocketAddress>> ready) {
  const config::BrokerConfig config = config_of(folder_);
  io::uv::UvHost host(loops);
  broker::Broker broker(host, config);
  host_ = &host;
  stop_ = [&] {
    broker.stop([&](const Result<void>& outcome) {
      CHECK(outcome);
      host.stop();
    });
  };
  REQUIRE(broker.open(true));
  broker.start(
      [&](Result<void> outcome) {
        if (!outcome) return ready.set_value(fail(std::move(outcome).error()));
        ready.set_value(
            io::SocketAddress{"127.0.0.1", static_cast<std::uint16_t>(broker.advertised().front().port)});
      },
      [](const Error& error) { FAIL_CHECK(error.message); });
  host.run();
}

void RunningBroker::on_each_loop(const std::function<void()>& task) {
  for (std::size_t i = 0; i < host_->loop_count(); ++i) {
    std::promise<void> done;
    host_->loop(i).post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }
}

}  // namespace moldau::testing
