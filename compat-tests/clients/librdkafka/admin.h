#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <librdkafka/rdkafka.h>

/// librdkafka has admin calls in its C interface alone. Each waits for its answer and throws what is an error
/// in it.
class Admin {
 public:
  explicit Admin(const std::string& bootstrap);

  void create_topic(const std::string& topic, int partitions,
                    const std::map<std::string, std::string>& configs);
  void delete_topic(const std::string& topic);
  void create_partitions(const std::string& topic, int total);
  /// "value source" of a topic's config.
  std::string config(const std::string& topic, const std::string& key);
  /// AlterConfigs puts the given ones in place of all that were there.
  void alter_configs(const std::string& topic, const std::map<std::string, std::string>& configs);
  /// The new first offset.
  std::int64_t delete_records(const std::string& topic, int partition, std::int64_t before);

  /// Leaders by partition, of each topic.
  std::map<std::string, std::vector<int>> topics();

  bool group_is_listed(const std::string& group);
  /// "state size size ..." of a group, sizes being those of its members' shares.
  std::string describe_group(const std::string& group);
  void delete_offset(const std::string& group, const std::string& topic, int partition);
  void delete_group(const std::string& group);

 private:
  using Event = std::unique_ptr<rd_kafka_event_t, decltype(&rd_kafka_event_destroy)>;
  using Options = rd_kafka_AdminOptions_t;

  Event call(rd_kafka_admin_op_t kind, const std::function<void(const Options*)>& send);

  std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> client_;
  std::unique_ptr<rd_kafka_queue_t, decltype(&rd_kafka_queue_destroy)> queue_;
};
