#include "partitions_load.h"

#include <cstdio>
#include <memory>

#include "batches.h"
#include "mode.h"
#include "stretch.h"

namespace moldau::bench {

Mode add_partitions(CLI::App& app) {
  const auto load = std::make_shared<PartitionsLoad>();
  CLI::App& command = *app.add_subcommand("partitions", "Create a topic and write to each of its partitions");
  add_broker(command, load->writes.address);
  add_process(command, load->process);
  command.add_option("--topic", load->topic, "Name of the topic");
  command.add_option("--partitions", load->partitions, "Partitions");
  command.add_option("--connections", load->writes.connections, "Connections");
  command.add_option("--under-way", load->writes.under_way, "Requests under way a connection");
  return {&command, [load] { bench::run(*load); }};
}

void run(const PartitionsLoad& load) {
  io::uv::UvHost host(1);
  const io::Clock& clock = host.loop(0).clock();
  const Batch batch = batch_of({.batch_bytes = 1, .record_bytes = 1024}, clock.wall_ms());
  BrokerPeer peer(host, load.writes.address);
  FirstWrites writes(host, load.writes);
  const Mark begin = mark_now(clock, load.process);
  const Uuid topic_id = peer.create_topic({load.topic, load.partitions});
  const Instant created = clock.now();
  const std::uint64_t too_early = writes.run(topic_id, load.partitions, batch.bytes);
  const Mark end = mark_now(clock, load.process);
  std::printf(R"({"partitions": %d, "created_ms": %.1f, "written_ms": %.1f, "too_early": %llu, %s})"
              "\n",
              load.partitions, milliseconds(created - begin.at), milliseconds(end.at - begin.at),
              static_cast<unsigned long long>(too_early), Stretch(begin, end).fields().c_str());
}

}  // namespace moldau::bench
