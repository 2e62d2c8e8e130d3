#include "metadata/update_features.h"

#include <doctest/doctest.h>

#include "tests/metadata/broker_ids.h"
#include "tests/metadata/world.h"

namespace moldau::metadata {
namespace {

constexpr std::string_view kPrefix =
    "The update failed for all features since the following feature had an error: ";

/// A cluster of brokers 1 and 2 at the newest level of every feature.
struct FeatureWorld : World {
  FeatureWorld() { start_brokers(2); }

  ControllerSupport support{.allow_unstable = false, .configured_ids = {BrokerId(1)}};

  Result<void> update(const std::vector<FeatureUpdate>& updates, bool validate_only = false) {
    auto decision = update_features(updates, validate_only, support, context());
    if (!decision) return fail(decision.error());
    apply(decision->records);
    return {};
  }

  Result<void> update(std::string feature, std::int16_t level, UpgradeType type = UpgradeType::kUpgrade) {
    return update({{.feature = std::move(feature), .level = level, .type = type}});
  }

  /// Why the update is refused, or nothing if it is not.
  std::string reason(std::string feature, std::int16_t level, UpgradeType type = UpgradeType::kUpgrade) {
    const auto done = update(std::move(feature), level, type);
    if (done) return {};
    CHECK(done.error().code == ErrorCode::kInvalidUpdateVersion);
    REQUIRE(done.error().message.starts_with(kPrefix));
    return done.error().message.substr(kPrefix.size());
  }

  /// The controller with that id registers for levels of group.version up to `highest`.
  void register_controller_with(std::int32_t id, std::int16_t highest) {
    ControllerRegistration controller;
    controller.id = BrokerId(id);
    controller.features.emplace("group.version", LevelRange{.min = 0, .max = highest});
    apply({write::register_controller(controller)});
  }

  void set_version(std::int16_t level) { apply({write::feature_level(kMetadataVersionFeature, level)}); }
};

TEST_CASE("features go down when a downgrade is asked for, and up again") {
  FeatureWorld world;
  CHECK(world.update("group.version", 0, UpgradeType::kSafeDowngrade).has_value());
  CHECK(world.image().feature_level("group.version") == 0);
  CHECK(world.update("group.version", 1).has_value());
  CHECK(world.image().feature_level("group.version") == 1);
  CHECK(world.update("transaction.version", 1, UpgradeType::kUnsafeDowngrade).has_value());
  CHECK(world.image().feature_level("transaction.version") == 1);
}

TEST_CASE("the direction must be the one of the upgrade type") {
  FeatureWorld world;
  CHECK(world.reason("group.version", 0) ==
        "Invalid update version 0 for feature group.version. Can't downgrade the version of this feature "
        "without setting the upgrade type to either safe or unsafe downgrade.");
  REQUIRE(world.update("group.version", 0, UpgradeType::kSafeDowngrade).has_value());
  CHECK(world.reason("group.version", 1, UpgradeType::kSafeDowngrade) ==
        "Invalid update version 1 for feature group.version. Can't downgrade to a newer version.");
  CHECK(world.reason("group.version", 1, static_cast<UpgradeType>(0)) ==
        "Invalid update version 1 for feature group.version. The controller does not support the given "
        "upgrade type.");
}

TEST_CASE("a level that a node lacks is refused, and the node named") {
  FeatureWorld world;
  CHECK(world.reason("group.version", -1) ==
        "Invalid update version -1 for feature group.version. A feature version cannot be less than 0.");
  CHECK(world.reason("group.version", 2) ==
        "Invalid update version 2 for feature group.version. Local controller 1 only supports versions 0-1");
  CHECK(world.reason("absent", 1) ==
        "Invalid update version 1 for feature absent. Local controller 1 does not support this feature.");
  CHECK(world.reason("absent", 0) ==
        "Invalid update version 0 for feature absent. Feature absent not found.");
  world.support.allow_unstable = true;
  CHECK(world.reason("metadata.version", 31) ==
        "Invalid update version 31 for feature metadata.version. Broker 1 only supports versions 7-30");
}

TEST_CASE("every controller must support the level, and have registered") {
  FeatureWorld world;
  world.support.configured_ids = {BrokerId(1), BrokerId(5), BrokerId(6)};
  world.register_controller_with(5, 0);
  CHECK(world.reason("group.version", 1) ==
        "Invalid update version 1 for feature group.version. Controller 5 does not support this feature.");
  world.register_controller_with(5, 1);
  CHECK(world.reason("group.version", 1) ==
        "Invalid update version 1 for feature group.version. controller 6 has not registered, and may not "
        "support this feature");
  world.register_controller_with(6, 1);
  CHECK(world.reason("group.version", 1).empty());
}

TEST_CASE("controllers that cannot register yet are believed to support every level") {
  FeatureWorld world;
  world.support.configured_ids = {BrokerId(1), BrokerId(5)};
  world.set_version(14);
  CHECK(world.reason("metadata.version", 15).empty());
}

TEST_CASE("metadata.version goes up, and down only where records stay the same") {
  FeatureWorld world;
  CHECK(world.reason("metadata.version", 29, UpgradeType::kSafeDowngrade) ==
        "Unsupported metadata.version downgrade from 30 to 29. Refusing to perform the requested downgrade "
        "because it might delete metadata information.");
  CHECK(world.reason("metadata.version", 7, UpgradeType::kUnsafeDowngrade) ==
        "Unsupported metadata.version downgrade from 30 to 7. Unsafe metadata downgrade is not supported in "
        "this version.");
  world.set_version(22);
  CHECK(world.reason("metadata.version", 17, UpgradeType::kSafeDowngrade).empty());
  CHECK(world.image().metadata_version->level() == 17);
  CHECK(world.reason("metadata.version", 16, UpgradeType::kSafeDowngrade).starts_with("Unsupported"));
  CHECK(world.reason("metadata.version", 30).empty());
  CHECK(world.image().metadata_version->level() == 30);
}

TEST_CASE("eligible leader replicas need their records, and settle the minimum of in-sync replicas") {
  FeatureWorld world;
  const std::string elr(kElrFeature);
  REQUIRE(world.update(elr, 0, UpgradeType::kSafeDowngrade).has_value());
  world.set_version(22);
  CHECK(world.reason(elr, 1) == "Invalid update version 1 for feature " + elr + ". " + elr +
                                    " could not be set to 1 because it depends on metadata.version level 23");
  world.settings.static_min_insync_replicas = 2;
  world.apply({write::config(cluster_resource(), "min.insync.replicas", std::nullopt),
               write::config(broker_resource(BrokerId(2)), "min.insync.replicas", "3")});
  CHECK(
      world.update({{.feature = elr, .level = 1}, {.feature = "metadata.version", .level = 23}}).has_value());
  CHECK(world.image().is_elr_enabled());
  CHECK(world.image().configs_of(cluster_resource())->at("min.insync.replicas") == "2");
  CHECK(world.image().configs_of(broker_resource(BrokerId(2))) == nullptr);
}

TEST_CASE("all levels are set, or none") {
  FeatureWorld world;
  const std::size_t records = world.log.size();
  CHECK_FALSE(world
                  .update({{.feature = "group.version", .level = 0, .type = UpgradeType::kSafeDowngrade},
                           {.feature = "share.version", .level = 7}})
                  .has_value());
  CHECK(world.update({{.feature = "group.version", .level = 0, .type = UpgradeType::kSafeDowngrade}}, true)
            .has_value());
  CHECK(world.log.size() == records);
}

TEST_CASE("kraft.version never goes down") {
  FeatureWorld world;
  CHECK(world.reason("kraft.version", 0, UpgradeType::kSafeDowngrade) ==
        "Invalid update version 0 for feature kraft.version. Can't downgrade the version of this feature.");
  CHECK(world.reason("kraft.version", 1).empty());
}

TEST_CASE("kraft.version goes up by the quorum's own records") {
  FeatureWorld world;
  world.kraft_version = 0;
  const std::vector<FeatureUpdate> updates = {{.feature = "kraft.version", .level = 1}};
  const auto decision = update_features(updates, false, world.support, world.context());
  REQUIRE(decision.has_value());
  CHECK(decision->kraft_version == 1);
  CHECK(decision->records == std::vector<Bytes>{write::no_op()});
  const auto validated = update_features(updates, true, world.support, world.context());
  REQUIRE(validated.has_value());
  CHECK_FALSE(validated->kraft_version.has_value());
  CHECK(validated->records.empty());
}

}  // namespace
}  // namespace moldau::metadata
