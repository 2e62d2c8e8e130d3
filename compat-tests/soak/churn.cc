#include "churn.h"

#include <array>
#include <thread>

#include "admin.h"

namespace soak {

namespace {

constexpr std::chrono::milliseconds kBetweenSteps{300};
constexpr int kNames = 12;
/// So many topics are there at once.
constexpr int kStay = 4;
constexpr std::int64_t kKeptRecords = 500;

class Churn {
 public:
  Churn(const std::string& bootstrap, Tally& tally)
      : bootstrap_(bootstrap), admin_(bootstrap), tally_(tally) {}

  void step() {
    switch (step_ % 10) {
      case 0:
        count("topics created", admin_.create_topic(name(round_), 2, {{"segment.bytes", "1048576"}}));
        break;
      case 1:
        pass_by(name(round_));
        break;
      case 2:
        count("topics extended", admin_.extend_topic(name(round_), 4));
        break;
      case 3:
        count("topics altered", alter_topics());
        break;
      case 4:
        count("brokers altered", alter_broker());
        break;
      case 5:
        delete_records();
        break;
      case 6:
        count("groups listed", admin_.list_groups() && admin_.describe_group("readers"));
        break;
      case 7:
        pass_by("idempotent");
        break;
      case 8:
        group_of_once();
        break;
      default:
        // One that was not made, or is gone, because the broker was away, is no matter.
        count("topics deleted", admin_.delete_topic(name(round_ + kNames - kStay)));
        ++round_;
    }
    ++step_;
  }

 private:
  static std::string name(int round) { return "churn-" + std::to_string(round % kNames); }

  void count(const std::string& kind, bool done) {
    if (done) tally_.add(kind);
  }

  bool alter_topics() {
    const std::string retention_ms = std::to_string(60000 + round_ % 2 * 1000);
    return admin_.alter_topic(name(round_), {{"segment.bytes", "2097152"}, {"retention.ms", retention_ms}}) &&
           admin_.describe_topic(name(round_));
  }

  bool alter_broker() {
    return admin_.alter_broker({{"compression.gzip.level", std::to_string(1 + round_ % 9)}});
  }

  void delete_records() {
    count("records deleted", admin_.delete_records("plain", round_ % 3, kKeptRecords));
  }

  /// An idempotent producer that writes a few records and is gone: its producer id stays for a while.
  void pass_by(const std::string& topic) {
    std::string reason;
    auto conf = load::conf_of(bootstrap_, {{"enable.idempotence", "true"}, {"message.timeout.ms", "3000"}});
    const std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf.get(), reason));
    if (!producer) load::fail(reason);
    std::string value = "passing by " + std::to_string(step_);
    for (int i = 0; i < 10; ++i) {
      producer->produce(topic, i % 2, RdKafka::Producer::RK_MSG_COPY, value.data(), value.size(), nullptr, 0,
                        0, nullptr);
    }
    count("producers passed by", producer->flush(4000) == RdKafka::ERR_NO_ERROR);
  }

  /// A group without members that commits one offset and is deleted in the next round.
  void group_of_once() {
    count("groups deleted", admin_.delete_group("once-" + std::to_string((round_ + 1) % 2)));
    std::string reason;
    auto conf = load::conf_of(bootstrap_, {{"group.id", "once-" + std::to_string(round_ % 2)}});
    const std::unique_ptr<RdKafka::KafkaConsumer> consumer(
        RdKafka::KafkaConsumer::create(conf.get(), reason));
    if (!consumer) load::fail(reason);
    const std::unique_ptr<RdKafka::TopicPartition> offset(
        RdKafka::TopicPartition::create("plain", 0, round_));
    std::vector<RdKafka::TopicPartition*> offsets = {offset.get()};
    if (consumer->committed(offsets, 3000) != RdKafka::ERR_NO_ERROR) return;
    offset->set_offset(round_);
    count("offsets committed alone", consumer->commitSync(offsets) == RdKafka::ERR_NO_ERROR);
  }

  std::string bootstrap_;
  Admin admin_;
  Tally& tally_;
  int step_ = 0;
  int round_ = kStay;
};

}  // namespace

void churn(std::stop_token stop, const std::string& bootstrap, Tally& tally) {
  Churn churn(bootstrap, tally);
  while (!stop.stop_requested()) {
    churn.step();
    std::this_thread::sleep_for(kBetweenSteps);
  }
}

}  // namespace soak
