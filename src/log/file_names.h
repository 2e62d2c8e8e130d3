#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace moldau::log {

inline constexpr std::string_view kLogSuffix = ".log";
inline constexpr std::string_view kOffsetIndexSuffix = ".index";
inline constexpr std::string_view kTimeIndexSuffix = ".timeindex";
inline constexpr std::string_view kTransactionIndexSuffix = ".txnindex";
/// The files of one segment, the log first.
inline constexpr std::array kSegmentSuffixes{kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix,
                                             kTransactionIndexSuffix};
inline constexpr std::string_view kProducerSnapshotSuffix = ".snapshot";
inline constexpr std::string_view kDeletedSuffix = ".deleted";
inline constexpr std::string_view kCleanedSuffix = ".cleaned";
inline constexpr std::string_view kSwapSuffix = ".swap";
/// A snapshot of the metadata log that is to be deleted; the metadata log's owner cares for it.
inline constexpr std::string_view kDeletedCheckpointSuffix = ".checkpoint.deleted";

inline constexpr std::string_view kLeaderEpochCheckpointName = "leader-epoch-checkpoint";
inline constexpr std::string_view kPartitionMetadataName = "partition.metadata";
inline constexpr std::string_view kRecoveryPointCheckpointName = "recovery-point-offset-checkpoint";
inline constexpr std::string_view kLogStartCheckpointName = "log-start-offset-checkpoint";
inline constexpr std::string_view kHighWatermarkCheckpointName = "replication-offset-checkpoint";
inline constexpr std::string_view kCleanerCheckpointName = "cleaner-offset-checkpoint";
inline constexpr std::string_view kCleanShutdownName = ".kafka_cleanshutdown";
inline constexpr std::string_view kMetaPropertiesName = "meta.properties";

/// `offset` >= 0 in 20 digits, then the suffix: "00000000000000000042.log".
std::string offset_file_name(std::int64_t offset, std::string_view suffix);

/// The offset before the first dot; nullopt if that is no decimal number within 63 bits.
std::optional<std::int64_t> offset_of_file_name(std::string_view name);

/// A decimal number with an optional minus and nothing else.
std::optional<std::int64_t> parse_decimal(std::string_view text);

}  // namespace moldau::log
