#include "readback.h"

#include <charconv>
#include <map>
#include <utility>

namespace load {

namespace {

constexpr std::chrono::seconds kPatience{60};

std::string place_of(const std::string& topic, std::int32_t partition, std::int64_t offset) {
  return topic + "-" + std::to_string(partition) + " at " + std::to_string(offset);
}

Read read_of(RdKafka::Message& message) {
  Read read;
  read.partition = message.partition();
  read.offset = message.offset();
  if (message.key() != nullptr) read.key = *message.key();
  read.is_tombstone = message.payload() == nullptr;
  if (!read.is_tombstone) read.value.assign(static_cast<const char*>(message.payload()), message.len());
  auto* headers = message.headers();
  if (headers == nullptr) return read;
  const auto id = headers->get_last("id");
  const std::string text(static_cast<const char*>(id.value()), id.value_size());
  const auto slash = text.rfind('/');
  if (slash == std::string::npos) return read;
  read.writer = text.substr(0, slash);
  std::from_chars(text.data() + slash + 1, text.data() + text.size(), read.number);
  return read;
}

/// A record that its writer sent, and as it was sent; otherwise it is complained of, and the result is null.
const Sent* known(const Writer* writer, const std::string& topic, const Read& read, Notes& notes) {
  const std::string place = place_of(topic, read.partition, read.offset);
  const std::string id = read.writer + "/" + std::to_string(read.number);
  if (writer == nullptr || read.number >= writer->sent().size()) {
    notes.complain(place + " holds " + id + ", which nobody sent");
    return nullptr;
  }
  const Sent& sent = writer->sent()[read.number];
  if (sent.partition != read.partition || read.value != writer->value_of(read.number) ||
      read.key != writer->key_of(read.number) || read.is_tombstone != writer->is_tombstone(read.number)) {
    notes.complain(place + " holds " + id + ", but not as it was sent");
  }
  if (sent.outcome == Outcome::kAcknowledged && sent.offset >= 0 && sent.offset != read.offset) {
    notes.complain(place + " holds " + id + ", acknowledged at " + std::to_string(sent.offset));
  }
  return &sent;
}

}  // namespace

std::vector<Read> read_all(const std::string& bootstrap, const std::string& topic, int partitions,
                           Notes& notes) {
  std::string reason;
  auto conf = conf_of(bootstrap, {{"group.id", "read-back"},
                                  {"enable.auto.commit", "false"},
                                  {"enable.partition.eof", "true"},
                                  {"auto.offset.reset", "error"},
                                  {"check.crcs", "true"}});
  const std::unique_ptr<RdKafka::KafkaConsumer> consumer(RdKafka::KafkaConsumer::create(conf.get(), reason));
  if (!consumer) fail(reason);
  std::vector<RdKafka::TopicPartition*> all;
  for (int i = 0; i < partitions; ++i) {
    all.push_back(RdKafka::TopicPartition::create(topic, i, RdKafka::Topic::OFFSET_BEGINNING));
  }
  consumer->assign(all);
  RdKafka::TopicPartition::destroy(all);
  std::vector<Read> records;
  std::set<std::int32_t> ended;
  auto deadline = Clock::now() + kPatience;
  while (std::cmp_less(ended.size(), partitions)) {
    const std::unique_ptr<RdKafka::Message> message(consumer->consume(100));
    if (message->err() == RdKafka::ERR__PARTITION_EOF) {
      ended.insert(message->partition());
    } else if (message->err() == RdKafka::ERR_NO_ERROR) {
      records.push_back(read_of(*message));
      deadline = Clock::now() + kPatience;
    } else if (message->err() != RdKafka::ERR__TIMED_OUT || Clock::now() > deadline) {
      notes.complain(topic + " cannot be read to its end: " + message->errstr());
      if (Clock::now() > deadline) break;
    }
  }
  consumer->close();
  return records;
}

void check_records(const std::vector<const Writer*>& writers, const std::vector<Read>& records,
                   Notes& notes) {
  const std::string& topic = writers.front()->plan().topic;
  std::map<std::string, const Writer*> by_name;
  std::map<std::string, std::vector<int>> counts;
  for (const auto* writer : writers) {
    by_name[writer->plan().name] = writer;
    counts[writer->plan().name].resize(writer->sent().size());
  }
  std::map<std::int32_t, std::int64_t> next;
  std::map<std::pair<std::string, std::int32_t>, std::size_t> latest;
  for (const auto& read : records) {
    const std::string place = place_of(topic, read.partition, read.offset);
    if (read.offset != next[read.partition]) {
      notes.complain(place + " follows, where " + std::to_string(next[read.partition]) + " is due");
    }
    next[read.partition] = read.offset + 1;
    const auto writer = by_name.find(read.writer);
    if (known(writer == by_name.end() ? nullptr : writer->second, topic, read, notes) == nullptr) continue;
    if (++counts[read.writer][read.number] > 1) {
      notes.complain(place + " holds " + read.writer + "/" + std::to_string(read.number) + " once more");
    }
    auto [before, is_first] = latest.try_emplace({read.writer, read.partition}, read.number);
    if (!is_first && before->second > read.number) {
      notes.complain(place + " holds " + read.writer + "/" + std::to_string(read.number) +
                     " behind a later record");
    }
    before->second = read.number;
  }
  for (const auto* writer : writers) {
    for (std::size_t number = 0; number < writer->sent().size(); ++number) {
      const Sent& sent = writer->sent()[number];
      if (sent.outcome == Outcome::kAcknowledged && counts[writer->plan().name][number] == 0) {
        notes.complain(writer->plan().name + "/" + std::to_string(number) + " is lost, acknowledged in " +
                       place_of(topic, sent.partition, sent.offset));
      }
    }
  }
}

void check_compacted(const Writer& writer, const std::vector<Read>& records, Notes& notes) {
  const std::string& topic = writer.plan().topic;
  std::map<std::int32_t, std::int64_t> previous;
  std::map<std::string, std::size_t> latest_read;
  for (const auto& read : records) {
    const std::string place = place_of(topic, read.partition, read.offset);
    const auto before = previous.find(read.partition);
    if (before != previous.end() && before->second >= read.offset)
      notes.complain(place + " comes out of order");
    previous[read.partition] = read.offset;
    if (known(read.writer == writer.plan().name ? &writer : nullptr, topic, read, notes) == nullptr) continue;
    const auto [latest, is_first] = latest_read.try_emplace(read.key, read.number);
    if (!is_first && latest->second >= read.number) {
      notes.complain(place + " holds " + read.writer + "/" + std::to_string(read.number) +
                     " behind a later record");
    }
    latest->second = read.number;
  }
  std::map<std::string, std::size_t> latest_sent;
  for (std::size_t number = 0; number < writer.sent().size(); ++number) {
    if (writer.sent()[number].outcome == Outcome::kAcknowledged) latest_sent[writer.key_of(number)] = number;
  }
  for (const auto& [key, number] : latest_sent) {
    const auto read = latest_read.find(key);
    if (read == latest_read.end() ? !writer.is_tombstone(number) : read->second != number) {
      notes.complain("key " + key + " of " + topic + " ends with " +
                     (read == latest_read.end() ? "nothing" : std::to_string(read->second)) + ", but " +
                     writer.plan().name + "/" + std::to_string(number) + " was acknowledged in " +
                     place_of(topic, writer.sent()[number].partition, writer.sent()[number].offset));
    }
  }
}

}  // namespace load
