#include <map>
#include <utility>

#include "metadata/record_writer.h"
#include "metadata/topic_decisions.h"

namespace moldau::metadata {
namespace {

constexpr std::int16_t kFirstVersionWithDeletionDisabled = 3;

/// Names and ids of a request with how often each came, and answers to entries that are neither.
struct Wanted {
  std::map<std::string, int> names;
  std::map<Uuid, int> ids;
  std::vector<DeletedTopic> answers;
};

DeletedTopic refused(std::optional<std::string> name, Uuid id, ErrorCode error, std::string message) {
  return {.name = std::move(name), .topic_id = id, .error = error, .error_message = std::move(message)};
}

Wanted read_request(const protocol::DeleteTopicsRequest& request) {
  Wanted wanted;
  for (const TopicName& name : request.topic_names)
    ++wanted.names[std::string(name.value())];
  for (const auto& topic : request.topics) {
    if (topic.name && topic.topic_id.is_zero()) {
      ++wanted.names[std::string(topic.name->value())];
    } else if (topic.name) {
      wanted.answers.push_back(refused(std::string(topic.name->value()), topic.topic_id,
                                       ErrorCode::kInvalidRequest,
                                       "You may not specify both topic name and topic id."));
    } else if (topic.topic_id.is_zero()) {
      wanted.answers.push_back(refused(std::nullopt, Uuid{}, ErrorCode::kInvalidRequest,
                                       "Neither topic name nor id were specified."));
    } else {
      ++wanted.ids[topic.topic_id];
    }
  }
  return wanted;
}

constexpr std::string_view kNotAuthorized = "Topic authorization failed.";

/// Ids named once that may be deleted go to `deletable`; the others are answered.
void resolve_ids(Wanted& wanted, const TopicRights& rights, const Image& image,
                 std::map<Uuid, std::string>& deletable) {
  for (const auto& [id, times] : wanted.ids) {
    const Topic* topic = image.topic(id);
    if (times > 1) {
      wanted.answers.push_back(refused(std::nullopt, id, ErrorCode::kInvalidRequest, "Duplicate topic id."));
    } else if (topic == nullptr) {
      wanted.answers.push_back(
          refused(std::nullopt, id, ErrorCode::kUnknownTopicId, "This server does not host this topic ID."));
    } else if (!rights.may_delete(topic->name())) {
      // The name is told only to those who may know it anyway.
      std::optional<std::string> name;
      if (rights.may_describe(topic->name())) name = topic->name();
      wanted.answers.push_back(
          refused(std::move(name), id, ErrorCode::kTopicAuthorizationFailed, std::string(kNotAuthorized)));
    } else {
      deletable.emplace(id, topic->name());
    }
  }
}

void resolve_names(Wanted& wanted, const TopicRights& rights, const Image& image,
                   std::map<Uuid, std::string>& deletable) {
  for (const auto& [name, times] : wanted.names) {
    const Topic* topic = image.topic(name);
    // Whether a topic is there is told only to those who may know it.
    const bool is_told = rights.may_describe(name);
    if (times > 1) {
      wanted.answers.push_back(refused(name, Uuid{}, ErrorCode::kInvalidRequest, "Duplicate topic name."));
    } else if (is_told && topic == nullptr) {
      wanted.answers.push_back(refused(name, Uuid{}, ErrorCode::kUnknownTopicOrPartition,
                                       "This server does not host this topic-partition."));
    } else if (!is_told || !rights.may_delete(name)) {
      wanted.answers.push_back(
          refused(name, Uuid{}, ErrorCode::kTopicAuthorizationFailed, std::string(kNotAuthorized)));
    } else if (wanted.ids.contains(topic->id())) {
      deletable.erase(topic->id());
      wanted.answers.push_back(refused(name, topic->id(), ErrorCode::kInvalidRequest,
                                       "The provided topic name maps to an ID that was already supplied."));
    } else {
      deletable.emplace(topic->id(), name);
    }
  }
}

}  // namespace

Result<Decision<std::vector<DeletedTopic>>> delete_topics(const protocol::DeleteTopicsRequest& request,
                                                          std::int16_t request_version,
                                                          const TopicRights& rights,
                                                          const DecisionContext& context) {
  if (!context.settings.is_topic_deletion_enabled) {
    if (request_version < kFirstVersionWithDeletionDisabled) {
      return fail(ErrorCode::kInvalidRequest, "This version does not support topic deletion.");
    }
    return fail(ErrorCode::kTopicDeletionDisabled, "Topic deletion is disabled.");
  }
  Wanted wanted = read_request(request);
  std::map<Uuid, std::string> deletable;
  resolve_ids(wanted, rights, context.image, deletable);
  resolve_names(wanted, rights, context.image, deletable);

  Decision<std::vector<DeletedTopic>> decision{
      .records = {}, .response = std::move(wanted.answers), .is_atomic = true};
  for (auto& [id, name] : deletable) {
    decision.records.push_back(write::remove_topic(id));
    decision.response.push_back({.name = std::move(name), .topic_id = id});
  }
  return decision;
}

}  // namespace moldau::metadata
