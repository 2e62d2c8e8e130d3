#include "metadata/metadata_version.h"

#include <doctest/doctest.h>

#include "metadata/features.h"

namespace moldau::metadata {
namespace {

TEST_CASE("every level from 7 to 31 has the record versions that Kafka writes at it") {
  CHECK_FALSE(MetadataVersion::from_level(6).has_value());
  CHECK_FALSE(MetadataVersion::from_level(32).has_value());
  for (std::int16_t level = 7; level <= 31; ++level) {
    CAPTURE(level);
    const auto version = MetadataVersion::from_level(level);
    REQUIRE(version.has_value());
    CHECK(version->level() == level);
    const int broker = level < 8 ? 1 : level < 17 ? 2 : level < 30 ? 3 : 4;
    const int partition = level < 17 ? 0 : level < 23 ? 1 : 2;
    CHECK(version->register_broker_record_version() == broker);
    CHECK(version->partition_record_version() == partition);
    CHECK(version->partition_change_record_version() == partition);
    CHECK(version->supports_scram() == (level >= 11));
    CHECK(version->bumps_leader_epoch_on_isr_shrink() == (level < 12));
    CHECK(version->supports_transactions() == (level >= 13));
    CHECK(version->supports_delegation_tokens() == (level >= 14));
    CHECK(version->supports_controller_registration() == (level >= 15));
    CHECK(MetadataVersion::parse(version->name(), true) == *version);
  }
}

TEST_CASE("a release names its newest production level") {
  CHECK(MetadataVersion::parse("4.3", false)->level() == 30);
  CHECK(MetadataVersion::parse("4.3.1", false)->level() == 30);
  CHECK_FALSE(MetadataVersion::parse("4.3.", false).has_value());
  CHECK(MetadataVersion::parse("4.0", false)->level() == 25);
  CHECK(MetadataVersion::parse("3.5-IV0", false)->level() == 9);
  CHECK(MetadataVersion::parse("3.3", false)->level() == 7);
}

TEST_CASE("unknown and unstable names are refused unless unstable ones are allowed") {
  CHECK_FALSE(MetadataVersion::parse("4.4-IV0", false).has_value());
  CHECK_FALSE(MetadataVersion::parse("4.4", true).has_value());
  CHECK(MetadataVersion::parse("4.4-IV0", true)->level() == 31);
  const auto refused = MetadataVersion::parse("2.8", false);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.starts_with(
      "Unknown metadata.version '2.8'. Supported metadata.version are: 3.3-IV3, "));
  CHECK(refused.error().message.ends_with(", 4.3-IV0"));
}

TEST_CASE("formatting enables the features of its release") {
  using Levels = std::map<std::string, std::int16_t>;
  CHECK(default_feature_levels(MetadataVersion::latest_production()) ==
        Levels{{"eligible.leader.replicas.version", 1},
               {"group.version", 1},
               {"share.version", 1},
               {"streams.version", 1},
               {"transaction.version", 2}});
  CHECK(default_feature_levels(*MetadataVersion::from_level(21)).empty());
  CHECK(default_feature_levels(*MetadataVersion::from_level(24)) ==
        Levels{{"group.version", 1}, {"transaction.version", 2}});
  CHECK(supported_levels("metadata.version") == LevelRange{7, 30});
  CHECK(supported_levels("metadata.version", true) == LevelRange{7, 31});
  CHECK(supported_levels("transaction.version") == LevelRange{0, 2});
  CHECK_FALSE(supported_levels("no.version").has_value());
}

}  // namespace
}  // namespace moldau::metadata
