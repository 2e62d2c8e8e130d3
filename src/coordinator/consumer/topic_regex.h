#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "coordinator/consumer/consumer_group.h"
#include "coordinator/consumer/consumer_records.h"
#include "coordinator/topics_view.h"

namespace moldau::coordinator {

/// INVALID_REGULAR_EXPRESSION, with what is wrong, unless it is a regular expression in the syntax of RE2.
Result<void> check_topic_regex(std::string_view regex);

/// The topics that match each of the group's regular expressions as a whole. One that cannot be read matches
/// none.
std::map<std::string, ResolvedRegex, std::less<>> resolve_topic_regexes(
    const ConsumerGroup::ByName<std::int32_t>& regexes, const TopicsView& topics, TimestampMs now_ms);

}  // namespace moldau::coordinator
