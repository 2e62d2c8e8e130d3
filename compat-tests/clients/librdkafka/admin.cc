#include "admin.h"

#include <algorithm>
#include <cstddef>

#include "checks.h"

namespace {

constexpr int kTimeoutMs = 20'000;

/// Both are what librdkafka says of a part of an answer.
void ok(rd_kafka_resp_err_t error, const char* message) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    checks::fail(message != nullptr ? message : rd_kafka_err2str(error));
}

void ok(const rd_kafka_error_t* error) {
  if (error != nullptr) checks::fail(rd_kafka_error_string(error));
}

void topics_ok(const rd_kafka_topic_result_t** results, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    ok(rd_kafka_topic_result_error(results[i]), rd_kafka_topic_result_error_string(results[i]));
  }
}

/// Gives what was made to librdkafka's function of the same name.
template <typename T, void (*Destroy)(T*)>
struct Destroyer {
  void operator()(T* made) const { Destroy(made); }
};
template <typename T, void (*Destroy)(T*)>
using Owned = std::unique_ptr<T, Destroyer<T, Destroy>>;
using Partitions = Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using Resource = Owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;

Partitions one_partition(const std::string& topic, int partition, std::int64_t offset) {
  Partitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  return list;
}

}  // namespace

Admin::Admin(const std::string& bootstrap)
    : client_(nullptr, rd_kafka_destroy), queue_(nullptr, rd_kafka_queue_destroy) {
  auto* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap.c_str(), nullptr, 0);
  client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0));
  queue_.reset(rd_kafka_queue_new(client_.get()));
}

Admin::Event Admin::call(rd_kafka_admin_op_t kind, const std::function<void(const Options*)>& send) {
  const Owned<Options, rd_kafka_AdminOptions_destroy> options(rd_kafka_AdminOptions_new(client_.get(), kind));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), kTimeoutMs, nullptr, 0);
  send(options.get());
  Event event(rd_kafka_queue_poll(queue_.get(), 2 * kTimeoutMs), rd_kafka_event_destroy);
  if (!event) checks::fail("no answer to an admin call");
  ok(rd_kafka_event_error(event.get()), rd_kafka_event_error_string(event.get()));
  return event;
}

void Admin::create_topic(const std::string& topic, int partitions,
                         const std::map<std::string, std::string>& configs) {
  Owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy> wanted(
      rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, nullptr, 0));
  for (const auto& [key, value] : configs)
    rd_kafka_NewTopic_set_config(wanted.get(), key.c_str(), value.c_str());
  const auto event = call(RD_KAFKA_ADMIN_OP_CREATETOPICS, [&](const Options* options) {
    auto* raw = wanted.get();
    rd_kafka_CreateTopics(client_.get(), &raw, 1, options, queue_.get());
  });
  std::size_t count = 0;
  const auto** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  topics_ok(results, count);
}

void Admin::delete_topic(const std::string& topic) {
  Owned<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy> which(rd_kafka_DeleteTopic_new(topic.c_str()));
  const auto event = call(RD_KAFKA_ADMIN_OP_DELETETOPICS, [&](const Options* options) {
    auto* raw = which.get();
    rd_kafka_DeleteTopics(client_.get(), &raw, 1, options, queue_.get());
  });
  std::size_t count = 0;
  const auto** results =
      rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event.get()), &count);
  topics_ok(results, count);
}

void Admin::create_partitions(const std::string& topic, int total) {
  Owned<rd_kafka_NewPartitions_t, rd_kafka_NewPartitions_destroy> wanted(
      rd_kafka_NewPartitions_new(topic.c_str(), static_cast<std::size_t>(total), nullptr, 0));
  const auto event = call(RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, [&](const Options* options) {
    auto* raw = wanted.get();
    rd_kafka_CreatePartitions(client_.get(), &raw, 1, options, queue_.get());
  });
  std::size_t count = 0;
  const auto* answer = rd_kafka_event_CreatePartitions_result(event.get());
  const auto** results = rd_kafka_CreatePartitions_result_topics(answer, &count);
  topics_ok(results, count);
}

std::string Admin::config(const std::string& topic, const std::string& key) {
  Resource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  const auto event = call(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, [&](const Options* options) {
    auto* raw = resource.get();
    rd_kafka_DescribeConfigs(client_.get(), &raw, 1, options, queue_.get());
  });
  std::size_t count = 0;
  const auto* answer = rd_kafka_event_DescribeConfigs_result(event.get());
  const auto** found = rd_kafka_DescribeConfigs_result_resources(answer, &count);
  ok(rd_kafka_ConfigResource_error(found[0]), rd_kafka_ConfigResource_error_string(found[0]));
  const auto** entries = rd_kafka_ConfigResource_configs(found[0], &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (rd_kafka_ConfigEntry_name(entries[i]) != key) continue;
    return std::string(rd_kafka_ConfigEntry_value(entries[i])) + " " +
           rd_kafka_ConfigSource_name(rd_kafka_ConfigEntry_source(entries[i]));
  }
  return "none";
}

void Admin::alter_configs(const std::string& topic, const std::map<std::string, std::string>& configs) {
  Resource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  for (const auto& [key, value] : configs) {
    rd_kafka_ConfigResource_set_config(resource.get(), key.c_str(), value.c_str());
  }
  const auto event = call(RD_KAFKA_ADMIN_OP_ALTERCONFIGS, [&](const Options* options) {
    auto* raw = resource.get();
    rd_kafka_AlterConfigs(client_.get(), &raw, 1, options, queue_.get());
  });
  std::size_t count = 0;
  const auto* answer = rd_kafka_event_AlterConfigs_result(event.get());
  const auto** results = rd_kafka_AlterConfigs_result_resources(answer, &count);
  ok(rd_kafka_ConfigResource_error(results[0]), rd_kafka_ConfigResource_error_string(results[0]));
}

std::int64_t Admin::delete_records(const std::string& topic, int partition, std::int64_t before) {
  const auto offsets = one_partition(topic, partition, before);
  Owned<rd_kafka_DeleteRecords_t, rd_kafka_DeleteRecords_destroy> wanted(
      rd_kafka_DeleteRecords_new(offsets.get()));
  const auto event = call(RD_KAFKA_ADMIN_OP_DELETERECORDS, [&](const Options* options) {
    auto* raw = wanted.get();
    rd_kafka_DeleteRecords(client_.get(), &raw, 1, options, queue_.get());
  });
  const auto& answer =
      rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()))->elems[0];
  ok(answer.err, nullptr);
  return answer.offset;
}

std::map<std::string, std::vector<int>> Admin::topics() {
  const rd_kafka_metadata_t* raw = nullptr;
  ok(rd_kafka_metadata(client_.get(), 1, nullptr, &raw, kTimeoutMs), nullptr);
  const std::unique_ptr<const rd_kafka_metadata_t, decltype(&rd_kafka_metadata_destroy)> found(
      raw, rd_kafka_metadata_destroy);
  std::map<std::string, std::vector<int>> leaders;
  for (int i = 0; i < found->topic_cnt; ++i) {
    const auto& topic = found->topics[i];
    auto& of_topic = leaders[topic.topic];
    for (int p = 0; p < topic.partition_cnt; ++p)
      of_topic.push_back(topic.partitions[p].leader);
  }
  return leaders;
}

bool Admin::group_is_listed(const std::string& group) {
  const auto event = call(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, [&](const Options* options) {
    rd_kafka_ListConsumerGroups(client_.get(), options, queue_.get());
  });
  std::size_t count = 0;
  const auto* answer = rd_kafka_event_ListConsumerGroups_result(event.get());
  const auto** groups = rd_kafka_ListConsumerGroups_result_valid(answer, &count);
  return std::any_of(groups, groups + count,
                     [&](const auto* one) { return rd_kafka_ConsumerGroupListing_group_id(one) == group; });
}

std::string Admin::describe_group(const std::string& group) {
  const auto event = call(RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, [&](const Options* options) {
    const char* raw = group.c_str();
    rd_kafka_DescribeConsumerGroups(client_.get(), &raw, 1, options, queue_.get());
  });
  std::size_t count = 0;
  const auto* answer = rd_kafka_event_DescribeConsumerGroups_result(event.get());
  const auto* found = rd_kafka_DescribeConsumerGroups_result_groups(answer, &count)[0];
  ok(rd_kafka_ConsumerGroupDescription_error(found));
  std::vector<int> shares;
  for (std::size_t i = 0; i < rd_kafka_ConsumerGroupDescription_member_count(found); ++i) {
    const auto* assigned =
        rd_kafka_MemberDescription_assignment(rd_kafka_ConsumerGroupDescription_member(found, i));
    shares.push_back(rd_kafka_MemberAssignment_partitions(assigned)->cnt);
  }
  std::ranges::sort(shares);
  std::string text = rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupDescription_state(found));
  for (const int share : shares)
    text += " " + std::to_string(share);
  return text;
}

void Admin::delete_offset(const std::string& group, const std::string& topic, int partition) {
  const auto which = one_partition(topic, partition, 0);
  Owned<rd_kafka_DeleteConsumerGroupOffsets_t, rd_kafka_DeleteConsumerGroupOffsets_destroy> wanted(
      rd_kafka_DeleteConsumerGroupOffsets_new(group.c_str(), which.get()));
  const auto event = call(RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS, [&](const Options* options) {
    auto* raw = wanted.get();
    rd_kafka_DeleteConsumerGroupOffsets(client_.get(), &raw, 1, options, queue_.get());
  });
  std::size_t count = 0;
  const auto* answer = rd_kafka_event_DeleteConsumerGroupOffsets_result(event.get());
  const auto* result = rd_kafka_DeleteConsumerGroupOffsets_result_groups(answer, &count)[0];
  ok(rd_kafka_group_result_error(result));
  ok(rd_kafka_group_result_partitions(result)->elems[0].err, nullptr);
}

void Admin::delete_group(const std::string& group) {
  Owned<rd_kafka_DeleteGroup_t, rd_kafka_DeleteGroup_destroy> which(rd_kafka_DeleteGroup_new(group.c_str()));
  const auto event = call(RD_KAFKA_ADMIN_OP_DELETEGROUPS, [&](const Options* options) {
    auto* raw = which.get();
    rd_kafka_DeleteGroups(client_.get(), &raw, 1, options, queue_.get());
  });
  std::size_t count = 0;
  ok(rd_kafka_group_result_error(
      rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event.get()), &count)[0]));
}
