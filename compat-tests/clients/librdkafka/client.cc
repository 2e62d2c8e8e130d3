// librdkafka from C++, in the version that Debian ships; confluent-kafka brings a newer one.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <librdkafka/rdkafkacpp.h>

#include "admin.h"
#include "checks.h"

namespace {

using checks::check;
using checks::equal;
using checks::kCount;
using checks::Row;
using checks::same;
using Settings = std::map<std::string, std::string>;
using Starts = std::vector<std::int64_t>;

const std::string kName = "librdkafka";
const std::string kTopic = kName + "-none";
const std::string kAdminTopic = kName + "-admin";
const std::string kTxnTopic = kName + "-txn";
const std::string kGroup = kName + "-group";
const std::string kSegment = "segment.bytes";
constexpr int kTimeoutMs = 20'000;

std::string bootstrap() {
  const char* address = std::getenv("BOOTSTRAP");
  return address == nullptr ? "" : address;
}

Admin& admin() {
  static Admin admin(bootstrap());
  return admin;
}

void ok(RdKafka::ErrorCode error) {
  if (error != RdKafka::ERR_NO_ERROR) checks::fail(RdKafka::err2str(error));
}

void ok(RdKafka::Error* error) {
  const std::unique_ptr<RdKafka::Error> owned(error);
  if (owned) checks::fail(owned->str());
}

std::unique_ptr<RdKafka::Conf> conf_of(const Settings& settings) {
  std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  std::string reason;
  conf->set("bootstrap.servers", bootstrap(), reason);
  for (const auto& [key, value] : settings) {
    if (conf->set(key, value, reason) != RdKafka::Conf::CONF_OK) checks::fail(reason);
  }
  return conf;
}

/// Counts what the broker acknowledged, and how often not at the offset of the record.
class Deliveries final : public RdKafka::DeliveryReportCb {
 public:
  void dr_cb(RdKafka::Message& message) override {
    const bool right =
        message.err() == RdKafka::ERR_NO_ERROR &&
        (message.msg_opaque() == nullptr || message.offset() == *static_cast<int*>(message.msg_opaque()));
    (right ? acknowledged : wrong) += 1;
  }
  int acknowledged = 0;
  int wrong = 0;
};

std::unique_ptr<RdKafka::Producer> producer_of(const Settings& settings, Deliveries& deliveries) {
  auto conf = conf_of(settings);
  std::string reason;
  conf->set("dr_cb", &deliveries, reason);
  std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf.get(), reason));
  if (!producer) checks::fail(reason);
  return producer;
}

void send(RdKafka::Producer& producer, const std::string& topic, const Row& row, int* offset) {
  auto* headers = RdKafka::Headers::create();
  for (const auto& [name, value] : row.headers)
    headers->add(name, value);
  auto* value = row.value ? const_cast<char*>(row.value->data()) : nullptr;
  ok(producer.produce(topic, row.partition, RdKafka::Producer::RK_MSG_COPY, value,
                      row.value ? row.value->size() : 0, row.key ? row.key->data() : nullptr,
                      row.key ? row.key->size() : 0, row.timestamp_ms, headers, offset));
}

void flush(RdKafka::Producer& producer, const Deliveries& deliveries, int wanted) {
  ok(producer.flush(kTimeoutMs));
  same({deliveries.acknowledged, deliveries.wrong}, {wanted, 0});
}

void produce(const std::string& topic, const std::string& codec, int first, int last) {
  Deliveries deliveries;
  const auto producer = producer_of(
      {{"compression.codec", codec}, {"linger.ms", "5"}, {"enable.idempotence", "true"}}, deliveries);
  std::vector<int> offsets(static_cast<std::size_t>(last));
  for (int i = first; i < last; ++i) {
    auto& offset = offsets[static_cast<std::size_t>(i)];
    offset = i / 3;
    send(*producer, topic, checks::record(i), &offset);
  }
  flush(*producer, deliveries, last - first);
}

void send_values(const std::string& topic, int partition, const std::vector<std::string>& values) {
  Deliveries deliveries;
  const auto producer = producer_of({}, deliveries);
  for (const auto& value : values) {
    Row row;
    row.partition = partition;
    row.value = value;
    send(*producer, topic, row, nullptr);
  }
  flush(*producer, deliveries, static_cast<int>(values.size()));
}

using Consumer = std::unique_ptr<RdKafka::KafkaConsumer>;

Consumer consumer_of(const std::string& group, Settings settings = {}) {
  settings.merge(Settings{{"group.id", group},
                          {"auto.offset.reset", "earliest"},
                          {"enable.auto.commit", "false"},
                          {"heartbeat.interval.ms", "500"}});
  std::string reason;
  Consumer consumer(RdKafka::KafkaConsumer::create(conf_of(settings).get(), reason));
  if (!consumer) checks::fail(reason);
  return consumer;
}

/// A list of partitions that frees them.
class Partitions {
 public:
  Partitions() = default;
  Partitions(const std::string& topic, const Starts& offsets) {
    for (std::size_t p = 0; p < offsets.size(); ++p) {
      list.push_back(RdKafka::TopicPartition::create(topic, static_cast<int>(p), offsets[p]));
    }
  }
  ~Partitions() { RdKafka::TopicPartition::destroy(list); }
  Partitions(const Partitions&) = delete;
  Partitions& operator=(const Partitions&) = delete;

  [[nodiscard]] Starts offsets() const {
    Starts offsets;
    for (const auto* one : list)
      offsets.push_back(one->offset());
    return offsets;
  }

  std::vector<RdKafka::TopicPartition*> list;
};

Row row_of(RdKafka::Message& message) {
  same({message.timestamp().type}, {RdKafka::MessageTimestamp::MSG_TIMESTAMP_CREATE_TIME});
  Row row{.partition = message.partition(),
          .offset = message.offset(),
          .timestamp_ms = message.timestamp().timestamp,
          .key = {},
          .value = {},
          .headers = {}};
  if (message.key_pointer() != nullptr) {
    row.key.emplace(static_cast<const char*>(message.key_pointer()), message.key_len());
  }
  if (message.payload() != nullptr)
    row.value.emplace(static_cast<const char*>(message.payload()), message.len());
  if (const auto* headers = message.headers()) {
    for (const auto& header : headers->get_all()) {
      row.headers.emplace_back(header.key(),
                               std::string(static_cast<const char*>(header.value()), header.value_size()));
    }
  }
  return row;
}

std::vector<Row> read(RdKafka::KafkaConsumer& consumer, std::size_t count) {
  std::vector<Row> rows;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (rows.size() < count && std::chrono::steady_clock::now() < deadline) {
    const std::unique_ptr<RdKafka::Message> message(consumer.consume(200));
    if (message->err() == RdKafka::ERR__TIMED_OUT) continue;
    ok(message->err());
    rows.push_back(row_of(*message));
  }
  return rows;
}

std::vector<Row> read_from(const std::string& topic, std::size_t count, const Starts& starts,
                           const Settings& settings = {}) {
  const auto consumer = consumer_of("unused", settings);
  const Partitions partitions(topic, starts);
  ok(consumer->assign(partitions.list));
  auto rows = read(*consumer, count);
  consumer->close();
  return rows;
}

std::vector<Row> read_all(const std::string& topic, int count) {
  return read_from(topic, static_cast<std::size_t>(count), {0, 0, 0});
}

std::string values(const std::vector<Row>& rows) {
  std::string text;
  for (const auto& row : rows)
    text += std::to_string(row.offset) + ":" + row.value.value_or("null") + " ";
  return text;
}

void make_topics() {
  std::vector<std::string> names{kAdminTopic};
  for (const auto& codec : checks::kCodecs)
    names.push_back(kName + "-" + codec);
  check("create-topic", [&] {
    for (const auto& name : names)
      admin().create_topic(name, 3, {{kSegment, "1048576"}});
  });
  check("list-topics", [&] {
    for (const auto& name : names)
      checks::until(name, [&] { return admin().topics().contains(name); });
  });
  check("describe-topic", [] {
    const auto leaders = admin().topics()[kAdminTopic];
    same(Starts(leaders.begin(), leaders.end()), {0, 0, 0});
  });
  check("describe-configs",
        [] { equal(admin().config(kAdminTopic, kSegment), "1048576 DYNAMIC_TOPIC_CONFIG"); });
}

void write_and_read() {
  for (const auto& codec : checks::kCodecs) {
    check("codec-" + codec, [&] {
      produce(kName + "-" + codec, codec, 0, kCount);
      checks::same_rows(read_all(kName + "-" + codec, kCount), checks::records(0, kCount));
    });
  }
  checks::check_fields(read_all(kTopic, kCount));
}

void times() {
  const auto consumer = consumer_of("unused");
  check("watermarks", [&] {
    for (int p = 0; p < 3; ++p) {
      std::int64_t low = -1;
      std::int64_t high = -1;
      ok(consumer->query_watermark_offsets(kTopic, p, &low, &high, kTimeoutMs));
      same({low, high}, {0, 100});
    }
  });
  check("offsets-for-times", [&] {
    Partitions middle(kTopic, {checks::kMiddleMs, checks::kMiddleMs, checks::kMiddleMs});
    ok(consumer->offsetsForTimes(middle.list, kTimeoutMs));
    same(middle.offsets(), checks::kMiddleOffsets);
    const auto late = checks::kMiddleMs + 1'000'000'000;
    Partitions later(kTopic, {late, late, late});
    ok(consumer->offsetsForTimes(later.list, kTimeoutMs));
    same(later.offsets(), Starts(3, RdKafka::Topic::OFFSET_END));
  });
  check("seek-by-time", [] {
    checks::same_rows(read_from(kTopic, 1, {100, 100, checks::kMiddleOffsets[2]}), {checks::record(101)});
  });
  consumer->close();
}

/// Polls the members until they share the partitions in this way.
void settle(const std::vector<RdKafka::KafkaConsumer*>& members, const std::multiset<std::size_t>& sizes) {
  checks::until("shares of the members", [&] {
    std::multiset<std::size_t> got;
    std::set<int> all;
    for (auto* member : members) {
      const std::unique_ptr<RdKafka::Message> unused(member->consume(50));
      Partitions share;
      ok(member->assignment(share.list));
      got.insert(share.list.size());
      for (const auto* one : share.list)
        all.insert(one->partition());
    }
    return got == sizes && all.size() == 3;
  });
}

/// What the group has committed of partitions 0 to 2; -1 where it has nothing.
Starts committed(const std::string& group, const std::string& topic) {
  const auto consumer = consumer_of(group);
  Partitions partitions(topic, {0, 0, 0});
  auto error = RdKafka::ERR_NO_ERROR;
  checks::until("the coordinator", [&] {
    error = consumer->committed(partitions.list, kTimeoutMs);
    return error != RdKafka::ERR_NOT_COORDINATOR_FOR_GROUP && error != RdKafka::ERR_GROUP_LOAD_IN_PROGRESS;
  });
  ok(error);
  auto offsets = partitions.offsets();
  for (auto& offset : offsets)
    offset = std::max<std::int64_t>(offset, -1);
  consumer->close();
  return offsets;
}

void groups() {
  const auto first = consumer_of(kGroup);
  const auto second = consumer_of(kGroup);
  check("rebalance", [&] {
    ok(first->subscribe({kTopic}));
    settle({first.get()}, {3});
    ok(second->subscribe({kTopic}));
    settle({first.get(), second.get()}, {1, 2});
  });
  check("list-groups", [] { equal(admin().group_is_listed(kGroup) ? "listed" : "not listed", "listed"); });
  check("describe-group", [] { equal(admin().describe_group(kGroup), "Stable 1 2"); });
  second->close();
  check("commit", [&] {
    settle({first.get()}, {3});
    Partitions offsets(kTopic, checks::kCommitted);
    ok(first->commitSync(offsets.list));
    same(committed(kGroup, kTopic), checks::kCommitted);
  });
  first->close();
  check("resume", [] {
    auto wanted = checks::records(0, kCount);
    std::erase_if(wanted, [](const Row& row) {
      return row.offset < checks::kCommitted[static_cast<std::size_t>(row.partition)];
    });
    const auto next = consumer_of(kGroup);
    ok(next->subscribe({kTopic}));
    const auto got = read(*next, wanted.size());
    next->close();
    checks::same_rows(got, wanted);
  });
}

void administer() {
  check("alter-configs", [] {
    admin().alter_configs(kAdminTopic, {{"max.message.bytes", "65536"}, {kSegment, "1048576"}});
    equal(admin().config(kAdminTopic, "max.message.bytes"), "65536 DYNAMIC_TOPIC_CONFIG");
    equal(admin().config(kAdminTopic, kSegment), "1048576 DYNAMIC_TOPIC_CONFIG");
  });
  check("create-partitions", [] {
    admin().create_partitions(kAdminTopic, 5);
    checks::until("5 partitions", [] { return admin().topics()[kAdminTopic].size() == 5; });
    send_values(kAdminTopic, 4, {"into the last"});
  });
  check("delete-records", [] {
    send_values(kAdminTopic, 0, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
    same({admin().delete_records(kAdminTopic, 0, 5)}, {5});
    equal(values(read_from(kAdminTopic, 5, {5})), "5:5 6:6 7:7 8:8 9:9 ");
    std::int64_t low = -1;
    std::int64_t high = -1;
    const auto consumer = consumer_of("unused");
    ok(consumer->query_watermark_offsets(kAdminTopic, 0, &low, &high, kTimeoutMs));
    same({low, high}, {5, 10});
  });
}

void transactions() {
  Deliveries deliveries;
  const auto producer = producer_of({{"transactional.id", kTxnTopic}}, deliveries);
  check("transaction", [&] {
    admin().create_topic(kTxnTopic, 1, {});
    ok(producer->init_transactions(kTimeoutMs));
    std::string wanted;
    for (int number = 0; number < 3; ++number) {
      ok(producer->begin_transaction());
      for (int i = 0; i < 5; ++i) {
        Row row;
        row.value = std::to_string(number) + "-" + std::to_string(i);
        send(*producer, kTxnTopic, row, nullptr);
        if (number != 1) wanted += std::to_string(6 * number + i) + ":" + *row.value + " ";
      }
      flush(*producer, deliveries, 5 * (number + 1));
      ok(number == 1 ? producer->abort_transaction(kTimeoutMs) : producer->commit_transaction(kTimeoutMs));
    }
    equal(values(read_from(kTxnTopic, 10, {0}, {{"isolation.level", "read_committed"}})), wanted);
  });
  check("transaction-offset", [&] {
    ok(producer->begin_transaction());
    const auto member = consumer_of(kTxnTopic + "-group");
    const std::unique_ptr<RdKafka::ConsumerGroupMetadata> metadata(member->groupMetadata());
    Partitions offset(kTxnTopic, {3});
    ok(producer->send_offsets_to_transaction(offset.list, metadata.get(), kTimeoutMs));
    ok(producer->commit_transaction(kTimeoutMs));
    checks::until("the offset", [] { return committed(kTxnTopic + "-group", kTxnTopic)[0] == 3; });
  });
}

void before() {
  make_topics();
  write_and_read();
  times();
  groups();
  checks::none({"new-group", "mixed-group", "share-group"});
  administer();
  transactions();
}

void after() {
  check("restart-records", [] {
    for (const auto& codec : checks::kCodecs) {
      checks::same_rows(read_all(kName + "-" + codec, kCount), checks::records(0, kCount));
    }
  });
  check("restart-configs",
        [] { equal(admin().config(kAdminTopic, kSegment), "1048576 DYNAMIC_TOPIC_CONFIG"); });
  check("restart-commit", [] { same(committed(kGroup, kTopic), checks::kCommitted); });
  check("restart-produce", [] {
    produce(kTopic, "none", kCount, kCount + 3);
    checks::same_rows(read_all(kTopic, kCount + 3), checks::records(0, kCount + 3));
  });
  check("delete-offsets", [] {
    admin().delete_offset(kGroup, kTopic, 0);
    same(committed(kGroup, kTopic), {-1, 20, 30});
  });
  check("delete-group", [] {
    admin().delete_group(kGroup);
    equal(admin().group_is_listed(kGroup) ? "listed" : "not listed", "not listed");
  });
  check("delete-topic", [] {
    admin().delete_topic(kAdminTopic);
    checks::until("gone from the list", [] { return !admin().topics().contains(kAdminTopic); });
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "before") {
    before();
  } else {
    after();
  }
  return checks::status();
}
