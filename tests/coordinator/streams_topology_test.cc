#include <map>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "consumer_harness.h"
#include "coordinator/streams_group/configured_topology.h"

namespace moldau::coordinator {
namespace {

/// A cluster of topics with so many partitions.
FakeTopics cluster(const std::map<std::string, std::int32_t>& partitions) {
  std::map<std::string, FakeTopics::Topic, std::less<>> topics;
  std::uint64_t id = 0;
  for (const auto& [name, count] : partitions)
    topics.emplace(name, FakeTopics::Topic{.id = Uuid(1, ++id), .partitions = count});
  return {1, std::move(topics)};
}

/// "0" reads "left" and "right" and writes "by-key", which "1" reads and keeps in "store".
StreamsTopology two_parts() {
  return {.epoch = 0,
          .subtopologies = {
              {.id = "0", .source_topics = {"left", "right"}, .repartition_sink_topics = {"by-key"}},
              {.id = "1",
               .state_changelog_topics = {{.name = "store"}},
               .repartition_source_topics = {{.name = "by-key"}}}}};
}

std::map<std::string, std::int32_t> to_create(const ConfiguredTopology& configured) {
  std::map<std::string, std::int32_t> topics;
  for (const ConfiguredInternalTopic& topic : configured.topics_to_create)
    topics.emplace(topic.name, topic.partition_count);
  return topics;
}

}  // namespace

TEST_CASE("internal topics have as many partitions as the topics that they are made of") {
  const auto configured = configure_topology(two_parts(), cluster({{"left", 3}, {"right", 5}}), 7);
  REQUIRE(configured);
  CHECK(configured->metadata_hash == 7);
  CHECK(configured->problem->code == StreamsStatusCode::kMissingInternalTopics);
  CHECK(to_create(*configured) == std::map<std::string, std::int32_t>{{"by-key", 5}, {"store", 5}});
  CHECK(configured->subtopologies->at("0").task_count == 5);
  CHECK(configured->subtopologies->at("1").task_count == 5);
  const auto ready =
      configure_topology(two_parts(), cluster({{"left", 3}, {"right", 5}, {"by-key", 5}, {"store", 5}}), 7);
  REQUIRE(ready);
  CHECK(ready->is_ready());
}

TEST_CASE("a repartition topic keeps the partitions that the topology gives it") {
  StreamsTopology topology = two_parts();
  topology.subtopologies[1].repartition_source_topics[0].partition_count = 2;
  const auto configured = configure_topology(topology, cluster({{"left", 3}, {"right", 5}}), 0);
  REQUIRE(configured);
  CHECK(to_create(*configured) == std::map<std::string, std::int32_t>{{"by-key", 2}, {"store", 2}});
}

TEST_CASE("topics that have to fit each other do, or keep the group from being ready") {
  StreamsTopology topology = two_parts();
  topology.subtopologies[0].copartition_groups = {{.source_topics = {0, 1}}};
  const auto uneven = configure_topology(topology, cluster({{"left", 3}, {"right", 5}}), 0);
  REQUIRE(uneven);
  CHECK(*uneven->problem ==
        StreamsStatus{
            .code = StreamsStatusCode::kIncorrectlyPartitionedTopics,
            .detail = "Following topics do not have the same number of partitions: [{left=3, right=5}]"});
  CHECK_FALSE(uneven->subtopologies);

  topology = two_parts();
  topology.subtopologies[1].source_topics = {"left"};
  topology.subtopologies[1].copartition_groups = {{.source_topics = {0}, .repartition_source_topics = {0}}};
  const auto fitted = configure_topology(topology, cluster({{"left", 3}, {"right", 5}}), 0);
  REQUIRE(fitted);
  CHECK(to_create(*fitted) == std::map<std::string, std::int32_t>{{"by-key", 3}, {"store", 3}});

  topology.subtopologies[1].repartition_source_topics[0].partition_count = 4;
  const auto fixed = configure_topology(topology, cluster({{"left", 3}, {"right", 5}}), 0);
  REQUIRE(fixed);
  CHECK(fixed->problem->detail ==
        "Number of partitions [4] of repartition topic [by-key] doesn't match number of partitions [3] of "
        "the source topic.");
}

TEST_CASE("topologies whose partitions follow from nothing are invalid") {
  const FakeTopics topics = cluster({{"left", 3}, {"right", 5}});
  const auto error_of = [&](const StreamsTopology& topology) {
    const auto configured = configure_topology(topology, topics, 0);
    REQUIRE_FALSE(configured);
    return configured.error().code;
  };
  StreamsTopology loop = two_parts();
  loop.subtopologies[0] = {
      .id = "0", .repartition_sink_topics = {"by-key"}, .repartition_source_topics = {{.name = "by-key"}}};
  CHECK(error_of(loop) == ErrorCode::kStreamsInvalidTopology);
  StreamsTopology no_sink = two_parts();
  no_sink.subtopologies[0].repartition_sink_topics.clear();
  CHECK(error_of(no_sink) == ErrorCode::kStreamsInvalidTopology);
  StreamsTopology no_source = two_parts();
  no_source.subtopologies[1].repartition_source_topics.clear();
  CHECK(error_of(no_source) == ErrorCode::kStreamsInvalidTopology);
  StreamsTopology outside = two_parts();
  outside.subtopologies[0].copartition_groups = {{.source_topics = {2}}};
  CHECK(error_of(outside) == ErrorCode::kUnknownServerError);
  StreamsTopology twice = two_parts();
  twice.subtopologies[1].state_changelog_topics.push_back({.name = "store"});
  CHECK(error_of(twice) == ErrorCode::kUnknownServerError);
}

TEST_CASE("messages name three topics and count the others") {
  StreamsTopology topology = two_parts();
  topology.subtopologies[0].source_topics = {"e", "d", "c", "b", "a"};
  const auto configured = configure_topology(topology, cluster({}), 0);
  REQUIRE(configured);
  CHECK(configured->problem->detail == "Source topics a, b, c and 2 additional topics are missing.");
}

TEST_CASE("topologies are the same in any order of their parts") {
  const StreamsTopology topology = two_parts();
  StreamsTopology other = topology;
  std::swap(other.subtopologies[0], other.subtopologies[1]);
  CHECK(is_same_topology(topology, other));
  other.subtopologies[0].source_topics.emplace_back("more");
  CHECK_FALSE(is_same_topology(topology, other));
  CHECK(reader_of(topology, "by-key")->id == "1");
  CHECK(reader_of(topology, "store") == nullptr);
}

}  // namespace moldau::coordinator
