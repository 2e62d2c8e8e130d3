#include "metadata/image_records.h"

#include "metadata/record_writer.h"

namespace moldau::metadata {
namespace {

void append_features(const Image& image, std::vector<Bytes>& records) {
  // First of all, as it decides how what follows is to be read.
  records.push_back(write::feature_level(kMetadataVersionFeature, image.metadata_version->level()));
  for (const auto& [name, level] : image.features)
    records.push_back(write::feature_level(name, level));
}

void append_cluster(const Image& image, std::vector<Bytes>& records) {
  for (const auto& [id, broker] : image.brokers) {
    records.push_back(write::register_broker(*broker, *image.metadata_version));
  }
  if (!image.metadata_version->supports_controller_registration()) return;
  for (const auto& [id, controller] : image.controllers)
    records.push_back(write::register_controller(*controller));
}

void append_topics(const Image& image, std::vector<Bytes>& records) {
  for (const auto& [topic_id, topic] : image.topics) {
    records.push_back(write::topic(topic->name(), topic_id));
    topic->for_each_partition([&, &id = topic_id](std::int32_t partition_id, const Partition& partition) {
      records.push_back(
          write::partition(id, partition_id, partition, *image.metadata_version, image.is_elr_enabled()));
    });
  }
}

void append_settings(const Image& image, std::vector<Bytes>& records) {
  for (const auto& [resource, configs] : image.configs) {
    for (const auto& [name, value] : *configs)
      records.push_back(write::config(resource, name, value));
  }
  for (const auto& [entity, quotas] : image.quotas) {
    for (const auto& [key, value] : quotas)
      records.push_back(write::client_quota(entity, key, value));
  }
  // Whose block it was does not matter to anybody who reads a snapshot.
  if (image.next_producer_id >= 0)
    records.push_back(write::producer_ids(BrokerId(-1), -1, image.next_producer_id));
}

void append_kept(const Image& image, std::vector<Bytes>& records) {
  for (const auto& [id, record] : image.acls)
    records.push_back(record);
  if (image.metadata_version->supports_scram()) {
    for (const auto& [key, record] : image.scram_credentials)
      records.push_back(record);
  }
  if (image.metadata_version->supports_delegation_tokens()) {
    for (const auto& [id, record] : image.delegation_tokens)
      records.push_back(record);
  }
}

}  // namespace

std::vector<Bytes> image_records(const Image& image) {
  std::vector<Bytes> records;
  if (!image.metadata_version) return records;
  append_features(image, records);
  append_cluster(image, records);
  append_topics(image, records);
  append_settings(image, records);
  append_kept(image, records);
  return records;
}

}  // namespace moldau::metadata
