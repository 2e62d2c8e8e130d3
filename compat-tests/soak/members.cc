#include "members.h"

#include <array>
#include <deque>
#include <thread>

#include "common.h"

namespace soak {

namespace {

constexpr std::size_t kGroups = 3;
constexpr std::size_t kMostMembers = 3;
constexpr int kTickMs = 50;
/// A member joins or leaves every so many ticks.
constexpr int kBetweenChanges = 40;
constexpr int kBetweenCommits = 20;
constexpr int kMostAtOnce = 500;

class Members {
 public:
  Members(std::string bootstrap, std::uint64_t seed, Tally& tally)
      : bootstrap_(std::move(bootstrap)), seed_(seed), tally_(tally) {}

  void step() {
    ++ticks_;
    for (auto& group : groups_) {
      for (auto& member : group)
        read(*member);
    }
    if (ticks_ % kBetweenChanges == 0) change();
  }

 private:
  using Member = std::unique_ptr<RdKafka::KafkaConsumer>;

  void read(RdKafka::KafkaConsumer& member) {
    int records = 0;
    while (records < kMostAtOnce) {
      const std::unique_ptr<RdKafka::Message> message(member.consume(0));
      if (message->err() != RdKafka::ERR_NO_ERROR) break;
      ++records;
    }
    if (records > 0) tally_.add("records read", records);
    if (ticks_ % kBetweenCommits == 0 && member.commitAsync() == RdKafka::ERR_NO_ERROR)
      tally_.add("commits sent");
  }

  void change() {
    const std::uint64_t bits = load::mixed(seed_, 1, ticks_);
    const std::size_t chosen = bits % kGroups;
    auto& group = groups_[chosen];
    if (group.empty() || (group.size() < kMostMembers && bits / 8 % 2 == 0)) {
      group.push_back(join(chosen));
    } else if (bits / 16 % 3 == 0) {
      group.pop_front();  // without close(): the group learns of it by the session's end
      tally_.add("members lost");
    } else {
      if (group.front()->close() == RdKafka::ERR_NO_ERROR) tally_.add("members left");
      group.pop_front();
    }
  }

  Member join(std::size_t group) {
    std::string reason;
    auto conf = load::conf_of(bootstrap_, {{"group.id", "coming-" + std::to_string(group)},
                                           {"partition.assignment.strategy", "range,roundrobin"},
                                           {"auto.offset.reset", "latest"},
                                           {"enable.auto.commit", "false"},
                                           {"session.timeout.ms", "6000"},
                                           {"heartbeat.interval.ms", "500"},
                                           {"queued.max.messages.kbytes", "4096"}});
    Member member(RdKafka::KafkaConsumer::create(conf.get(), reason));
    if (!member) load::fail(reason);
    if (member->subscribe({"idempotent", "plain"}) != RdKafka::ERR_NO_ERROR) load::fail("no subscription");
    tally_.add("members joined");
    return member;
  }

  std::string bootstrap_;
  std::uint64_t seed_;
  Tally& tally_;
  std::array<std::deque<Member>, kGroups> groups_;
  std::uint64_t ticks_ = 0;
};

}  // namespace

void join_and_leave(std::stop_token stop, const std::string& bootstrap, std::uint64_t seed, Tally& tally) {
  Members members(bootstrap, seed, tally);
  while (!stop.stop_requested()) {
    members.step();
    std::this_thread::sleep_for(std::chrono::milliseconds(kTickMs));
  }
}

}  // namespace soak
