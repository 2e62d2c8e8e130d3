#pragma once

// Requests of an administrator, one at a time. Each says whether it was answered without an error; while the
// broker is away none is.

#include <librdkafka/rdkafka.h>

#include "common.h"

namespace soak {

class Admin {
 public:
  explicit Admin(const std::string& bootstrap);
  ~Admin();
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  bool create_topic(const std::string& topic, int partitions, const load::Settings& configs);
  bool delete_topic(const std::string& topic);
  bool extend_topic(const std::string& topic, int partitions);
  /// All settings of the topic anew (AlterConfigs); `broker` in place of a topic: of node 0.
  bool alter_topic(const std::string& topic, const load::Settings& configs);
  bool alter_broker(const load::Settings& configs);
  bool describe_topic(const std::string& topic);
  /// Deletes what lies below the end less `kept` records.
  bool delete_records(const std::string& topic, std::int32_t partition, std::int64_t kept);
  bool list_groups();
  bool describe_group(const std::string& group);
  bool delete_group(const std::string& group);

 private:
  using Options = std::unique_ptr<rd_kafka_AdminOptions_t, void (*)(rd_kafka_AdminOptions_t*)>;

  Options options(rd_kafka_admin_op_t operation);
  bool alter(rd_kafka_ResourceType_t type, const std::string& name, const load::Settings& configs);
  /// Takes the answer to the request just made.
  bool is_done();

  std::unique_ptr<RdKafka::Producer> client_;
  rd_kafka_queue_t* answers_ = nullptr;
};

}  // namespace soak
