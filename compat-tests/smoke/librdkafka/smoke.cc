// librdkafka from C++: an idempotent producer with headers and each codec, a consumer that reads it all back,
// and a group that commits and goes on.

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <set>
#include <string>

#include <librdkafka/rdkafkacpp.h>

namespace {

constexpr int kRecords = 3000;

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "FAILED: " << what << "\n";
  std::exit(1);
}

std::unique_ptr<RdKafka::Conf> conf_of(const std::string& bootstrap) {
  std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  std::string reason;
  if (conf->set("bootstrap.servers", bootstrap, reason) != RdKafka::Conf::CONF_OK) fail(reason);
  return conf;
}

void set(RdKafka::Conf& conf, const std::string& key, const std::string& value) {
  std::string reason;
  if (conf.set(key, value, reason) != RdKafka::Conf::CONF_OK) fail(reason);
}

/// Counts what the broker acknowledged.
class Deliveries final : public RdKafka::DeliveryReportCb {
 public:
  void dr_cb(RdKafka::Message& message) override {
    if (message.err() != RdKafka::ERR_NO_ERROR) fail("delivery: " + message.errstr());
    ++acknowledged;
  }
  int acknowledged = 0;
};

void produce(const std::string& bootstrap, const std::string& topic, const std::string& codec) {
  auto conf = conf_of(bootstrap);
  Deliveries deliveries;
  set(*conf, "enable.idempotence", "true");
  set(*conf, "compression.codec", codec);
  set(*conf, "linger.ms", "5");
  std::string reason;
  if (conf->set("dr_cb", &deliveries, reason) != RdKafka::Conf::CONF_OK) fail(reason);
  std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf.get(), reason));
  if (!producer) fail(reason);
  for (int i = 0; i < kRecords; ++i) {
    const std::string key = "k" + std::to_string(i);
    std::string value = "v" + std::to_string(i);
    auto* headers = RdKafka::Headers::create();
    headers->add("h", key);
    const auto error = producer->produce(topic, 0, RdKafka::Producer::RK_MSG_COPY, value.data(), value.size(),
                                         key.data(), key.size(), 0, headers, nullptr);
    if (error != RdKafka::ERR_NO_ERROR) fail("produce: " + RdKafka::err2str(error));
    producer->poll(0);
  }
  if (producer->flush(30'000) != RdKafka::ERR_NO_ERROR) fail("the producer does not drain");
  if (deliveries.acknowledged != kRecords) fail("not every record was acknowledged");
}

/// Reads until `wanted` values are there, in order of partition 0.
void read_until(RdKafka::KafkaConsumer& consumer, int& next, int wanted) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (next < wanted) {
    if (std::chrono::steady_clock::now() > deadline) fail("only " + std::to_string(next) + " records came");
    const std::unique_ptr<RdKafka::Message> message(consumer.consume(200));
    if (message->err() == RdKafka::ERR__TIMED_OUT) continue;
    if (message->err() != RdKafka::ERR_NO_ERROR) fail("consume: " + message->errstr());
    const std::string value(static_cast<const char*>(message->payload()), message->len());
    if (value != "v" + std::to_string(next)) fail("out of order: " + value);
    if (message->offset() != next) fail("offset " + std::to_string(message->offset()));
    auto* headers = message->headers();
    if (headers == nullptr || headers->size() != 1) fail("the header is gone");
    ++next;
  }
}

std::unique_ptr<RdKafka::KafkaConsumer> consumer_of(const std::string& bootstrap, const std::string& group) {
  auto conf = conf_of(bootstrap);
  set(*conf, "group.id", group);
  set(*conf, "auto.offset.reset", "earliest");
  set(*conf, "enable.auto.commit", "false");
  std::string reason;
  std::unique_ptr<RdKafka::KafkaConsumer> consumer(RdKafka::KafkaConsumer::create(conf.get(), reason));
  if (!consumer) fail(reason);
  return consumer;
}

void read_in_two_sittings(const std::string& bootstrap, const std::string& topic) {
  int next = 0;
  for (const int wanted : {kRecords / 2, kRecords}) {
    auto consumer = consumer_of(bootstrap, "group-" + topic);
    if (consumer->subscribe({topic}) != RdKafka::ERR_NO_ERROR) fail("subscribe");
    read_until(*consumer, next, wanted);
    if (next != wanted) fail("read further than asked");
    if (consumer->commitSync() != RdKafka::ERR_NO_ERROR) fail("commit");
    consumer->close();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) fail("usage: smoke BOOTSTRAP");
  const std::string bootstrap = argv[1];
  for (const std::string codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
    const std::string topic = "librdkafka-" + codec;
    produce(bootstrap, topic, codec);
    read_in_two_sittings(bootstrap, topic);
  }
  std::cout << "librdkafka: ok\n";
  return 0;
}
