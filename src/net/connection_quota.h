#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace moldau::net {

/// How many connections a server may have: in all, by one listener, and from one address (`max.connections`,
/// `listener.name.*.max.connections`, `max.connections.per.ip`, `max.connections.per.ip.overrides`; KIP-402).
/// Counts; who accepts and closes is told. Belongs to the loop that accepts.
class ConnectionQuota {
 public:
  static constexpr std::int32_t kUnlimited = std::numeric_limits<std::int32_t>::max();

  /// By address, numeric as peers' addresses are.
  using OfAddresses = std::map<std::string, std::int32_t, std::less<>>;

  struct Limits {
    std::int32_t all = kUnlimited;
    std::map<std::string, std::int32_t, std::less<>> of_listeners = {};
    std::int32_t of_address = kUnlimited;
    OfAddresses of_addresses = {};

    bool operator==(const Limits&) const = default;
  };

  /// A listener.
  class Watcher {
   public:
    virtual ~Watcher() = default;
    /// Slots may have come or gone.
    virtual void on_slots_changed() = 0;
    /// The least active of its connections is to be closed: a limit has fallen, or other brokers have come.
    /// close_ended() says when that is over.
    virtual void close_one() = 0;
  };

  /// Where there are several listeners, that between brokers is not held to the limit of all.
  explicit ConnectionQuota(std::string inter_broker_listener)
      : inter_broker_listener_(std::move(inter_broker_listener)) {}

  /// The watcher takes itself away before it ends.
  void add(const std::string& listener, Watcher& watcher);
  void remove(const std::string& listener);

  void change(Limits limits);

  /// Whether the listener may accept.
  bool has_slot(std::string_view listener) const;
  /// What close_one() asked for is over, or another connection has gone in its place.
  void close_ended(std::string_view listener);

  /// Counts a connection that was accepted; false, and it does not count, where its address has all that it
  /// may have.
  bool admit(std::string_view listener, const std::string& address);
  /// One that was admitted is over.
  void give_back(std::string_view listener, const std::string& address);

 private:
  struct Door {
    Watcher* watcher = nullptr;
    std::int32_t count = 0;
    std::int32_t closing_count = 0;  ///< of them, those that are to be closed
  };

  bool is_protected(std::string_view listener) const;
  void tell();
  /// The listener with the most connections that may be closed; null if there is none.
  Door* fullest();

  std::string inter_broker_listener_;
  Limits limits_;
  std::map<std::string, Door, std::less<>> listeners_;
  std::unordered_map<std::string, std::int32_t> of_addresses_;
  std::int32_t count_ = 0;
  std::int32_t closing_count_ = 0;  ///< of them, those that are to be closed
};

}  // namespace moldau::net
