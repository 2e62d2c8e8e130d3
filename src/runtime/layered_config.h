#pragma once

#include <memory>

#include "config/broker_config.h"
#include "metadata/image.h"

namespace moldau::runtime {

/// A broker's configuration together with what the metadata log sets for it and for all brokers. Belongs to
/// one shard.
class LayeredConfig {
 public:
  /// `fixed` outlives it.
  explicit LayeredConfig(const config::BrokerConfig& fixed) : fixed_(fixed) {}

  /// With the dynamic configurations of that broker and the defaults of all brokers; nullptr for none. What
  /// of them cannot take effect is left out, as a broker does that reads them. Good until the next call.
  const config::BrokerConfig& with(const metadata::Configs* broker, const metadata::Configs* defaults);

 private:
  const config::BrokerConfig& fixed_;
  /// For the layers asked for last, which are those below.
  std::unique_ptr<config::BrokerConfig> layered_;
  metadata::Configs broker_;
  metadata::Configs defaults_;
};

}  // namespace moldau::runtime
