#include "runtime/share_read_settings.h"

#include "base/ascii.h"
#include "config/group_config.h"
#include "config/iso_duration.h"
#include "config/java_number.h"

namespace moldau::runtime {
namespace {

constexpr std::string_view kByDuration = "by_duration:";

/// A group's own setting, without the blanks around it; empty where it has none.
std::string_view text_of(const metadata::Configs* overrides, std::string_view name) {
  if (overrides == nullptr) return {};
  const auto found = overrides->find(name);
  return found == overrides->end() ? std::string_view() : config::trim(found->second);
}

ShareOffsetReset offset_reset(std::string_view text) {
  using Strategy = ShareOffsetReset::Strategy;
  if (text == "earliest") return {.strategy = Strategy::kEarliest};
  if (!text.starts_with(kByDuration)) return {.strategy = Strategy::kLatest};
  return {.strategy = Strategy::kByDuration,
          .duration_ms = config::parse_iso_duration_ms(text.substr(kByDuration.size())).value_or(0)};
}

std::chrono::milliseconds lock_duration(const config::BrokerConfig& config,
                                        const metadata::Configs* overrides) {
  return std::chrono::milliseconds(config::group_value(config, overrides, "share.record.lock.duration.ms"));
}

}  // namespace

std::chrono::milliseconds share_lock_duration(const config::BrokerConfig& config,
                                              const metadata::Image& image, std::string_view group) {
  return lock_duration(config, image.configs_of(metadata::group_resource(group)));
}

ShareReadSettings share_read_settings(const config::BrokerConfig& config,
                                      const metadata::Configs* overrides) {
  const auto number = [&](std::string_view name) {
    return static_cast<std::int32_t>(config::group_value(config, overrides, name));
  };
  ShareReadSettings settings;
  settings.limits.max_record_locks = number("share.partition.max.record.locks");
  settings.limits.max_delivery_count = number("share.delivery.count.limit");
  settings.limits.lock_duration = lock_duration(config, overrides);
  settings.limits.may_renew_locks =
      !equals_ignoring_case(text_of(overrides, "share.renew.acknowledge.enable"), "false");
  settings.reads_committed =
      equals_ignoring_case(text_of(overrides, "share.isolation.level"), "read_committed");
  settings.offset_reset = offset_reset(text_of(overrides, "share.auto.offset.reset"));
  return settings;
}

ShareReadSettings share_read_settings(const config::BrokerConfig& config, const metadata::Image& image,
                                      std::string_view group) {
  return share_read_settings(config, image.configs_of(metadata::group_resource(group)));
}

}  // namespace moldau::runtime
