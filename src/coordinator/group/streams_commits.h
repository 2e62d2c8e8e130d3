#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error_code.h"
#include "coordinator/group/consumer_commits.h"
#include "coordinator/streams_group/streams_group.h"

namespace moldau::coordinator {

/// As check_committer() for a streams group: NONE, UNKNOWN_MEMBER_ID, UNSUPPORTED_VERSION, or for a newer
/// epoch than the member's STALE_MEMBER_EPOCH. With an older one each partition counts.
ErrorCode check_committer(const StreamsGroup& group, const ConsumerCommitter& committer);

/// Whether a committer that check_committer() let pass may commit the partition: with an older epoch it may
/// where it has had the task since.
ErrorCode check_commit_of(const StreamsGroup& group, const ConsumerCommitter& committer,
                          std::string_view topic, std::int32_t partition);

/// Whether a member may fetch offsets with that epoch; without member and epoch anybody may.
ErrorCode check_fetcher(const StreamsGroup& group, std::optional<std::string_view> member,
                        std::int32_t epoch);

}  // namespace moldau::coordinator
