#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace moldau::metadata {

/// A level of the feature metadata.version: what the cluster's nodes may write. The one place that maps it to
/// record versions and abilities.
class MetadataVersion {
 public:
  static constexpr std::int16_t kLowest = 7;             ///< 3.3-IV3, where KRaft clusters begin in Kafka 4.
  static constexpr std::int16_t kLatestProduction = 30;  ///< 4.3-IV0.
  static constexpr std::int16_t kHighest = 31;           ///< 4.4-IV0, not stable yet.

  /// nullopt for a level that Kafka 4.3 does not know.
  static std::optional<MetadataVersion> from_level(std::int16_t level);
  /// Reads "4.3-IV0", or "4.3" and "4.3.1" for the newest production level of that release.
  /// INVALID_UPDATE_VERSION for other names, and for unstable levels unless they are allowed.
  static Result<MetadataVersion> parse(std::string_view name, bool allow_unstable);
  static constexpr MetadataVersion latest_production() { return MetadataVersion(kLatestProduction); }

  std::int16_t level() const { return level_; }
  /// E.g. "4.3-IV0". Static storage.
  std::string_view name() const;

  bool supports_scram() const { return level_ >= 11; }
  /// Before 3.6 followers needed a new leader epoch whenever the ISR shrank (KAFKA-15021).
  bool bumps_leader_epoch_on_isr_shrink() const { return level_ < 12; }
  bool supports_transactions() const { return level_ >= 13; }
  bool supports_delegation_tokens() const { return level_ >= 14; }
  bool supports_controller_registration() const { return level_ >= 15; }
  bool supports_directories() const { return level_ >= 17; }
  bool supports_elr() const { return level_ >= 23; }
  bool supports_cordoned_directories() const { return level_ >= 30; }
  bool supports_migration_flag() const { return level_ >= 8; }

  /// Versions in which records are written; those not named are always written at version 0.
  std::int16_t register_broker_record_version() const;
  std::int16_t partition_record_version() const;
  std::int16_t partition_change_record_version() const { return partition_record_version(); }

  auto operator<=>(const MetadataVersion&) const = default;
  bool operator==(const MetadataVersion&) const = default;

 private:
  explicit constexpr MetadataVersion(std::int16_t level) : level_(level) {}

  std::int16_t level_;
};

}  // namespace moldau::metadata
