#include "config/key.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

#include "config/table/group_resources.h"
#include "config/table/groups.h"
#include "config/table/logs.h"
#include "config/table/others.h"
#include "config/table/security.h"
#include "config/table/server.h"
#include "config/table/state.h"
#include "config/table/topics.h"

namespace moldau::config {
namespace {

constexpr std::size_t kBrokerKeyCount = std::size(table::kServerKeys) +
                                        std::size(table::kGroupCoordinatorKeys) + std::size(table::kLogKeys) +
                                        std::size(table::kStateKeys) + std::size(table::kSecurityKeys);
static_assert(kBrokerKeyCount == 360);
static_assert(std::size(table::kTopicKeys) == 34);
static_assert(std::size(table::kGroupKeys) == 17);

constexpr ConfigKey kPlaceholder{"", ConfigType::kUnknown, table::null, {}};

template <std::size_t... I>
constexpr auto filled(std::index_sequence<I...>) {
  return std::array<ConfigKey, sizeof...(I)>{((void)I, kPlaceholder)...};
}

constexpr std::array<ConfigKey, kBrokerKeyCount> join_broker_keys() {
  auto keys = filled(std::make_index_sequence<kBrokerKeyCount>{});
  auto end = std::ranges::copy(table::kServerKeys, keys.begin()).out;
  end = std::ranges::copy(table::kGroupCoordinatorKeys, end).out;
  end = std::ranges::copy(table::kLogKeys, end).out;
  end = std::ranges::copy(table::kStateKeys, end).out;
  std::ranges::copy(table::kSecurityKeys, end);
  return keys;
}

constexpr auto kBrokerKeys = join_broker_keys();

/// Positions of rows in the order of their names.
template <std::size_t N>
constexpr std::array<std::uint16_t, N> sorted_by_name(std::span<const ConfigKey, N> keys) {
  std::array<std::uint16_t, N> index{};
  for (std::size_t i = 0; i < N; ++i)
    index[i] = static_cast<std::uint16_t>(i);
  std::ranges::sort(index, {}, [&](std::uint16_t i) { return keys[i].name; });
  return index;
}

constexpr auto kBrokerIndex = sorted_by_name(std::span<const ConfigKey, kBrokerKeyCount>(kBrokerKeys));

const ConfigKey* find_in(std::span<const ConfigKey> keys, std::string_view name) {
  const auto found = std::ranges::find(keys, name, &ConfigKey::name);
  return found == keys.end() ? nullptr : &*found;
}

const ConfigKey* find_broker_key(std::string_view name) {
  const auto found =
      std::ranges::lower_bound(kBrokerIndex, name, {}, [](std::uint16_t i) { return kBrokerKeys[i].name; });
  if (found == kBrokerIndex.end() || kBrokerKeys[*found].name != name) return nullptr;
  return &kBrokerKeys[*found];
}

}  // namespace

std::span<const ConfigKey> keys_of(ResourceType resource) {
  switch (resource) {
    case ResourceType::kBroker:
      return kBrokerKeys;
    case ResourceType::kTopic:
      return table::kTopicKeys;
    case ResourceType::kGroup:
      return table::kGroupKeys;
    case ResourceType::kClientMetrics:
      return table::kClientMetricsKeys;
    case ResourceType::kBrokerLogger:
      return {};
  }
  return {};
}

std::span<const ConfigKey> broker_quota_keys() {
  return table::kBrokerQuotaKeys;
}

std::span<const ConfigKey> moldau_keys() {
  return table::kMoldauKeys;
}

const ConfigKey* find_key(ResourceType resource, std::string_view name) {
  if (resource == ResourceType::kBroker) return find_broker_key(name);
  return find_in(keys_of(resource), name);
}

const ConfigKey* find_dynamic_key(std::string_view name) {
  if (const ConfigKey* quota = find_in(table::kBrokerQuotaKeys, name)) return quota;
  const ConfigKey* key = find_broker_key(name);
  return key != nullptr && key->update != Update::kReadOnly ? key : nullptr;
}

}  // namespace moldau::config
