#include "start.h"

#include <cstdio>
#include <optional>

#include <unistd.h>

#include "batches.h"
#include "child.h"
#include "first_writes.h"
#include "io/uv/host.h"
#include "mode.h"
#include "process.h"
#include "stretch.h"

namespace moldau::bench {
namespace {

void wait_seconds(double seconds) {
  ::usleep(static_cast<useconds_t>(seconds * 1e6));
}

}  // namespace

Mode add_start(CLI::App& app) {
  const auto start = std::make_shared<Start>();
  CLI::App& command =
      *app.add_subcommand("start", "Time a broker from exec to its first acknowledged record");
  add_broker(command, start->address);
  command.add_option("--ready", start->ready, "What its line has in it when it is ready");
  command.add_option("--settle-seconds", start->settle_seconds, "How long it is left alone before that");
  command.add_option("--idle-seconds", start->idle_seconds, "How long it is watched idle afterwards");
  command.add_option("command", start->command, "The program and its arguments")->required();
  return {&command, [start] { bench::run(*start); }};
}

void run(const Start& start) {
  io::uv::UvHost host(1);
  const io::Clock& clock = host.loop(0).clock();
  const Batch batch = batch_of({.batch_bytes = 1, .record_bytes = 1024}, clock.wall_ms());
  const Mark before = mark_now(clock, std::nullopt);
  const Instant begin = clock.now();
  Child broker(start.command);
  broker.wait_for(start.ready);
  const Instant ready = clock.now();
  create_led_topic(host, start.address, {"first", 1}, batch.bytes);
  const Instant acknowledged = clock.now();

  const double cpu = cpu_time_of(broker.id()).total_seconds;
  wait_seconds(start.settle_seconds);
  const double settled_cpu = cpu_time_of(broker.id()).total_seconds;
  wait_seconds(start.idle_seconds);
  const Stretch stretch(before, mark_now(clock, broker.id()));
  const double idle_cpu = stretch.cpu_seconds() - settled_cpu;
  const MemoryUse memory = memory_of(broker.id());
  std::printf(R"({"ready_ms": %.1f, "first_ack_ms": %.1f, "start_cpu_ms": %.1f, "idle_rss_mib": %.1f, )"
              R"("peak_rss_mib": %.1f, "idle_cpu_percent": %.3f, "others_percent": %.1f})"
              "\n",
              milliseconds(ready - begin), milliseconds(acknowledged - begin), cpu * 1e3,
              static_cast<double>(memory.resident_bytes) / (1 << 20),
              static_cast<double>(memory.peak_resident_bytes) / (1 << 20),
              start.idle_seconds > 0 ? 100 * idle_cpu / start.idle_seconds : 0.0, stretch.others_percent());
}

}  // namespace moldau::bench
