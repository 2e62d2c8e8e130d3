#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <tuple>
#include <utility>

#include <doctest/doctest.h>

#include "metadata/apply_record.h"
#include "metadata/record_frame.h"
#include "protocol/messages/register_broker_record.h"
#include "protocol/records/batch_records.h"
#include "tests/metadata/world.h"

namespace moldau::metadata {
namespace {

using namespace std::chrono_literals;

/// Data records of Apache Kafka's log with their offsets.
std::vector<std::pair<std::int64_t, Bytes>> golden_records() {
  std::ifstream file(std::filesystem::path(MOLDAU_GOLDEN_DIR) / "00000000000000000000.log", std::ios::binary);
  const Bytes log(std::istreambuf_iterator<char>(file), {});
  std::vector<std::pair<std::int64_t, Bytes>> found;
  records::DecoderSet decoders;
  REQUIRE(records::for_each_record_of(
      log, decoders, [&](const records::BatchView& batch, const records::RecordView& record) -> Result<void> {
        if (!batch.is_control())
          found.emplace_back(record.offset, Bytes(record.value->begin(), record.value->end()));
        return {};
      }));
  return found;
}

/// The controller as it stood before `offset` was written, with leases for the brokers of that time.
World world_before(std::int64_t offset) {
  World world;
  for (const auto& [at, record] : golden_records()) {
    if (at < offset) REQUIRE(world.loader.apply(record, at).has_value());
  }
  world.next_offset = offset;
  begin_sessions(world.image(), world.now, world.sessions);
  return world;
}

/// Apache Kafka's records in [from, to).
std::vector<Bytes> written(std::int64_t from, std::int64_t to) {
  std::vector<Bytes> records;
  for (const auto& [at, record] : golden_records()) {
    if (at >= from && at < to) records.push_back(record);
  }
  return records;
}

/// The same records; those that change partitions may come in another order, which follows topic ids here.
void check_same(const std::vector<Bytes>& ours, const std::vector<Bytes>& theirs) {
  REQUIRE(ours.size() == theirs.size());
  const auto is_change = [](const Bytes& record) {
    return parse_record_frame(record)->type == static_cast<std::int16_t>(RecordType::kPartitionChange);
  };
  for (std::size_t i = 0; i < ours.size(); ++i)
    CHECK(is_change(ours[i]) == is_change(theirs[i]));
  auto a = ours;
  auto b = theirs;
  std::ranges::sort(a);
  std::ranges::sort(b);
  CHECK(a == b);
}

protocol::BrokerHeartbeatRequest caught_up(const World& world) {
  auto request = world.beat(1);
  request.cordoned_log_dirs = std::vector<Uuid>{};
  return request;
}

TEST_CASE("unfencing gives Apache Kafka's records") {
  for (const auto& [from, to] :
       std::vector<std::pair<std::int64_t, std::int64_t>>{{17, 18}, {171, 175}, {321, 326}}) {
    CAPTURE(from);
    World world = world_before(from);
    const auto decision = heartbeat(caught_up(world), world.context());
    REQUIRE(decision.has_value());
    check_same(decision->records, written(from, to));
    CHECK_FALSE(decision->response.is_fenced);
  }
}

TEST_CASE("a controlled shutdown gives Apache Kafka's records") {
  for (const auto& [from, to, last] :
       std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>>{{162, 165, 165}, {425, 429, 429}}) {
    CAPTURE(from);
    World world = world_before(from);
    auto request = caught_up(world);
    request.want_shut_down = true;
    const auto begun = heartbeat(request, world.context());
    REQUIRE(begun.has_value());
    check_same(begun->records, written(from, to));

    World later = world_before(last);
    later.sessions.begin_controlled_shutdown(BrokerId(1), to - 1);
    const auto ended = heartbeat(request, later.context());
    REQUIRE(ended.has_value());
    CHECK(ended->response.should_shut_down);
    check_same(ended->records, written(last, last + 1));
  }
}

TEST_CASE("a lease that runs out gives Apache Kafka's records") {
  World world = world_before(309);
  world.now = world.now + 10s;
  check_same(fence_one_stale_broker(world.context()).records, written(309, 313));
}

TEST_CASE("registration after a clean stop and after a crash gives Apache Kafka's records") {
  for (const auto& [from, to, previous_epoch] :
       std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>>{{169, 170, 14}, {317, 321, -1}}) {
    CAPTURE(from);
    World world = world_before(from);
    const auto theirs = written(from, to);
    const auto frame = parse_record_frame(theirs.back());
    const auto record = wire::decode_message<protocol::RegisterBrokerRecord>(frame->message, frame->version);
    REQUIRE(record.has_value());
    protocol::BrokerRegistrationRequest request;
    request.broker_id = record->broker_id;
    request.cluster_id = world.settings.cluster_id;
    request.incarnation_id = record->incarnation_id;
    request.rack = record->rack;
    request.log_dirs = record->log_dirs;
    request.previous_broker_epoch = previous_epoch;
    for (const auto& end_point : record->end_points) {
      auto& listener = request.listeners.emplace_back();
      listener.name = end_point.name;
      listener.host = end_point.host;
      listener.port = end_point.port;
      listener.security_protocol = end_point.security_protocol;
    }
    for (const auto& range : record->features) {
      auto& feature = request.features.emplace_back();
      feature.name = range.name;
      feature.min_supported_version = range.min_supported_version;
      feature.max_supported_version = range.max_supported_version;
    }
    world.now = world.now + 10s;
    auto decision = register_broker(request, 4, world.context());
    REQUIRE(decision.has_value());
    CHECK(decision->response.broker_epoch == record->broker_epoch);

    // Features and listeners may stand in another order in the registration itself.
    Image ours = world.image();
    Image expected = world.image();
    ImageDelta delta;
    REQUIRE(apply_record(decision->records.back(), to - 1, ours, delta).has_value());
    REQUIRE(apply_record(theirs.back(), to - 1, expected, delta).has_value());
    CHECK(ours.same_content(expected));
    decision->records.pop_back();
    check_same(decision->records, {theirs.begin(), theirs.end() - 1});
  }
}

TEST_CASE("the first records of a cluster are Apache Kafka's") {
  const auto version = MetadataVersion::latest_production();
  const auto decision = activation_records(
      {}, BootstrapMetadata::from_levels(version, default_feature_levels(version)), ControllerSettings{});
  REQUIRE(decision.has_value());
  CHECK(decision->records == written(3, 12));
}

}  // namespace
}  // namespace moldau::metadata
