#include "admin.h"

namespace soak {

namespace {

constexpr int kPatienceMs = 5000;

bool all_succeed(const rd_kafka_topic_result_t** topics, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (rd_kafka_topic_result_error(topics[i]) != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  }
  return true;
}

bool all_succeed(const rd_kafka_ConfigResource_t** resources, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (rd_kafka_ConfigResource_error(resources[i]) != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  }
  return true;
}

/// No error of the request, and none of what it names.
bool succeeds(rd_kafka_event_t* event) {
  if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  std::size_t count = 0;
  if (const auto* created = rd_kafka_event_CreateTopics_result(event))
    return all_succeed(rd_kafka_CreateTopics_result_topics(created, &count), count);
  if (const auto* deleted = rd_kafka_event_DeleteTopics_result(event))
    return all_succeed(rd_kafka_DeleteTopics_result_topics(deleted, &count), count);
  if (const auto* extended = rd_kafka_event_CreatePartitions_result(event))
    return all_succeed(rd_kafka_CreatePartitions_result_topics(extended, &count), count);
  if (const auto* altered = rd_kafka_event_AlterConfigs_result(event))
    return all_succeed(rd_kafka_AlterConfigs_result_resources(altered, &count), count);
  if (const auto* described = rd_kafka_event_DescribeConfigs_result(event))
    return all_succeed(rd_kafka_DescribeConfigs_result_resources(described, &count), count);
  if (const auto* records = rd_kafka_event_DeleteRecords_result(event))
    return rd_kafka_DeleteRecords_result_offsets(records)->elems[0].err == RD_KAFKA_RESP_ERR_NO_ERROR;
  if (const auto* listed = rd_kafka_event_ListConsumerGroups_result(event)) {
    rd_kafka_ListConsumerGroups_result_errors(listed, &count);
    return count == 0;
  }
  if (const auto* described = rd_kafka_event_DescribeConsumerGroups_result(event)) {
    const auto** groups = rd_kafka_DescribeConsumerGroups_result_groups(described, &count);
    return count == 1 && rd_kafka_ConsumerGroupDescription_error(groups[0]) == nullptr;
  }
  if (const auto* deleted = rd_kafka_event_DeleteGroups_result(event)) {
    const auto** groups = rd_kafka_DeleteGroups_result_groups(deleted, &count);
    return count == 1 && rd_kafka_group_result_error(groups[0]) == nullptr;
  }
  return false;
}

}  // namespace

Admin::Admin(const std::string& bootstrap) {
  std::string reason;
  auto conf = load::conf_of(bootstrap, {});
  client_.reset(RdKafka::Producer::create(conf.get(), reason));
  if (!client_) load::fail(reason);
  answers_ = rd_kafka_queue_new(client_->c_ptr());
}

Admin::~Admin() {
  rd_kafka_queue_destroy(answers_);
}

Admin::Options Admin::options(rd_kafka_admin_op_t operation) {
  Options options(rd_kafka_AdminOptions_new(client_->c_ptr(), operation), rd_kafka_AdminOptions_destroy);
  rd_kafka_AdminOptions_set_request_timeout(options.get(), kPatienceMs, nullptr, 0);
  return options;
}

bool Admin::is_done() {
  // The client ends each request by itself at its time.
  auto* event = rd_kafka_queue_poll(answers_, 2 * kPatienceMs);
  if (event == nullptr) load::fail("an administrator's request does not end");
  const bool done = succeeds(event);
  rd_kafka_event_destroy(event);
  return done;
}

bool Admin::create_topic(const std::string& topic, int partitions, const load::Settings& configs) {
  auto* creation = rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, nullptr, 0);
  for (const auto& [key, value] : configs)
    rd_kafka_NewTopic_set_config(creation, key.c_str(), value.c_str());
  rd_kafka_CreateTopics(client_->c_ptr(), &creation, 1, options(RD_KAFKA_ADMIN_OP_CREATETOPICS).get(),
                        answers_);
  rd_kafka_NewTopic_destroy(creation);
  return is_done();
}

bool Admin::delete_topic(const std::string& topic) {
  auto* deletion = rd_kafka_DeleteTopic_new(topic.c_str());
  rd_kafka_DeleteTopics(client_->c_ptr(), &deletion, 1, options(RD_KAFKA_ADMIN_OP_DELETETOPICS).get(),
                        answers_);
  rd_kafka_DeleteTopic_destroy(deletion);
  return is_done();
}

bool Admin::extend_topic(const std::string& topic, int partitions) {
  auto* extension =
      rd_kafka_NewPartitions_new(topic.c_str(), static_cast<std::size_t>(partitions), nullptr, 0);
  rd_kafka_CreatePartitions(client_->c_ptr(), &extension, 1,
                            options(RD_KAFKA_ADMIN_OP_CREATEPARTITIONS).get(), answers_);
  rd_kafka_NewPartitions_destroy(extension);
  return is_done();
}

bool Admin::alter(rd_kafka_ResourceType_t type, const std::string& name, const load::Settings& configs) {
  auto* resource = rd_kafka_ConfigResource_new(type, name.c_str());
  for (const auto& [key, value] : configs)
    rd_kafka_ConfigResource_set_config(resource, key.c_str(), value.c_str());
  rd_kafka_AlterConfigs(client_->c_ptr(), &resource, 1, options(RD_KAFKA_ADMIN_OP_ALTERCONFIGS).get(),
                        answers_);
  rd_kafka_ConfigResource_destroy(resource);
  return is_done();
}

bool Admin::alter_topic(const std::string& topic, const load::Settings& configs) {
  return alter(RD_KAFKA_RESOURCE_TOPIC, topic, configs);
}

bool Admin::alter_broker(const load::Settings& configs) {
  return alter(RD_KAFKA_RESOURCE_BROKER, "0", configs);
}

bool Admin::describe_topic(const std::string& topic) {
  auto* resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  rd_kafka_DescribeConfigs(client_->c_ptr(), &resource, 1, options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS).get(),
                           answers_);
  rd_kafka_ConfigResource_destroy(resource);
  return is_done();
}

bool Admin::delete_records(const std::string& topic, std::int32_t partition, std::int64_t kept) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  if (client_->query_watermark_offsets(topic, partition, &low, &high, kPatienceMs) != RdKafka::ERR_NO_ERROR ||
      high - kept <= low) {
    return false;
  }
  auto* offsets = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(offsets, topic.c_str(), partition)->offset = high - kept;
  auto* deletion = rd_kafka_DeleteRecords_new(offsets);
  rd_kafka_topic_partition_list_destroy(offsets);
  rd_kafka_DeleteRecords(client_->c_ptr(), &deletion, 1, options(RD_KAFKA_ADMIN_OP_DELETERECORDS).get(),
                         answers_);
  rd_kafka_DeleteRecords_destroy(deletion);
  return is_done();
}

bool Admin::list_groups() {
  rd_kafka_ListConsumerGroups(client_->c_ptr(), options(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS).get(),
                              answers_);
  return is_done();
}

bool Admin::describe_group(const std::string& group) {
  const char* name = group.c_str();
  rd_kafka_DescribeConsumerGroups(client_->c_ptr(), &name, 1,
                                  options(RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS).get(), answers_);
  return is_done();
}

bool Admin::delete_group(const std::string& group) {
  auto* deletion = rd_kafka_DeleteGroup_new(group.c_str());
  rd_kafka_DeleteGroups(client_->c_ptr(), &deletion, 1, options(RD_KAFKA_ADMIN_OP_DELETEGROUPS).get(),
                        answers_);
  rd_kafka_DeleteGroup_destroy(deletion);
  return is_done();
}

}  // namespace soak
