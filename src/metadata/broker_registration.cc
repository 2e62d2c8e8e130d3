#include "metadata/broker_registration.h"

#include <algorithm>
#include <tuple>

#include "metadata/directory_id.h"

namespace moldau::metadata {

bool BrokerRegistration::operator==(const BrokerRegistration& other) const {
  const auto state = [](const BrokerRegistration& broker) {
    return std::tie(broker.id, broker.epoch, broker.incarnation_id, broker.listeners, broker.features,
                    broker.rack, broker.is_fenced, broker.in_controlled_shutdown,
                    broker.is_migrating_zk_broker, broker.directories, broker.cordoned_directories);
  };
  return state(*this) == state(other);
}

bool BrokerRegistration::has_online_directory(const Uuid& directory) const {
  return is_online_directory(directory, directories);
}

bool BrokerRegistration::has_uncordoned_directory() const {
  if (directories.empty() || !cordoned_directories) return true;
  return std::ranges::any_of(directories, [&](const Uuid& directory) {
    return std::ranges::find(*cordoned_directories, directory) == cordoned_directories->end();
  });
}

Uuid BrokerRegistration::default_directory() const {
  if (directories.empty()) return kMigratingDirectory;
  return directories.size() == 1 ? directories.front() : kUnassignedDirectory;
}

}  // namespace moldau::metadata
