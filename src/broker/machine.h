#pragma once

#include "config/config_providers.h"
#include "config/container.h"

/// What the program is told by the machine it runs on.
namespace moldau::broker {

/// The variables of this process.
config::Environment environment();

/// Variables and files of this machine, for config providers.
config::ProviderWorld provider_world();

}  // namespace moldau::broker
