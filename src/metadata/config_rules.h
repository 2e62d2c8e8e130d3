#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metadata/image.h"

namespace moldau::metadata {

/// Dynamic configs that bear on a topic, from near to far; nullptr for a layer without any.
struct ConfigLayers {
  const Configs* topic = nullptr;
  const Configs* node = nullptr;     ///< Of the broker whose id the controller has.
  const Configs* cluster = nullptr;  ///< Defaults of all brokers.
};

/// A topic config as it applies, for answers.
struct EffectiveConfig {
  std::string name;
  std::optional<std::string> value;
  std::int8_t source =
      5;  ///< ConfigSource of DescribeConfigs: 1 topic, 2 broker, 3 cluster, 4 static, 5 default.
  bool is_sensitive = false;
  bool is_read_only = false;
};

/// What decisions need to know of configs; whoever owns the table of configs implements it. Outlives the use.
class ConfigRules {
 public:
  virtual ~ConfigRules() = default;

  /// Judges all dynamic configs that a topic, a group or a client metrics subscription would have, together
  /// with those below; `existing` are its own that are in force. INVALID_CONFIG or INVALID_REQUEST with the
  /// reason in Kafka's words. Those of brokers pass: whoever asks for them has checked them.
  virtual Result<void> validate(const ConfigResource& resource, const ConfigLayers& below,
                                const Configs& existing, const Configs& altered) const = 0;
  /// The default of a list of a topic or a broker; nullopt for a config that is none.
  virtual std::optional<std::string> list_default(const ConfigResource& resource,
                                                  std::string_view name) const = 0;
  /// The value of `name`, down to the static configuration and the default.
  virtual std::string effective_value(std::string_view name, const ConfigLayers& layers) const = 0;
  /// All topic configs but internal ones that the topic does not set, by name.
  virtual std::vector<EffectiveConfig> effective_configs(const ConfigLayers& layers) const = 0;

 protected:
  ConfigRules() = default;
  ConfigRules(const ConfigRules&) = default;
  ConfigRules& operator=(const ConfigRules&) = default;
};

}  // namespace moldau::metadata
