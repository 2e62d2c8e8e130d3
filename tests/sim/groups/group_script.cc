#include "tests/sim/groups/group_script.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <type_traits>
#include <utility>

#include "tests/sim/groups/classic_member.h"
#include "tests/sim/groups/consumer_member.h"
#include "tests/sim/groups/group_observer.h"
#include "tests/sim/groups/node_images.h"
#include "tests/sim/groups/offset_producer.h"
#include "tests/sim/groups/record_producer.h"
#include "tests/sim/groups/share_drain.h"
#include "tests/sim/groups/share_member.h"
#include "tests/sim/groups/share_reader.h"
#include "tests/sim/groups/streams_member.h"
#include "tests/sim/transaction_client.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t kOffsetsPartitions = 2;
constexpr std::int32_t kShareStatePartitions = 2;
constexpr std::int64_t kRetentionMinutes = 1;

/// The share group whose members read records, and the number of who reads the rest at the end.
constexpr std::string_view kReadingGroup = "reading";
constexpr ShareHistory::Reader kLastReader = 100;

/// Sessions of the newer kinds are as short as those of classic members.
std::string properties_for(bool forgets_empty) {
  std::string text;
  const auto set = [&text](std::string_view name, std::int64_t value) {
    text.append(name).append("=").append(std::to_string(value)).append("\n");
  };
  set("offsets.topic.num.partitions", kOffsetsPartitions);
  set("transaction.state.log.num.partitions", 2);
  set("share.coordinator.state.topic.num.partitions", kShareStatePartitions);
  set("transaction.abort.timed.out.transaction.cleanup.interval.ms", 1'000);
  set("group.streams.initial.rebalance.delay.ms", 500);
  for (const std::string kind : {"group.consumer", "group.share", "group.streams"}) {
    set(kind + ".min.session.timeout.ms", kSessionTimeoutMs);
    set(kind + ".session.timeout.ms", kSessionTimeoutMs);
  }
  set("group.share.min.record.lock.duration.ms", 1'000);
  set("group.share.record.lock.duration.ms", kRecordLockMs);
  // So that logs of share state have snapshots and are pruned.
  set("share.coordinator.snapshot.update.records.per.snapshot", 5);
  set("share.coordinator.cold.partition.snapshot.interval.ms", 4'000);
  set("share.coordinator.state.topic.prune.interval.ms", 2'000);
  set("offsets.retention.minutes", forgets_empty ? kRetentionMinutes : 10'080);
  if (forgets_empty) set("offsets.retention.check.interval.ms", 3'000);
  return text;
}

}  // namespace

GroupScript::GroupScript(const Options& options)
    : options_(options),
      world_(options.seed),
      disk_(world_.seed(), "broker disk"),
      random_(world_.seed().stream("groups")),
      forgets_empty_(random_.one_in(3)),
      properties_(properties_for(forgets_empty_)),
      admin_(world_, [this] { return goes_on(); }),
      client_(world_),
      stage_{.world = world_,
             .random = random_,
             .client = client_,
             .groups = GroupHistory(forgets_empty_),
             .offsets = OffsetHistory(forgets_empty_
                                          ? std::optional<Duration>(std::chrono::minutes(kRetentionMinutes))
                                          : std::nullopt),
             .shares = ShareHistory({.lock = from_ms(kRecordLockMs)})} {}

GroupScript::~GroupScript() {
  // Answers that are due find nobody any more.
  client_.disconnect();
}

int GroupScript::acknowledged() const {
  int all = 0;
  for (const auto& [kind, count] : stage_.acknowledged)
    all += count;
  return all;
}

Result<std::pair<int, int>> GroupScript::notice_missing_records() {
  return NodeCoordinators(process_->broker().node()).notice_missing_records();
}

std::string GroupScript::start() {
  process_ = std::make_unique<BrokerProcess>(
      world_, disk_, BrokerProcess::Settings{.loop_count = options_.loop_count, .properties = properties_});
  if (const auto started = process_->start(); !started) {
    return "the broker did not start: " + started.error().message;
  }
  ++stage_.lives;
  return {};
}

std::string GroupScript::restart(bool is_killed) {
  NodeImages before(process_->broker().node(), stage_.topics);
  if (auto bad = before.difference_to_logs(); !bad.empty()) return "live: " + bad;
  NodeImages::Known then;
  stage_.is_stopping = true;
  stage_.shares.broker_over();
  if (is_killed) {
    then = before.live();
  } else if (const auto stopped = process_->stop(); !stopped) {
    return "the broker did not stop: " + stopped.error().message;
  }
  client_.disconnect();
  process_.reset();
  for (const auto& actor : actors_)
    actor->cut_off();
  stage_.shares.broker_over();
  stage_.tell("broker", is_killed ? "is killed" : "is stopped");
  ++restarts_;
  if (auto bad = start(); !bad.empty()) return bad;
  stage_.is_stopping = false;
  NodeImages after(process_->broker().node(), stage_.topics);
  const auto are_loaded = [&] { return after.are_loaded(kOffsetsPartitions, kShareStatePartitions); };
  if (!world_.run_until([&] { return are_loaded() || !goes_on(); }, 30s)) return "groups are not loaded";
  if (auto bad = after.difference_to_logs(); !bad.empty()) return "loaded: " + bad;
  if (auto bad = after.difference_to(then); !bad.empty()) return "behind a kill: " + bad;
  if (!client_.connect([this] { return goes_on(); }, actors_.size())) return "no connection";
  return {};
}

std::string GroupScript::prepare() {
  if (auto bad = start(); !bad.empty()) return bad;
  if (!admin_.connect()) return "no connection";
  for (const auto& [name, partitions] : {std::pair("first", 4), std::pair("second", 2)}) {
    const auto id = admin_.create_topic(name, partitions, {});
    if (!id || *id == Uuid()) return "a topic was not made";
    stage_.topics.push_back({.name = name, .id = *id, .partitions = partitions});
  }
  const std::string reading(kReadingGroup);
  if (admin_.set_config(metadata::group_resource(reading), "share.auto.offset.reset", "earliest") !=
      ErrorCode::kNone) {
    return "a group's setting is not taken";
  }
  if (!admin_.find_coordinator("classic")) return "there is no coordinator";
  admin_.disconnect();
  TransactionClient transactions(world_, [this] { return goes_on(); });
  if (!transactions.connect() || !transactions.find_coordinator("producer-1")) {
    return "there is no coordinator of transactions";
  }
  add_actors();
  if (!client_.connect([this] { return goes_on(); }, actors_.size())) return "no connection";
  return {};
}

void GroupScript::add_actors() {
  groups_ = {"classic", "other-classic", "mixed", "consumer", "share", "streams", "changing", "simple"};
  const auto add = [this]<class Actor>(std::type_identity<Actor>, const std::string& name,
                                       const auto&... rest) {
    actors_.push_back(std::make_unique<Actor>(stage_, name, actors_.size(), rest...));
  };
  constexpr std::type_identity<ClassicMember> kClassic;
  constexpr std::type_identity<ConsumerMember> kConsumer;
  constexpr std::type_identity<ShareMember> kShare;
  constexpr std::type_identity<StreamsMember> kStreams;
  for (const std::string number : {"1", "2", "3"}) {
    add(kClassic, "classic-" + number, std::string("classic"));
    add(kConsumer, "consumer-" + number, std::string("consumer"));
  }
  for (const std::string number : {"1", "2"}) {
    add(kClassic, "other-" + number, std::string("other-classic"));
    add(kClassic, "old-" + number, std::string("mixed"), true);
    add(kConsumer, "new-" + number, std::string("mixed"));
    add(kShare, "share-" + number, std::string("share"));
    add(kStreams, "streams-" + number, std::string("streams"));
  }
  add(kClassic, "static-classic", std::string("classic"), false, std::optional<std::string>("instance"));
  add(kConsumer, "static-consumer", std::string("consumer"), std::optional<std::string>("instance"));
  add(kClassic, "changing-classic", std::string("changing"), true);
  add(kConsumer, "changing-consumer", std::string("changing"));
  add(kShare, "changing-share", std::string("changing"));
  add(kStreams, "changing-streams", std::string("changing"));
  for (const auto protocol : {TransactionProtocol::kOneEpoch, TransactionProtocol::kEpochPerTransaction}) {
    const std::string name = protocol == TransactionProtocol::kOneEpoch ? "producer-1" : "producer-2";
    add(std::type_identity<OffsetProducer>(), name, protocol, groups_);
  }
  for (const std::string number : {"1", "2"}) {
    add(std::type_identity<GroupObserver>(), "observer-" + number, groups_);
    add(std::type_identity<RecordProducer>(), "writer-" + number);
  }
  for (ShareHistory::Reader reader = 1; reader <= 3; ++reader) {
    add(std::type_identity<ShareReader>(), "reader-" + std::to_string(reader), std::string(kReadingGroup),
        reader);
  }
}

std::string GroupScript::play() {
  const Instant end = world_.now() + options_.length;
  const auto next_end = [this] { return world_.now() + random_.between(1s, 15s); };
  Instant broker_ends = options_.kills ? next_end() : Instant::never();
  while (world_.now() < end) {
    const bool is_last_moment = world_.now() >= broker_ends;
    for (const auto& actor : actors_) {
      // So that there is something under way when the broker ends.
      if (is_last_moment && random_.one_in(2)) actor->hurry();
      actor->turn();
    }
    if (is_last_moment) {
      world_.run_for(random_.between(50us, 4ms));
      if (auto bad = restart(!random_.one_in(3)); !bad.empty()) return bad;
      broker_ends = next_end();
    } else {
      world_.run_for(random_.between(1ms, 40ms));
    }
    if (!goes_on()) return "the broker has given up";
    if (!stage_.complaint.empty()) return stage_.complaint;
  }
  return {};
}

std::string GroupScript::check_offsets(const std::string& group) {
  const auto request = all_offsets_of(stage_, group, true);
  constexpr int kLongest = 30;
  for (int second = 0; second < kLongest; ++second) {
    const Instant asked = world_.now();
    const auto answer = client_.call<protocol::OffsetFetchResponse>(request, 9, [this] { return goes_on(); });
    if (!answer) return "no answer to OffsetFetch";
    const auto& fetched = (*answer)->groups.front();
    // A share group has none.
    if (fetched.error_code == ErrorCode::kGroupIdNotFound) return {};
    if (auto bad = check_fetched(stage_, fetched, {.sent = asked, .came = world_.now()}); !bad.empty())
      return bad;
    const bool is_stable = std::ranges::all_of(fetched.topics, [](const auto& topic) {
      return std::ranges::all_of(
          topic.partitions, [](const auto& partition) { return partition.error_code == ErrorCode::kNone; });
    });
    if (is_stable) return {};
    world_.run_for(1s);
  }
  return "a transaction of group " + group + " hangs";
}

std::string GroupScript::check() {
  // Nobody asks anything more; what is under way is answered.
  const auto is_quiet = [this] {
    return std::ranges::none_of(actors_, [](const auto& actor) { return actor->waits(); });
  };
  if (!world_.run_until([&] { return is_quiet() || !goes_on(); }, 1min)) return "an answer is overdue";
  if (!stage_.complaint.empty()) return stage_.complaint;
  for (const std::string& group : groups_) {
    if (auto bad = check_offsets(group); !bad.empty()) return bad;
  }
  if (auto bad = restart(false); !bad.empty()) return bad;
  for (const std::string& group : groups_) {
    if (auto bad = check_offsets(group); !bad.empty()) return "behind a stop: " + bad;
  }
  if (auto bad = drain(stage_, std::string(kReadingGroup), kLastReader, [this] { return goes_on(); });
      !bad.empty()) {
    return "at the end: " + bad;
  }
  return stage_.shares.have_all_come();
}

std::string GroupScript::run() {
  if (auto bad = prepare(); !bad.empty()) return bad;
  if (auto bad = play(); !bad.empty()) {
    return "at " +
           std::to_string(
               std::chrono::duration_cast<std::chrono::milliseconds>(world_.now().since_start()).count()) +
           " ms: " + bad;
  }
  return check();
}

}  // namespace moldau::sim
