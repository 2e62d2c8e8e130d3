#include "net/connection_quota.h"

#include <utility>

#include "base/assert.h"

namespace moldau::net {
namespace {

std::int32_t limit_in(const std::map<std::string, std::int32_t, std::less<>>& limits, std::string_view name,
                      std::int32_t otherwise) {
  const auto found = limits.find(name);
  return found == limits.end() ? otherwise : found->second;
}

template <class Listeners>
auto& door_of(Listeners& listeners, std::string_view name) {
  const auto found = listeners.find(name);
  require(found != listeners.end(), "a listener is known to its quota");
  return found->second;
}

}  // namespace

void ConnectionQuota::add(const std::string& listener, Watcher& watcher) {
  listeners_[listener].watcher = &watcher;
}

void ConnectionQuota::remove(const std::string& listener) {
  listeners_[listener].watcher = nullptr;
}

void ConnectionQuota::change(Limits limits) {
  if (limits == limits_) return;
  limits_ = std::move(limits);
  tell();
}

bool ConnectionQuota::has_slot(std::string_view listener) const {
  if (door_of(listeners_, listener).count >= limit_in(limits_.of_listeners, listener, kUnlimited))
    return false;
  return is_protected(listener) || count_ < limits_.all;
}

void ConnectionQuota::close_ended(std::string_view listener) {
  Door& door = door_of(listeners_, listener);
  require(door.closing_count > 0, "what ends has begun");
  --door.closing_count;
  --closing_count_;
}

bool ConnectionQuota::admit(std::string_view listener, const std::string& address) {
  std::int32_t& count = of_addresses_[address];
  if (count >= limit_in(limits_.of_addresses, address, limits_.of_address)) {
    if (count == 0) of_addresses_.erase(address);
    return false;
  }
  ++count;
  ++door_of(listeners_, listener).count;
  ++count_;
  tell();
  return true;
}

void ConnectionQuota::give_back(std::string_view listener, const std::string& address) {
  const auto place = of_addresses_.find(address);
  require(place != of_addresses_.end(), "a connection that is over was admitted");
  if (--place->second == 0) of_addresses_.erase(place);
  --door_of(listeners_, listener).count;
  --count_;
  tell();
}

bool ConnectionQuota::is_protected(std::string_view listener) const {
  return listener == inter_broker_listener_ && listeners_.size() > 1;
}

void ConnectionQuota::tell() {
  for (const auto& [name, door] : listeners_)
    if (door.watcher != nullptr) door.watcher->on_slots_changed();
  while (count_ - closing_count_ > limits_.all) {
    Door* door = fullest();
    if (door == nullptr) return;
    ++door->closing_count;
    ++closing_count_;
    door->watcher->close_one();
  }
}

ConnectionQuota::Door* ConnectionQuota::fullest() {
  Door* fullest = nullptr;
  std::int32_t most = 0;
  for (auto& [name, door] : listeners_) {
    const std::int32_t staying = door.count - door.closing_count;
    if (door.watcher == nullptr || is_protected(name) || staying <= most) continue;
    fullest = &door;
    most = staying;
  }
  return fullest;
}

}  // namespace moldau::net
