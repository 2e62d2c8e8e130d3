#include "broker/admin_port.h"

#include <utility>

#include "observe/metrics_text.h"
#include "runtime/offload.h"

namespace moldau::broker {
namespace {

constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

AdminPort::AdminPort(Sources sources) : sources_(std::move(sources)) {}

Result<std::unique_ptr<AdminPort>> AdminPort::open(Sources sources, const io::SocketAddress& address) {
  io::Loop& loop = sources.host->loop(0);
  std::unique_ptr<AdminPort> port(new AdminPort(std::move(sources)));
  auto server = net::HttpServer::open(
      loop, address, [made = port.get()](const net::HttpRequest& request, net::HttpReply reply) {
        made->serve(request, std::move(reply));
      });
  if (!server) return fail(std::move(server).error());
  port->server_ = *std::move(server);
  port->lane_ = port->sources_.host->make_lane("metrics");
  return port;
}

void AdminPort::serve(const net::HttpRequest& request, net::HttpReply reply) {
  if (request.path == "/metrics") {
    runtime::Shard& zero = sources_.node->shards()[runtime::ShardId(0)];
    zero.tasks().spawn(scrape(std::move(reply)));
    return;
  }
  if (request.path == "/healthz") return reply(health());
  reply({.status = net::HttpStatus::kNotFound, .body = "here are /metrics and /healthz\n"});
}

net::HttpResponse AdminPort::health() const {
  const auto obstacle = sources_.node->obstacle_to_serving();
  if (!obstacle) return {.status = net::HttpStatus::kOk, .body = "ok\n"};
  return {.status = net::HttpStatus::kServiceUnavailable, .body = *obstacle + "\n"};
}

runtime::Task<void> AdminPort::scrape(net::HttpReply reply) {
  auto report = std::make_shared<observe::NodeReport>(co_await sources_.node->report());
  co_await add_requests(*report);
  add_connections(*report);
  runtime::Shard& zero = sources_.node->shards()[runtime::ShardId(0)];
  // Many partitions make a long text: the loop has better to do.
  auto text = co_await runtime::run_in_lane(zero, lane_,
                                            [report, process = sources_.process]() -> Result<std::string> {
                                              if (process) report->process = process();
                                              return observe::render_metrics(*report);
                                            });
  reply({.content_type = kExpositionType, .body = *std::move(text)});
}

runtime::Task<void> AdminPort::add_requests(observe::NodeReport& report) {
  using Counts = std::vector<observe::RequestCounts>;
  runtime::Shards& shards = sources_.node->shards();
  report.request_kinds = api::request_kinds();
  for (std::size_t i = 0; i < report.shards.size(); ++i) {
    const api::Dispatcher& dispatcher = *(*sources_.dispatchers)[i];
    report.shards[i].requests = co_await runtime::on_shard<Counts>(
        shards[runtime::ShardId(0)], shards[runtime::ShardId(static_cast<std::uint32_t>(i))],
        [&dispatcher]() -> runtime::Task<Counts> { co_return dispatcher.counters().kinds(); });
  }
}

void AdminPort::add_connections(observe::NodeReport& report) const {
  for (const auto& acceptor : *sources_.acceptors) {
    const auto counts = acceptor->open_counts();
    for (std::size_t shard = 0; shard < counts.size(); ++shard)
      report.connections.push_back(
          {.listener = acceptor->listener().name, .shard = shard, .open = counts[shard]});
  }
}

}  // namespace moldau::broker
