#include "metadata/broker_sessions.h"

#include <doctest/doctest.h>

namespace moldau::metadata {
namespace {

using namespace std::chrono_literals;

Instant at(Duration time) {
  return Instant(time);
}

TEST_CASE("a lease lasts for the session timeout after the last contact") {
  BrokerSessions sessions(9s);
  sessions.contact(BrokerId(1), 40, at(1s));
  CHECK(sessions.has_valid_session(BrokerId(1), 40, at(10s)));
  CHECK_FALSE(sessions.has_valid_session(BrokerId(1), 40, at(10s + 1ns)));
  CHECK_FALSE(sessions.has_valid_session(BrokerId(1), 41, at(1s)));
  CHECK(sessions.next_expiry() == at(10s));
  sessions.contact(BrokerId(1), 40, at(5s));
  CHECK_FALSE(sessions.take_expired(at(14s)).has_value());
  CHECK(sessions.take_expired(at(15s)) == std::pair<BrokerId, std::int64_t>{1, 40});
  CHECK_FALSE(sessions.take_expired(at(15s)).has_value());
  CHECK(sessions.next_expiry() == Instant::never());
}

TEST_CASE("only brokers that serve hold back the lowest active offset") {
  BrokerSessions sessions(9s);
  CHECK(sessions.lowest_active_offset() == std::numeric_limits<std::int64_t>::max());
  for (const std::int32_t id : {1, 2, 3})
    sessions.track(BrokerId(id), false);
  sessions.touch(BrokerId(1), false, 50);
  sessions.touch(BrokerId(2), false, 30);
  sessions.touch(BrokerId(3), true, 10);
  CHECK(sessions.lowest_active_offset() == 30);
  sessions.begin_controlled_shutdown(BrokerId(2), 60);
  sessions.begin_controlled_shutdown(BrokerId(2), 70);
  CHECK(sessions.find(BrokerId(2))->controlled_shutdown_offset == 60);
  CHECK(sessions.lowest_active_offset() == 50);
  sessions.touch(BrokerId(2), true, 30);
  CHECK_FALSE(sessions.find(BrokerId(2))->controlled_shutdown_offset.has_value());
}

TEST_CASE("a controlled shutdown that is heard of when the broker is fenced, or gone, changes nothing") {
  BrokerSessions sessions(9s);
  sessions.track(BrokerId(1), true);
  sessions.begin_controlled_shutdown(BrokerId(1), 60);
  CHECK_FALSE(sessions.find(BrokerId(1))->controlled_shutdown_offset.has_value());
  sessions.begin_controlled_shutdown(BrokerId(2), 60);
  CHECK(sessions.find(BrokerId(2)) == nullptr);
}

TEST_CASE("unfencing keeps what the broker had read and registering anew does not") {
  BrokerSessions sessions(9s);
  sessions.track(BrokerId(1), true);
  sessions.touch(BrokerId(1), true, 20);
  sessions.track(BrokerId(1), false);
  CHECK(sessions.find(BrokerId(1))->metadata_offset == 20);
  sessions.track(BrokerId(1), false);
  CHECK(sessions.find(BrokerId(1))->metadata_offset == -1);
  sessions.forget(BrokerId(1));
  CHECK(sessions.find(BrokerId(1)) == nullptr);
}

}  // namespace
}  // namespace moldau::metadata
