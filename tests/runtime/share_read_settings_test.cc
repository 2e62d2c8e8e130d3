#include "runtime/share_read_settings.h"

#include <doctest/doctest.h>

#include "config/broker_config.h"

using namespace moldau;
using namespace moldau::runtime;

TEST_CASE("a share group's settings are read without the blanks around them") {
  const auto broker = config::BrokerConfig::resolve(
      {.fixed = config::single_node_defaults(), .dynamic_default = {}, .dynamic_broker = {}});
  REQUIRE(broker);
  const metadata::Configs overrides{{"share.auto.offset.reset", " earliest"},
                                    {"share.isolation.level", "read_committed "},
                                    {"share.renew.acknowledge.enable", " false"}};
  const ShareReadSettings settings = share_read_settings(*broker, &overrides);
  CHECK(settings.offset_reset.strategy == ShareOffsetReset::Strategy::kEarliest);
  CHECK(settings.reads_committed);
  CHECK_FALSE(settings.limits.may_renew_locks);
  const metadata::Configs duration{{"share.auto.offset.reset", "by_duration:PT1H "}};
  CHECK(share_read_settings(*broker, &duration).offset_reset.duration_ms == 3'600'000);
}
