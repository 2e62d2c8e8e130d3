#include "writer.h"

#include <array>
#include <cstdio>

namespace load {

namespace {

constexpr int kMostInFlight = 300;

void* opaque_of(std::size_t number) {
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(number));
}

}  // namespace

Writer::Writer(const std::string& bootstrap, std::uint64_t seed, WriterPlan plan, Notes& notes)
    : bootstrap_(bootstrap),
      seed_(mixed(seed, hash_of(plan.name), 0)),
      plan_(std::move(plan)),
      notes_(notes) {
  begin();
}

void Writer::begin() {
  // A record waits for as long as the broker is away.
  Settings settings = {{"acks", "all"}, {"message.timeout.ms", "0"}, {"linger.ms", "2"}};
  if (plan_.keeps_trying) {
    settings.emplace_back("enable.idempotence", "true");
  } else {
    settings.emplace_back("retries", "0");
  }
  settings.insert(settings.end(), plan_.settings.begin(), plan_.settings.end());
  auto conf = conf_of(bootstrap_, settings);
  std::string reason;
  if (conf->set("dr_cb", this, reason) != RdKafka::Conf::CONF_OK) fail(reason);
  producer_.reset(RdKafka::Producer::create(conf.get(), reason));
  if (!producer_) fail(reason);
}

std::uint64_t Writer::bits_of(std::size_t number, std::uint64_t use) const {
  return mixed(seed_, use, number);
}

std::string Writer::key_of(std::size_t number) const {
  return plan_.keys == 0 ? "" : "k" + std::to_string(bits_of(number, 1) % static_cast<unsigned>(plan_.keys));
}

bool Writer::is_tombstone(std::size_t number) const {
  return plan_.keys != 0 && bits_of(number, 2) % 12 == 0;
}

std::string Writer::value_of(std::size_t number) const {
  std::string value;
  if (is_tombstone(number)) return value;
  value = plan_.name + "/" + std::to_string(number) + "/";
  // Mostly small, at times some KiB; half of each word is the same, so that codecs have something to find.
  const std::uint64_t bits = bits_of(number, 3);
  const std::size_t words = bits % 50 == 0 ? bits / 64 % 400 : bits / 64 % 40;
  for (std::size_t i = 0; i < words; ++i) {
    std::array<char, 24> word{};
    std::snprintf(word.data(), word.size(), "moldau%08x", static_cast<unsigned>(bits_of(number, 100 + i)));
    value += word.data();
  }
  return value;
}

void Writer::send(int records) {
  for (int i = 0; i < records && in_flight_ < kMostInFlight; ++i) {
    if (!send_one()) return;
  }
}

bool Writer::send_one() {
  const std::size_t number = sent_.size();
  // A key has one partition, so that its records stand in the order in which they were sent.
  const std::string key = key_of(number);
  const std::uint64_t choice = plan_.keys == 0 ? bits_of(number, 4) : hash_of(key);
  Sent record;
  record.partition = static_cast<std::int32_t>(choice % static_cast<unsigned>(plan_.partitions));
  std::string value = value_of(number);
  auto* headers = RdKafka::Headers::create();
  headers->add("id", plan_.name + "/" + std::to_string(number));
  const auto error =
      producer_->produce(plan_.topic, record.partition, RdKafka::Producer::RK_MSG_COPY,
                         is_tombstone(number) ? nullptr : value.data(), value.size(),
                         plan_.keys == 0 ? nullptr : key.data(), key.size(), 0, headers, opaque_of(number));
  if (error != RdKafka::ERR_NO_ERROR) {
    delete headers;  // still ours after a refusal
    if (error == RdKafka::ERR__FATAL && in_flight_ == 0) {
      // No record is lost by it, but an application ends here, so a broker must not bring it about.
      std::string reason;
      producer_->fatal_error(reason);
      notes_.complain("the producer " + plan_.name + " gave up: " + reason);
      begin();
    }
    return false;
  }
  sent_.push_back(record);
  ++in_flight_;
  return true;
}

void Writer::dr_cb(RdKafka::Message& message) {
  const auto number = static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(message.msg_opaque()));
  Sent& record = sent_[number];
  --in_flight_;
  const std::string id = plan_.name + "/" + std::to_string(number);
  if (message.err() != RdKafka::ERR_NO_ERROR) {
    record.outcome = Outcome::kFailed;
    notes_.note("failed " + id + " " + message.errstr());
    return;
  }
  record.outcome = Outcome::kAcknowledged;
  record.offset = message.offset();
  ++acknowledged_;
  notes_.note("acknowledged " + id + " " + plan_.topic + "-" + std::to_string(record.partition) + " " +
              std::to_string(record.offset));
}

}  // namespace load
