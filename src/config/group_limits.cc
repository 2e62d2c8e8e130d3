#include <cstdint>
#include <string>
#include <string_view>

#include "config/resolve.h"

namespace moldau::config {
namespace {

enum class Order : std::uint8_t { kAtLeast, kAtMost, kLess };

/// One rule: `left` stands in `order` to `right`.
struct Limit {
  std::string_view left;
  Order order;
  std::string_view right;
};

constexpr Limit kCommonLimits[] = {
    {"max.heartbeat.interval.ms", Order::kAtLeast, "min.heartbeat.interval.ms"},
    {"heartbeat.interval.ms", Order::kAtLeast, "min.heartbeat.interval.ms"},
    {"heartbeat.interval.ms", Order::kAtMost, "max.heartbeat.interval.ms"},
    {"max.session.timeout.ms", Order::kAtLeast, "min.session.timeout.ms"},
    {"session.timeout.ms", Order::kAtLeast, "min.session.timeout.ms"},
    {"session.timeout.ms", Order::kAtMost, "max.session.timeout.ms"},
    {"heartbeat.interval.ms", Order::kLess, "session.timeout.ms"},
    {"max.assignment.interval.ms", Order::kAtLeast, "min.assignment.interval.ms"},
    {"assignment.interval.ms", Order::kAtLeast, "min.assignment.interval.ms"},
    {"assignment.interval.ms", Order::kAtMost, "max.assignment.interval.ms"},
};

constexpr Limit kShareLimits[] = {
    {"max.delivery.count.limit", Order::kAtLeast, "delivery.count.limit"},
    {"delivery.count.limit", Order::kAtLeast, "min.delivery.count.limit"},
    {"max.partition.max.record.locks", Order::kAtLeast, "partition.max.record.locks"},
    {"partition.max.record.locks", Order::kAtLeast, "min.partition.max.record.locks"},
    {"record.lock.duration.ms", Order::kAtLeast, "min.record.lock.duration.ms"},
    {"max.record.lock.duration.ms", Order::kAtLeast, "record.lock.duration.ms"},
    {"max.share.sessions", Order::kAtLeast, "max.size"},
};

constexpr Limit kStreamsLimits[] = {
    {"num.standby.replicas", Order::kAtMost, "max.standby.replicas"},
};

Result<void> check(const BrokerConfig& config, std::string_view prefix, const Limit& limit) {
  const std::string left = std::string(prefix).append(limit.left);
  const std::string right = std::string(prefix).append(limit.right);
  const auto a = std::get<std::int64_t>(config.value(left));
  const auto b = std::get<std::int64_t>(config.value(right));
  switch (limit.order) {
    case Order::kAtLeast:
      if (a >= b) return {};
      return fail(ErrorCode::kInvalidConfig, left + " must be greater than or equal to " + right);
    case Order::kAtMost:
      if (a <= b) return {};
      return fail(ErrorCode::kInvalidConfig, left + " must be less than or equal to " + right);
    case Order::kLess:
      if (a < b) return {};
      return fail(ErrorCode::kInvalidConfig, left + " must be less than " + right);
  }
  return {};
}

/// Apache Kafka knows two classes, and without one keeps nothing.
Result<void> check_share_persister(const BrokerConfig& config) {
  const auto* persister = std::get_if<std::string>(&config.value("group.share.persister.class.name"));
  if (persister == nullptr || persister->empty()) return {};
  if (*persister == kSharePersister || *persister == kNoOpSharePersister) return {};
  return fail(ErrorCode::kInvalidConfig, "Unknown persister specified " + *persister);
}

}  // namespace

Result<void> check_group_limits(const BrokerConfig& config) {
  for (const std::string_view prefix : {"group.consumer.", "group.share.", "group.streams."}) {
    for (const Limit& limit : kCommonLimits) {
      if (auto checked = check(config, prefix, limit); !checked) return checked;
    }
  }
  for (const Limit& limit : kShareLimits) {
    if (auto checked = check(config, "group.share.", limit); !checked) return checked;
  }
  for (const Limit& limit : kStreamsLimits) {
    if (auto checked = check(config, "group.streams.", limit); !checked) return checked;
  }
  if (auto checked = check_share_persister(config); !checked) return checked;
  const auto& assignors = std::get<StringList>(config.value("group.share.assignors"));
  if (assignors.size() == 1) return {};
  return fail(ErrorCode::kInvalidConfig,
              "group.share.assignors must contain exactly one assignor, but found " +
                  std::to_string(assignors.size()));
}

}  // namespace moldau::config
