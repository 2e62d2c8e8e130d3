#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace moldau::config {

/// Types of values; the numbers are DescribeConfigs' config types (KIP-569).
enum class ConfigType : std::int8_t {
  kUnknown = 0,
  kBoolean = 1,
  kString = 2,
  kInt = 3,
  kShort = 4,
  kLong = 5,
  kDouble = 6,
  kList = 7,
  kClass = 8,
  kPassword = 9,
};

/// How a broker configuration may change while the broker runs (KIP-226).
enum class Update : std::uint8_t {
  kReadOnly,     ///< only in the properties file
  kPerBroker,    ///< for one broker
  kClusterWide,  ///< for one broker or as the default of all
};

/// Internal configurations are accepted, but not described unless they are set.
enum class Visibility : std::uint8_t { kPublic, kInternal };

/// The value of a configuration that is not set: a text, null, or none at all (it must be set).
class DefaultValue {
 public:
  constexpr DefaultValue(const char* text) : text_(text), kind_(Kind::kText) {}

  static constexpr DefaultValue of_null() { return DefaultValue(Kind::kNull); }
  static constexpr DefaultValue of_required() { return DefaultValue(Kind::kRequired); }

  constexpr bool is_null() const { return kind_ == Kind::kNull; }
  constexpr bool is_required() const { return kind_ == Kind::kRequired; }
  constexpr bool has_text() const { return kind_ == Kind::kText; }
  /// Empty unless has_text(). Static storage.
  constexpr std::string_view text() const { return text_; }

 private:
  enum class Kind : std::uint8_t { kText, kNull, kRequired };
  constexpr explicit DefaultValue(Kind kind) : kind_(kind) {}

  std::string_view text_;
  Kind kind_;
};

/// What a value must satisfy beyond its type.
struct Validator {
  enum class Kind : std::uint8_t {
    kAny,
    kAtLeast,
    kBetween,
    kOneOf,
    kOneOfIgnoringCase,
    kListOf,
    kNonEmpty,
    kNonNull,
    kGzipLevel,
    kThrottledReplicas,
    kQuorumVoters,
    kBootstrapServers,
    kOffsetReset,
  };

  Kind kind = Kind::kAny;
  double min = 0;
  double max = 0;
  std::string_view choices = {};  ///< separated by ", "; empty for a list of anything
  bool may_be_empty = true;
  bool may_be_null = true;
};

/// One configuration: a row of the table.
struct ConfigKey {
  std::string_view name;
  ConfigType type;
  DefaultValue default_value;
  Validator validator;
  Update update = Update::kReadOnly;
  Visibility visibility = Visibility::kPublic;
  std::string_view broker_key =
      {};  ///< of topics and groups: where an unset value is taken from; may be empty

  /// Values of passwords are never shown.
  constexpr bool is_sensitive() const { return type == ConfigType::kPassword; }
  constexpr bool is_internal() const { return visibility == Visibility::kInternal; }
};

/// Kafka's kinds of resources that carry configurations; the numbers are the protocol's.
enum class ResourceType : std::int8_t {
  kTopic = 2,
  kBroker = 4,
  kBrokerLogger = 8,
  kClientMetrics = 16,
  kGroup = 32,
};

/// All configurations of a kind of resource, as Apache Kafka 4.3.1 defines them and in its order: 360 of
/// brokers, 34 of topics, 17 of groups, 3 of client metrics; none of broker loggers. Static storage.
std::span<const ConfigKey> keys_of(ResourceType resource);

/// Quotas of brokers that can be set only dynamically (KIP-73): 3 rows. Static storage.
std::span<const ConfigKey> broker_quota_keys();

/// Moldau's own settings, read from the properties file only. Static storage.
std::span<const ConfigKey> moldau_keys();

/// The row of that name; null when Apache Kafka knows no such configuration. Static storage.
const ConfigKey* find_key(ResourceType resource, std::string_view name);

/// The row of a broker configuration that may be set dynamically, quotas included; null for all others.
const ConfigKey* find_dynamic_key(std::string_view name);

}  // namespace moldau::config
