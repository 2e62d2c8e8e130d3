#include "observe/metrics_text.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <utility>

namespace moldau::observe {
namespace {

/// The quantiles of Apache Kafka's histograms, written as the JMX exporter writes them.
constexpr std::pair<std::string_view, double> kQuantiles[] = {
    {"0.50", 0.5}, {"0.75", 0.75}, {"0.95", 0.95}, {"0.98", 0.98}, {"0.99", 0.99}, {"0.999", 0.999}};

double milliseconds(Duration span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

/// A report with the sums over its shards.
struct Summed {
  explicit Summed(const NodeReport& report) : node(report) {
    requests.resize(report.request_kinds.size());
    for (const ShardReport& shard : report.shards) {
      all += shard.departed;
      for (const PartitionReport& partition : shard.partitions) {
        all += partition.counters;
        topics[partition.topic] += partition.counters;
        partitions.push_back(&partition);
      }
      for (std::size_t kind = 0; kind < std::min(shard.requests.size(), requests.size()); ++kind) {
        const RequestCounts& more = shard.requests[kind];
        for (std::size_t version = 0; version < RequestCounts::kVersions; ++version)
          requests[kind].by_version[version] += more.by_version[version];
        requests[kind].total_time.merge(more.total_time, report.now);
      }
      for (const GroupCount& count : shard.groups.counts)
        groups[{count.type, count.state}] += count.groups;
    }
    std::ranges::sort(partitions, {}, [](const PartitionReport* partition) {
      return std::pair(std::string_view(partition->topic), partition->partition);
    });
  }

  template <class Predicate>
  std::uint64_t count(Predicate predicate) const {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        partitions, [&](const PartitionReport* partition) { return std::invoke(predicate, *partition); }));
  }

  std::uint64_t groups_in(std::string_view type, std::string_view state) const {
    const auto found = groups.find({type, state});
    return found == groups.end() ? 0 : found->second;
  }

  std::uint64_t groups_of(std::string_view type) const {
    std::uint64_t sum = 0;
    for (const auto& [kind, count] : groups)
      sum += kind.first == type ? count : 0;
    return sum;
  }

  const NodeReport& node;
  TopicCounters all;
  std::map<std::string_view, TopicCounters> topics;
  std::vector<const PartitionReport*> partitions;
  std::vector<RequestCounts> requests;
  std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> groups;  ///< by type and state
};

bool is_under_replicated(const PartitionReport& partition) {
  return partition.is_led_here && partition.in_sync < partition.replicas;
}
bool is_under_min_in_sync(const PartitionReport& partition) {
  return partition.is_led_here && partition.in_sync < partition.min_in_sync;
}
bool is_at_min_in_sync(const PartitionReport& partition) {
  return partition.is_led_here && partition.in_sync == partition.min_in_sync;
}

using Write = void (*)(const Summed&, Exposition&);

/// The sum over all topics has no label, as Apache Kafka's.
template <std::uint64_t TopicCounters::* counter>
void by_topic(const Summed& from, Exposition& to) {
  to.add({}, from.all.*counter);
  for (const auto& [topic, counters] : from.topics)
    to.add({{"topic", topic}}, counters.*counter);
}

template <bool (*predicate)(const PartitionReport&)>
void count_of(const Summed& from, Exposition& to) {
  to.add({}, from.count(predicate));
}

template <auto PartitionReport::* flag>
void count_of_flag(const Summed& from, Exposition& to) {
  to.add({}, from.count(flag));
}

/// One sample for each replica; `figure` makes it of a report.
template <auto figure>
void by_partition(const Summed& from, Exposition& to) {
  for (const PartitionReport* partition : from.partitions) {
    const auto value = std::invoke(figure, *partition);
    using Number = std::conditional_t<std::is_signed_v<decltype(value)>, std::int64_t, std::uint64_t>;
    to.add({{"topic", partition->topic}, {"partition", std::to_string(partition->partition)}},
           static_cast<Number>(value));
  }
}

std::uint64_t replicas_of_led(const PartitionReport& partition) {
  return partition.is_led_here ? partition.replicas : 0;
}
std::uint64_t in_sync_of_led(const PartitionReport& partition) {
  return partition.is_led_here ? partition.in_sync : 0;
}

template <auto ClusterReport::* figure>
void of_cluster(const Summed& from, Exposition& to) {
  const auto value = from.node.cluster.*figure;
  using Number = std::conditional_t<std::is_signed_v<decltype(value)>, std::int64_t, std::uint64_t>;
  to.add({}, static_cast<Number>(value));
}

template <auto ProcessReport::* figure>
void of_process(const Summed& from, Exposition& to) {
  if (from.node.process) to.add({}, (*from.node.process).*figure);
}

template <std::optional<std::uint64_t> ProcessReport::* figure>
void of_disk(const Summed& from, Exposition& to) {
  if (from.node.process && (*from.node.process).*figure) to.add({}, *((*from.node.process).*figure));
}

void request_counts(const Summed& from, Exposition& to) {
  for (std::size_t kind = 0; kind < from.requests.size(); ++kind) {
    for (std::size_t version = 0; version < RequestCounts::kVersions; ++version) {
      const std::uint64_t count = from.requests[kind].by_version[version];
      if (count == 0) continue;
      to.add({{"request", from.node.request_kinds[kind]}, {"version", std::to_string(version)}}, count);
    }
  }
}

void request_times(const Summed& from, Exposition& to) {
  for (std::size_t kind = 0; kind < from.requests.size(); ++kind) {
    const DurationHistogram& times = from.requests[kind].total_time;
    const std::string_view name = from.node.request_kinds[kind];
    if (times.count() == 0) continue;
    for (const auto& [label, share] : kQuantiles)
      to.add({{"request", name}, {"quantile", label}}, milliseconds(times.quantile(share, from.node.now)));
    to.add_suffixed("_sum", {{"request", name}}, milliseconds(times.sum()));
    to.add_suffixed("_count", {{"request", name}}, times.count());
  }
}

void broker_state(const Summed& from, Exposition& to) {
  to.add({}, std::uint64_t{static_cast<std::uint8_t>(from.node.state)});
}

void partition_count(const Summed& from, Exposition& to) {
  to.add({}, std::uint64_t{from.partitions.size()});
}

void producer_id_count(const Summed& from, Exposition& to) {
  std::uint64_t ids = 0;
  for (const PartitionReport* partition : from.partitions)
    ids += partition->producer_ids;
  to.add({}, ids);
}

void offline_replica_count(const Summed& from, Exposition& to) {
  std::uint64_t count = 0;
  for (const ShardReport& shard : from.node.shards)
    count += shard.offline_replicas;
  to.add({}, count);
}

void offline_dir_count(const Summed& from, Exposition& to) {
  to.add({},
         static_cast<std::uint64_t>(std::ranges::count_if(from.node.log_dirs, &LogDirReport::is_offline)));
}

void offline_dirs(const Summed& from, Exposition& to) {
  for (const LogDirReport& dir : from.node.log_dirs)
    to.add({{"logDirectory", dir.path}}, static_cast<std::uint64_t>(dir.is_offline));
}

void logs_to_open(const Summed& from, Exposition& to) {
  for (const LogDirReport& dir : from.node.log_dirs)
    to.add({{"dir", dir.path}}, std::uint64_t{dir.logs - dir.opened_logs});
}

void open_connections(const Summed& from, Exposition& to) {
  for (const ConnectionsReport& connections : from.node.connections) {
    to.add({{"listener", connections.listener}, {"networkProcessor", std::to_string(connections.shard)}},
           std::uint64_t{connections.open});
  }
}

template <std::uint64_t GroupsReport::* figure>
void of_groups(const Summed& from, Exposition& to) {
  std::uint64_t sum = 0;
  for (const ShardReport& shard : from.node.shards)
    sum += shard.groups.*figure;
  to.add({}, sum);
}

constexpr std::string_view kClassic = "classic";

void groups_by_type(const Summed& from, Exposition& to) {
  for (const std::string_view type :
       {kClassic, std::string_view("consumer"), std::string_view("share"), std::string_view("streams")})
    to.add({{"protocol", type}}, from.groups_of(type));
}

void classic_groups(const Summed& from, Exposition& to) {
  to.add({}, from.groups_of(kClassic));
}

/// Names of states as literals, so that they are arguments of templates.
template <std::size_t size>
struct StateName {
  constexpr StateName(const char (&name)[size]) { std::ranges::copy(name, text); }
  constexpr std::string_view view() const { return {text, size - 1}; }
  char text[size]{};
};

template <StateName state>
void classic_groups_in(const Summed& from, Exposition& to) {
  to.add({}, from.groups_in(kClassic, state.view()));
}

template <StateName type, StateName... states>
void by_state(const Summed& from, Exposition& to) {
  for (const std::string_view state : {states.view()...})
    to.add({{"state", state}}, from.groups_in(type.view(), state));
}

/// A metric: what is said of it, and what writes its samples.
struct Metric {
  MetricDescription described;
  Write write = nullptr;
};

using enum MetricType;

constexpr Metric kMetrics[] = {
    {{"kafka_server_brokertopicmetrics_messagesin_total", kCounter, "topic",
      "Records appended for producers and coordinators."},
     by_topic<&TopicCounters::messages_in>},
    {{"kafka_server_brokertopicmetrics_bytesin_total", kCounter, "topic",
      "Bytes of the batches with those records, as they came."},
     by_topic<&TopicCounters::bytes_in>},
    {{"kafka_server_brokertopicmetrics_bytesout_total", kCounter, "topic",
      "Bytes of records sent to consumers."},
     by_topic<&TopicCounters::bytes_out>},
    {{"kafka_server_brokertopicmetrics_bytesrejected_total", kCounter, "topic",
      "Bytes of batches that were refused for their size."},
     by_topic<&TopicCounters::bytes_rejected>},
    {{"kafka_server_brokertopicmetrics_totalproducerequests_total", kCounter, "topic",
      "Batches that were to be appended, one for each partition of a request."},
     by_topic<&TopicCounters::produce_requests>},
    {{"kafka_server_brokertopicmetrics_failedproducerequests_total", kCounter, "topic",
      "Those that failed for another reason than what clients meet in daily work."},
     by_topic<&TopicCounters::failed_produce_requests>},
    {{"kafka_server_brokertopicmetrics_totalfetchrequests_total", kCounter, "topic",
      "Reads of a partition, one for each partition of a request."},
     by_topic<&TopicCounters::fetch_requests>},
    {{"kafka_server_brokertopicmetrics_failedfetchrequests_total", kCounter, "topic",
      "Those that failed for another reason than what clients meet in daily work."},
     by_topic<&TopicCounters::failed_fetch_requests>},
    {{"kafka_server_replicamanager_partitioncount", kGauge, "", "Replicas on this broker."}, partition_count},
    {{"kafka_server_replicamanager_leadercount", kGauge, "", "Partitions that this broker leads."},
     count_of_flag<&PartitionReport::is_led_here>},
    {{"kafka_server_replicamanager_offlinereplicacount", kGauge, "", "Replicas whose disk has failed."},
     offline_replica_count},
    {{"kafka_server_replicamanager_underreplicatedpartitions", kGauge, "",
      "Partitions led here with fewer replicas in sync than they have."},
     count_of<is_under_replicated>},
    {{"kafka_server_replicamanager_underminisrpartitioncount", kGauge, "",
      "Partitions led here with fewer replicas in sync than min.insync.replicas."},
     count_of<is_under_min_in_sync>},
    {{"kafka_server_replicamanager_atminisrpartitioncount", kGauge, "",
      "Partitions led here with just as many replicas in sync as min.insync.replicas."},
     count_of<is_at_min_in_sync>},
    {{"kafka_server_replicamanager_produceridcount", kGauge, "", "Producer ids that the replicas remember."},
     producer_id_count},
    {{"kafka_cluster_partition_underreplicated", kGauge, "topic, partition",
      "1 if the partition is led here and lacks a replica in sync."},
     by_partition<is_under_replicated>},
    {{"kafka_cluster_partition_underminisr", kGauge, "topic, partition",
      "1 if it is led here and has fewer in sync than min.insync.replicas."},
     by_partition<is_under_min_in_sync>},
    {{"kafka_cluster_partition_atminisr", kGauge, "topic, partition",
      "1 if it is led here and has just as many in sync as min.insync.replicas."},
     by_partition<is_at_min_in_sync>},
    {{"kafka_cluster_partition_replicascount", kGauge, "topic, partition",
      "Replicas of a partition that is led here, else 0."},
     by_partition<replicas_of_led>},
    {{"kafka_cluster_partition_insyncreplicascount", kGauge, "topic, partition",
      "Those of them that are in sync."},
     by_partition<in_sync_of_led>},
    {{"kafka_cluster_partition_laststableoffsetlag", kGauge, "topic, partition",
      "How far open transactions hold readers of committed records behind the high watermark."},
     by_partition<&PartitionReport::last_stable_offset_lag>},
    {{"kafka_log_log_size", kGauge, "topic, partition", "Bytes of the segments."},
     by_partition<&PartitionReport::size_bytes>},
    {{"kafka_log_log_logstartoffset", kGauge, "topic, partition", "The first offset that may be read."},
     by_partition<&PartitionReport::log_start_offset>},
    {{"kafka_log_log_logendoffset", kGauge, "topic, partition", "The offset of the next record."},
     by_partition<&PartitionReport::log_end_offset>},
    {{"kafka_log_log_numlogsegments", kGauge, "topic, partition", "Segments of the log."},
     by_partition<&PartitionReport::segments>},
    {{"kafka_log_logmanager_offlinelogdirectorycount", kGauge, "", "Log directories whose disk has failed."},
     offline_dir_count},
    {{"kafka_log_logmanager_logdirectoryoffline", kGauge, "logDirectory", "1 if its disk has failed."},
     offline_dirs},
    {{"kafka_log_logmanager_remaininglogstorecover", kGauge, "dir",
      "Logs of the directory that are not opened yet."},
     logs_to_open},
    {{"kafka_network_requestmetrics_requests_total", kCounter, "request, version", "Requests answered."},
     request_counts},
    {{"kafka_network_requestmetrics_totaltimems", kSummary, "request",
      "Milliseconds from the whole request to its answer; quantiles of the last five to ten minutes."},
     request_times},
    {{"kafka_server_socket_server_metrics_connection_count", kGauge, "listener, networkProcessor",
      "Open connections; a network processor is a shard."},
     open_connections},
    {{"kafka_coordinator_group_groupmetadatamanager_numgroups", kGauge, "", "Classic groups."},
     classic_groups},
    {{"kafka_coordinator_group_groupmetadatamanager_numgroupsempty", kGauge, "",
      "Classic groups without members."},
     classic_groups_in<"Empty">},
    {{"kafka_coordinator_group_groupmetadatamanager_numgroupspreparingrebalance", kGauge, "",
      "Classic groups that wait for members to join."},
     classic_groups_in<"PreparingRebalance">},
    {{"kafka_coordinator_group_groupmetadatamanager_numgroupscompletingrebalance", kGauge, "",
      "Classic groups that wait for their leader's assignment."},
     classic_groups_in<"CompletingRebalance">},
    {{"kafka_coordinator_group_groupmetadatamanager_numgroupsstable", kGauge, "",
      "Classic groups whose members have their assignment."},
     classic_groups_in<"Stable">},
    {{"kafka_coordinator_group_groupmetadatamanager_numgroupsdead", kGauge, "",
      "Classic groups that are being given up."},
     classic_groups_in<"Dead">},
    {{"kafka_coordinator_group_groupmetadatamanager_numoffsets", kGauge, "",
      "Committed offsets of groups of all types."},
     of_groups<&GroupsReport::offsets>},
    {{"kafka_server_group_coordinator_metrics_group_count", kGauge, "protocol", "Groups of that type."},
     groups_by_type},
    {{"kafka_server_group_coordinator_metrics_consumer_group_count", kGauge, "state",
      "Groups of the consumer protocol in that state."},
     by_state<"consumer", "Empty", "Assigning", "Reconciling", "Stable", "Dead">},
    {{"kafka_server_group_coordinator_metrics_share_group_count", kGauge, "state",
      "Share groups in that state."},
     by_state<"share", "Empty", "Stable", "Dead">},
    {{"kafka_server_group_coordinator_metrics_streams_group_count", kGauge, "state",
      "Streams groups in that state."},
     by_state<"streams", "Empty", "NotReady", "Assigning", "Reconciling", "Stable", "Dead">},
    {{"kafka_server_group_coordinator_metrics_offset_commit_count", kCounter, "",
      "Offsets committed, those in transactions among them."},
     of_groups<&GroupsReport::committed_offsets>},
    {{"kafka_server_group_coordinator_metrics_offset_expiration_count", kCounter, "",
      "Offsets that expired."},
     of_groups<&GroupsReport::expired_offsets>},
    {{"kafka_server_group_coordinator_metrics_offset_deletion_count", kCounter, "",
      "Offsets that administrators deleted."},
     of_groups<&GroupsReport::deleted_offsets>},
    {{"kafka_server_group_coordinator_metrics_group_completed_rebalance_count", kCounter, "",
      "Rebalances of classic groups that ended with an assignment."},
     of_groups<&GroupsReport::completed_rebalances>},
    {{"kafka_server_group_coordinator_metrics_consumer_group_rebalance_count", kCounter, "",
      "Epochs that members of groups of the consumer protocol began."},
     of_groups<&GroupsReport::consumer_rebalances>},
    {{"kafka_server_group_coordinator_metrics_share_group_rebalance_count", kCounter, "",
      "Epochs that members of share groups began."},
     of_groups<&GroupsReport::share_rebalances>},
    {{"kafka_server_group_coordinator_metrics_streams_group_rebalance_count", kCounter, "",
      "Epochs that members of streams groups began."},
     of_groups<&GroupsReport::streams_rebalances>},
    {{"kafka_server_kafkaserver_brokerstate", kGauge, "",
      "1 starting, 2 recovering logs or fenced, 3 running, 6 handing over before its stop."},
     broker_state},
    {{"kafka_controller_kafkacontroller_activecontrollercount", kGauge, "",
      "1 if this node is the active controller."},
     of_cluster<&ClusterReport::is_active_controller>},
    {{"kafka_controller_kafkacontroller_activebrokercount", kGauge, "", "Brokers that are not fenced."},
     of_cluster<&ClusterReport::active_brokers>},
    {{"kafka_controller_kafkacontroller_fencedbrokercount", kGauge, "",
      "Brokers that are registered and fenced."},
     of_cluster<&ClusterReport::fenced_brokers>},
    {{"kafka_controller_kafkacontroller_globaltopiccount", kGauge, "", "Topics of the cluster."},
     of_cluster<&ClusterReport::topics>},
    {{"kafka_controller_kafkacontroller_globalpartitioncount", kGauge, "", "Partitions of the cluster."},
     of_cluster<&ClusterReport::partitions>},
    {{"kafka_controller_kafkacontroller_offlinepartitionscount", kGauge, "",
      "Partitions of the cluster without a leader."},
     of_cluster<&ClusterReport::partitions_without_leader>},
    {{"kafka_controller_kafkacontroller_preferredreplicaimbalancecount", kGauge, "",
      "Partitions that another replica than the first one leads."},
     of_cluster<&ClusterReport::partitions_without_preferred_leader>},
    {{"kafka_server_raftmetrics_current_leader", kGauge, "",
      "Node id of the leader of the metadata log; -1 while it is not known."},
     of_cluster<&ClusterReport::quorum_leader>},
    {{"kafka_server_raftmetrics_current_epoch", kGauge, "", "Epoch of the metadata log."},
     of_cluster<&ClusterReport::quorum_epoch>},
    {{"kafka_server_raftmetrics_high_watermark", kGauge, "",
      "Offset behind the last committed metadata record; -1 while it is not known."},
     of_cluster<&ClusterReport::quorum_high_watermark>},
    {{"kafka_server_raftmetrics_log_end_offset", kGauge, "", "Offset of the next metadata record."},
     of_cluster<&ClusterReport::quorum_log_end_offset>},
    {{"kafka_server_brokermetadatametrics_last_applied_record_offset", kGauge, "",
      "Offset of the last metadata record that all shards have applied."},
     of_cluster<&ClusterReport::last_applied_offset>},
    {{"kafka_server_kafkaserver_linux_disk_read_bytes", kGauge, "",
      "Bytes that the process has read from the disk."},
     of_disk<&ProcessReport::disk_read_bytes>},
    {{"kafka_server_kafkaserver_linux_disk_write_bytes", kGauge, "",
      "Bytes that it has written to the disk."},
     of_disk<&ProcessReport::disk_write_bytes>},
    {{"process_cpu_seconds_total", kCounter, "", "CPU time of the process, in user space and in the kernel."},
     of_process<&ProcessReport::cpu_seconds>},
    {{"process_start_time_seconds", kGauge, "", "When the process started, in seconds since the Unix epoch."},
     of_process<&ProcessReport::start_time_seconds>},
    {{"process_resident_memory_bytes", kGauge, "", "Memory of the process that is in RAM."},
     of_process<&ProcessReport::resident_bytes>},
    {{"process_virtual_memory_bytes", kGauge, "", "Its address space."},
     of_process<&ProcessReport::virtual_bytes>},
    {{"process_open_fds", kGauge, "", "Its open file descriptors."}, of_process<&ProcessReport::open_files>},
    {{"process_max_fds", kGauge, "", "The most that it may open."},
     of_process<&ProcessReport::max_open_files>},
};

}  // namespace

std::string render_metrics(const NodeReport& report) {
  const Summed summed(report);
  Exposition text;
  for (const Metric& metric : kMetrics) {
    text.begin(metric.described.name, metric.described.type, metric.described.help);
    metric.write(summed, text);
  }
  return text.take();
}

std::vector<MetricDescription> described_metrics() {
  std::vector<MetricDescription> all;
  for (const Metric& metric : kMetrics)
    all.push_back(metric.described);
  return all;
}

}  // namespace moldau::observe
