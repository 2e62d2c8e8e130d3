#include "observe/metrics_text.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

using namespace moldau;
using namespace moldau::observe;
using namespace std::chrono_literals;

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

PartitionReport partition(std::string topic, std::int32_t number, TopicCounters counters) {
  return {.topic = std::move(topic),
          .partition = number,
          .is_led_here = true,
          .replicas = 3,
          .in_sync = 2,
          .min_in_sync = 2,
          .producer_ids = 4,
          .segments = 5,
          .size_bytes = 6000,
          .log_start_offset = 70,
          .log_end_offset = 81,
          .last_stable_offset_lag = 1,
          .counters = counters};
}

/// Two shards with something of everything.
NodeReport report() {
  NodeReport report;
  report.now = Instant(20s);
  report.state = BrokerState::kRunning;
  report.request_kinds = {"Produce", "Fetch"};
  RequestCounters first(2);
  first.note(0, 13, 2ms, Instant(5s));
  first.note(0, 12, 3ms, Instant(6s));
  first.note(1, 40, 1ms, Instant(6s));
  RequestCounters second(2);
  second.note(0, 13, 7ms, Instant(7s));
  const TopicCounters counters{.messages_in = 10,
                               .bytes_in = 2000,
                               .bytes_out = 3000,
                               .bytes_rejected = 40,
                               .produce_requests = 5,
                               .failed_produce_requests = 1,
                               .fetch_requests = 6,
                               .failed_fetch_requests = 2};
  report.shards.push_back({.partitions = {partition("orders", 1, counters), partition("a\\b\"c", 0, {})},
                           .offline_replicas = 2,
                           .departed = {.messages_in = 100},
                           .requests = first.kinds(),
                           .groups = {.counts = {{.type = "classic", .state = "Stable", .groups = 2},
                                                 {.type = "consumer", .state = "Empty", .groups = 1}},
                                      .offsets = 9,
                                      .committed_offsets = 30,
                                      .expired_offsets = 4,
                                      .deleted_offsets = 5,
                                      .completed_rebalances = 6,
                                      .consumer_rebalances = 7,
                                      .share_rebalances = 8,
                                      .streams_rebalances = 9}});
  report.shards.push_back({.partitions = {partition("orders", 0, counters)},
                           .offline_replicas = 1,
                           .departed = {},
                           .requests = second.kinds(),
                           .groups = {.counts = {{.type = "classic", .state = "Stable", .groups = 1},
                                                 {.type = "share", .state = "Stable", .groups = 3},
                                                 {.type = "streams", .state = "NotReady", .groups = 1}},
                                      .offsets = 1,
                                      .committed_offsets = 12}});
  report.shards[0].partitions[1].is_led_here = false;
  report.shards[1].partitions[0].in_sync = 1;
  report.log_dirs = {{.path = "/data", .logs = 3, .opened_logs = 1}, {.path = "/spare", .is_offline = true}};
  report.connections = {{.listener = "PLAINTEXT", .shard = 1, .open = 7}};
  report.cluster = {.is_active_controller = true,
                    .topics = 2,
                    .partitions = 3,
                    .partitions_without_leader = 0,
                    .partitions_without_preferred_leader = 1,
                    .active_brokers = 1,
                    .fenced_brokers = 2,
                    .quorum_leader = 1,
                    .quorum_epoch = 9,
                    .quorum_high_watermark = 50,
                    .quorum_log_end_offset = 51,
                    .last_applied_offset = 49};
  report.process = ProcessReport{.cpu_seconds = 1.25,
                                 .start_time_seconds = 1700000000.5,
                                 .resident_bytes = 14000000,
                                 .virtual_bytes = 90000000,
                                 .open_files = 33,
                                 .max_open_files = 1048576,
                                 .disk_read_bytes = 4096,
                                 .disk_write_bytes = {}};
  return report;
}

constexpr std::string_view kTableHead = "| name | type | labels | meaning |\n|---|---|---|---|\n";

/// The page with the table, which is its end, as it is to be.
std::string page(const std::string& present) {
  std::ostringstream page;
  page << present.substr(0, present.find(kTableHead)) << kTableHead;
  for (const MetricDescription& metric : described_metrics()) {
    page << "| `" << metric.name << "` | " << name_of(metric.type) << " | " << metric.labels << " | "
         << metric.help << " |\n";
  }
  return page.str();
}

/// Writes the file anew where the environment says so.
void check_file(const std::string& path, const std::string& text) {
  if (std::getenv("MOLDAU_WRITE_DOCS") != nullptr) std::ofstream(path, std::ios::binary) << text;
  CHECK(read_file(path) == text);
}

}  // namespace

TEST_CASE("a report is written as the golden text") {
  check_file(MOLDAU_SOURCE_DIR "/tests/golden/metrics/metrics.txt", render_metrics(report()));
}

TEST_CASE("a report of a node that has nothing yet has no sample of what is not there") {
  const std::string text = render_metrics({});
  CHECK(text.find("\nkafka_server_replicamanager_partitioncount 0\n") != std::string::npos);
  CHECK(text.find("\nprocess_open_fds") == std::string::npos);
  CHECK(text.find("\nkafka_log_log_size") == std::string::npos);
}

TEST_CASE("docs/metrics.md lists the metrics") {
  const std::string path = MOLDAU_SOURCE_DIR "/docs/metrics.md";
  check_file(path, page(read_file(path)));
}
