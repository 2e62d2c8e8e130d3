#include "net/connection_quota.h"

#include <string>

#include <doctest/doctest.h>

using namespace moldau::net;

namespace {

struct Told final : ConnectionQuota::Watcher {
  void on_slots_changed() override { ++times; }
  void close_one() override { ++closes; }
  int times = 0;
  int closes = 0;
};

struct Doors {
  explicit Doors(ConnectionQuota::Limits limits) {
    quota.add("CLIENTS", clients);
    quota.add("BROKERS", brokers);
    quota.change(std::move(limits));
  }

  ConnectionQuota quota{"BROKERS"};
  Told clients;
  Told brokers;
};

}  // namespace

TEST_CASE("an address has what it may have, and its own limit where there is one") {
  Doors doors({.of_address = 2, .of_addresses = {{"10.0.0.9", 0}, {"10.0.0.8", 3}}});
  CHECK(doors.quota.admit("CLIENTS", "10.0.0.1"));
  CHECK(doors.quota.admit("BROKERS", "10.0.0.1"));
  CHECK_FALSE(doors.quota.admit("CLIENTS", "10.0.0.1"));
  CHECK_FALSE(doors.quota.admit("CLIENTS", "10.0.0.9"));
  for (int i = 0; i < 3; ++i)
    CHECK(doors.quota.admit("CLIENTS", "10.0.0.8"));
  CHECK_FALSE(doors.quota.admit("CLIENTS", "10.0.0.8"));
  doors.quota.give_back("BROKERS", "10.0.0.1");
  CHECK(doors.quota.admit("CLIENTS", "10.0.0.1"));
}

TEST_CASE("a listener has slots up to its limit and to that of all, but between brokers only its own") {
  Doors doors({.all = 3, .of_listeners = {{"CLIENTS", 2}, {"BROKERS", 4}}});
  CHECK(doors.quota.admit("CLIENTS", "a"));
  CHECK(doors.quota.has_slot("CLIENTS"));
  CHECK(doors.quota.admit("CLIENTS", "a"));
  CHECK_FALSE(doors.quota.has_slot("CLIENTS"));
  CHECK(doors.quota.admit("BROKERS", "b"));
  CHECK(doors.clients.closes == 0);
  CHECK(doors.quota.has_slot("BROKERS"));
  CHECK(doors.quota.admit("BROKERS", "b"));
  // Brokers come all the same, and somebody has to go.
  CHECK(doors.clients.closes == 1);
  doors.quota.close_ended("CLIENTS");
  doors.quota.give_back("CLIENTS", "a");
  CHECK(doors.clients.closes == 1);
  CHECK(doors.brokers.closes == 0);
  CHECK_FALSE(doors.quota.has_slot("CLIENTS"));
}

TEST_CASE("a listener without others keeps to the limit of all, between brokers, too") {
  ConnectionQuota quota("BROKERS");
  Told told;
  quota.add("BROKERS", told);
  quota.change({.all = 1});
  CHECK(quota.admit("BROKERS", "b"));
  CHECK_FALSE(quota.has_slot("BROKERS"));
  quota.change({.all = 0});
  CHECK(told.closes == 1);
}

TEST_CASE("listeners are told when slots come or go, and of nothing that changes nothing") {
  Doors doors({.all = 5});
  const int before = doors.clients.times;
  CHECK(doors.quota.admit("BROKERS", "b"));
  CHECK(doors.clients.times == before + 1);
  doors.quota.change({.all = 5});
  CHECK(doors.clients.times == before + 1);
  doors.quota.change({.all = 6});
  doors.quota.give_back("BROKERS", "b");
  CHECK(doors.clients.times == before + 3);
  CHECK(doors.brokers.times == doors.clients.times);
}
