#pragma once

#include <cstddef>
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

  struct Limits {
    std::int32_t all = kUnlimited;
    std::map<std::string, std::int32_t, std::less<>> of_listeners = {};
    std::int32_t of_address = kUnlimited;
    /// Numeric, as peers' addresses are.
    using OfAddresses = std::map<std::string, std::int32_t, std::less<>>;
    OfAddresses of_addresses = {};

    bool operator==(const Limits&) const = default;
  };

  /// A listener, told when slots may have come or gone.
  class Watcher {
   public:
    virtual ~Watcher() = default;
    virtual void on_slots_changed() = 0;
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
  /// How many more connections are to be closed, the least active first, because a limit has fallen or other
  /// brokers have come; 0 for a listener that may keep its own.
  std::size_t excess(std::string_view listener) const;
  /// One of the excess is to be closed, by whichever listener.
  void close_begun() { ++closing_count_; }
  /// It is over, or another one is in its place.
  void close_ended();

  /// Counts a connection that was accepted; false, and it does not count, where its address has all that it
  /// may have.
  bool admit(std::string_view listener, const std::string& address);
  /// One that was admitted is over.
  void give_back(std::string_view listener, const std::string& address);

 private:
  struct Door {
    Watcher* watcher = nullptr;
    std::int32_t count = 0;
  };

  bool is_protected(std::string_view listener) const;
  void tell() const;

  std::string inter_broker_listener_;
  Limits limits_;
  std::map<std::string, Door, std::less<>> listeners_;
  std::unordered_map<std::string, std::int32_t> of_addresses_;
  std::int32_t count_ = 0;
  std::int32_t closing_count_ = 0;  ///< of them, those whose end is awaited
};

}  // namespace moldau::net
