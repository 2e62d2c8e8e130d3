#pragma once

#include <string>
#include <string_view>

namespace moldau::generator {

/// "TopicIdPartition" -> "topic_id_partition". A C++ keyword gets an underscore behind it.
std::string snake_case(std::string_view pascal_case);

/// "TopicId" -> "topicId": the name of a field in Kafka's JSON form.
std::string json_name(std::string_view pascal_case);

/// "topics" -> "Topics": struct names in a few schemas begin in lower case, C++ types never.
std::string type_name(std::string_view name);

}  // namespace moldau::generator
