#include "transactions_load.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

#include "batches.h"
#include "broker_peer.h"
#include "first_writes.h"
#include "io/uv/host.h"
#include "mode.h"
#include "protocol/messages/api_versions_request.h"
#include "protocol/messages/api_versions_response.h"
#include "transactional_producer.h"

namespace moldau::bench {
namespace {

constexpr std::string_view kFeature = "transaction.version";
constexpr std::int16_t kFeatureLevel = 2;

void check_protocol(io::uv::UvHost& host, const io::SocketAddress& address) {
  using Request = protocol::ApiVersionsRequest;
  Request request;
  request.client_software_name = "bench";
  request.client_software_version = "1";
  BrokerPeer peer(host, address);
  const auto answer = peer.ask<protocol::ApiVersionsResponse>(request, Request::kVersions.highest);
  const bool is_spoken = std::ranges::any_of(answer->finalized_features, [](const auto& feature) {
    return feature.name == kFeature && feature.max_version_level == kFeatureLevel;
  });
  if (!is_spoken) die("writing transactions", "the broker is not at transaction.version 2");
}

}  // namespace

Mode add_transactions(CLI::App& app) {
  const auto load = std::make_shared<TransactionsLoad>();
  CLI::App& command = *app.add_subcommand("transactions", "Commit small transactions");
  add_broker(command, load->address);
  add_process(command, load->meter.process);
  command.add_option("--topic", load->topic, "Name of the topic, which is created");
  command.add_option("--producers", load->producers, "Connections, a partition each")
      ->check(CLI::PositiveNumber);
  command.add_option("--records", load->records, "Records of a transaction")->check(CLI::PositiveNumber);
  command.add_option("--record-bytes", load->record_bytes, "Bytes of a record's value");
  command.add_option("--warm-up-seconds", load->meter.warm_up_seconds, "Before the measurement, at least");
  command.add_option("--warm-up-transactions", load->meter.warm_up, "Before the measurement, at least");
  command.add_option("--transactions", load->meter.measured, "Transactions to measure")
      ->required()
      ->check(CLI::PositiveNumber);
  return {&command, [load] { bench::run(*load); }};
}

void run(const TransactionsLoad& load) {
  io::uv::UvHost host(1);
  const io::Clock& clock = host.loop(0).clock();
  check_protocol(host, load.address);
  const Batch first = batch_of({.batch_bytes = 1, .record_bytes = load.record_bytes}, clock.wall_ms());
  const auto partitions = static_cast<std::int32_t>(load.producers);
  const Uuid topic_id = create_led_topic(host, load.address, {load.topic, partitions}, first.bytes);
  Meter meter(clock, load.meter);
  std::vector<std::unique_ptr<TransactionalProducer>> producers;
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    producers.push_back(std::make_unique<TransactionalProducer>(
        host,
        TransactionalProducer::Options{.address = load.address,
                                       .transactional_id = load.topic + "-" + std::to_string(partition),
                                       .topic_id = topic_id,
                                       .partition = partition,
                                       .records = load.records,
                                       .record_bytes = load.record_bytes},
        [&] {
          meter.count(1);
          if (meter.is_done()) host.stop();
        }));
  }
  for (const auto& producer : producers) {
    producer->begin();
  }
  while (!meter.is_done()) {
    host.run();
  }
  std::uint64_t retries = 0;
  for (const auto& producer : producers) {
    retries += producer->retries();
  }
  const Stretch stretch = meter.stretch();
  const auto transactions = static_cast<double>(meter.amount());
  std::printf(
      R"({"transactions": %.0f, "cpu_us_per_transaction": %.2f, "transactions_per_s": %.0f, "retries": %llu, %s})"
      "\n",
      transactions, stretch.cpu_seconds() * 1e6 / transactions, transactions / stretch.wall_seconds(),
      static_cast<unsigned long long>(retries), stretch.fields().c_str());
}

}  // namespace moldau::bench
